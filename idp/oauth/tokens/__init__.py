"""Tokens: what is stored of them, what is in them, and the one mint.

Owns grants, codes, refresh tokens, revoked token ids and used assertion ids, the claims of access and ID tokens, and
everything that takes, rotates or revokes one. Does not own who may ask (client_auth, standing) nor how (grants).
"""
