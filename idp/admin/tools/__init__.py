"""Pages that explain: what a token says, what happened in a request."""

from idp.admin.tools import views  # noqa: F401 - they add their routes
