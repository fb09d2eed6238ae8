"""The secrets of clients.

Owns how they are made, kept as digests, replaced, and when each was last used. Does not own how a client shows one
(idp.oauth.client_auth).
"""
