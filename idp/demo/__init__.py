"""The demo: a relying party and an API, written as any reader of Authlib's manual would write them.

Owns one small Flask application of its own. Of `idp` it uses the kit for APIs and nothing else: to it,
the provider is an address.
"""
