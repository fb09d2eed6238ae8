"""Client metadata: typed, pasted or fetched, under the names it has on the wire.

Owns its rules, the rules of addresses among them. Does not own the rows that keep it (idp.clients.models).
"""
