"""How an account begins, rests and ends.

Owns registration, the states an account can be in, its deletion, and the undoing of an administrator's deed. Does not
own what ends with it above (idp.sessions, idp.oauth): they hear of it by a signal.
"""
