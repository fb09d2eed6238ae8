"""The demo: a relying party and an API, written as any reader of Authlib's manual would write them.

Owns one small Flask application of its own. Knows nothing of `idp`: no import, only the provider's address.
"""
