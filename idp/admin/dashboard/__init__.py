"""The first page of the console: what needs attention, first steps, numbers, charts, what happened last."""

from idp.admin.dashboard import views  # noqa: F401 - they add their routes
