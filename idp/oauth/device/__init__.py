"""Signing in on a device without a keyboard: it shows a code, a person types it elsewhere (RFC 8628).

Owns the codes, the endpoint that hands them out and the pages that take them. Does not own the token endpoint's grant
(`oauth/grants`) nor what a person may allow (`oauth/authorize/consent`).
"""
