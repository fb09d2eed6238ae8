"""Pages on the audit trail."""

from idp.admin.audit import purging, views  # noqa: F401 - they add their routes
