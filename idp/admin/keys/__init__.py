"""Pages on signing keys and on the key that seals the database."""

from idp.admin.keys import importing, views  # noqa: F401 - they add their routes
