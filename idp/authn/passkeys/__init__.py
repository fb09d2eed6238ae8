"""Passkeys (WebAuthn): made, used as the only factor or as the second, named and removed.

Owns challenges, ceremonies and the pages of one's own passkeys. Does not own the table (`idp.authn.models`) nor what
a sign-in does after the proof (`idp.authn.flow`).
"""
