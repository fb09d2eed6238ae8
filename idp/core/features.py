"""A protocol feature is one row: off means no route, no grant, no word in discovery."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from idp.core.settings import settings


@dataclass(frozen=True)
class Feature:
    """One specification the server can speak."""

    name: str
    """The name in the settings: `IDP_FEATURES__<NAME>`."""
    spec: str
    default: bool
    always: bool = False
    """A feature that cannot be turned off."""
    grants: tuple[Any, ...] = ()
    endpoints: tuple[Any, ...] = ()
    blueprints: tuple[Any, ...] = ()
    """Routes that are mounted only while the feature is on."""
    client_auth: tuple[str, ...] = ()
    metadata: Callable[[], dict[str, Any]] = dict


def enabled(feature: Feature) -> bool:
    """Tell whether a feature is on."""
    return feature.always or settings().features.get(feature.name, feature.default)
