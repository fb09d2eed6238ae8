"""Signing out: asked for by the person on our pages, or by an app (OpenID Connect RP-Initiated Logout 1.0).

Owns the end_session endpoint and the sign-out pages. Does not own sessions: ending one is `sessions`' own act, and
whatever must follow listens to its signal `session_ended`, as the revocation of grants does (`oauth/listeners.py`).
"""
