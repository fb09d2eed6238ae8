"""The ground floor: settings, clock, database, secrets, HTTP manners.

Owns what every slice needs and that knows nothing of identity. Does not own any table, page or rule about people,
clients or tokens.
"""
