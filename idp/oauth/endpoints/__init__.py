"""The endpoints beside the token endpoint: UserInfo, introspection, revocation, keys.

Owns what each answers. Does not own the routes (`oauth/views.py`) nor the judging of standing (`oauth/standing.py`).
"""
