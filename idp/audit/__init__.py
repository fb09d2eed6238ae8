"""The audit trail: what happened, to whom, by whom, in which request; hash-chained.

Owns the closed list of events, the rows and their chain. Does not own what an event means: the slice that
acts records it, in the transaction of the act.
"""
