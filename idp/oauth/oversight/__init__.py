"""The protocol as operators look at it, and end what they see.

Owns lists of everybody's grants and their end, tokens looked into, who uses what. Does not own whether anything is
good: it asks idp.oauth.standing.
"""
