"""The shapes of logos, and of the look of the house."""

import base64
import binascii
from datetime import datetime
from typing import Annotated

from pydantic import Field

from idp.api.problems import Problem
from idp.api.schemas.common import Body, Told
from idp.core.drawing.rasters import LARGEST

LONGEST = LARGEST * 4 // 3 + 1024
"""The longest body with a picture in it, in bytes."""


class LogoNew(Body):
    """A logo: a PNG, JPEG or WebP picture of at most 1 MB, as base64."""

    picture: Annotated[str, Field(min_length=1, max_length=LONGEST)]

    def data(self) -> bytes:
        """Return the picture; raise Problem 422 for what is not base64."""
        try:
            return base64.b64decode(self.picture, validate=True)
        except (binascii.Error, ValueError) as error:
            errors = [{"field": "picture", "detail": "base64 is wanted"}]
            raise Problem(422, "The picture is not base64.", errors=errors) from error


class Logo(Told):
    """A logo as this server keeps it: drawn anew, small."""

    url: str
    """Where pages load it from; another logo has another address."""
    media_type: str
    width: int
    height: int
    bytes: int
    changed_at: datetime


class Brand(Told):
    """The look of the house; its texts are settings."""

    name: str
    accent: str | None
    light: Logo | None
    """The logo for light pages."""
    dark: Logo | None
    """The logo for dark pages; without one they show that for light pages."""
