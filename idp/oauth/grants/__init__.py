"""The grants: one file for each grant_type.

Owns what is particular to a grant. Does not own what all share: reading the request, authenticating the client, the
transaction and the audit are the pipeline's (`oauth/server.py`), minting is the issuer's.
"""
