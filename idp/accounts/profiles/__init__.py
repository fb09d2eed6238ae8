"""What people say of themselves.

Owns the rules of profile fields, pictures and preferences. Does not own which app may read them (idp.oauth).
"""
