"""The authorization endpoint: what an app asks for, what is still missing, what the person says, and the answer.

Owns the reading and checking of authorization requests, consent, and the answers by redirect or form. Does not own
the sign-in pages (`authn`, reached through an interaction), codes and tokens (`oauth/tokens`) nor the token endpoint.
"""
