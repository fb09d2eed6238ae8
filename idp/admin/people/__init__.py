"""Pages on people: listed, invited, looked at from each side, changed, many at a time."""

from idp.admin.people import (  # noqa: F401 - they add their routes
    activity,
    bulk,
    danger,
    exporting,
    importing,
    insight,
    listing,
    methods,
    profile,
    roles,
)
