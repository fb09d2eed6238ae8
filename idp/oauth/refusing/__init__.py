"""Why the protocol says no.

Owns the table of reasons, the pages that explain them, and what the trail keeps of a refusal. Does not own the checks
that refuse.
"""
