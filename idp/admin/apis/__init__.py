"""Pages on APIs, their permissions, and all scopes."""

from idp.admin.apis import permissions, scopes, views  # noqa: F401 - they add their routes
