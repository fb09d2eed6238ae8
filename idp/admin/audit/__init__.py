"""Pages on the audit trail."""

from idp.admin.audit import views  # noqa: F401 - they add their routes
