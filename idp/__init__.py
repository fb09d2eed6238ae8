"""idp: an OAuth 2 and OpenID Connect provider.

The server is loaded when it is first named, so that an API can use `idp.resource` without what only the server needs.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from idp.application import PACKAGE, SLICES, ConfigurationError, create_app, folder

__version__ = "0.1.0"
__all__ = ["PACKAGE", "SLICES", "ConfigurationError", "__version__", "create_app", "folder"]


def __getattr__(name: str) -> Any:
    """Load the server for one of its names (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("idp.application"), name)
