"""`idp try`: one sign-in as a relying party that knows only the issuer, with every check told.

Not here: the trial of an app inside the server (idp.oauth.trials).
"""
