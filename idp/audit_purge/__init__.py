"""The purge of old events: counted, asked for or done by the retention, checked first and then removed in parts.

Owns the long work of a purge and how long events are kept. Does not own the chain or where it begins (idp.audit).
"""

from idp.audit_purge import service as _service  # noqa: F401 - its kind of job must be known
