"""Getting a second step: the authenticator app and the recovery codes, from the first look to the day they go.

Owns what waits while somebody enrols, and the pages of one's own factors. Does not own how a factor is verified: that
is the factor's own file in `idp.authn`.
"""
