"""The numbers of each day, counted from the audit trail once and kept: what charts are drawn from.

Owns the table of daily counts and how far it has read. Does not own the events, and writes nothing where tokens are
made: the trail has an event for each already.
"""

from idp.rollups import models as _models  # noqa: F401 - the tables must be known
