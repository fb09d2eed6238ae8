"""What follows from the roles that somebody holds.

Owns inclusion among roles and permissions, and on which way each came. Does not own who holds what
(idp.access.assignments).
"""
