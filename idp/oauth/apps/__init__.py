"""Connected apps: the pages on which people see what they allowed, and take it back.

Owns these pages. Does not own consents (`oauth/authorize/consents.py`) nor grants (`oauth/tokens`).
"""
