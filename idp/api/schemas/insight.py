"""The shapes of what is worked out and not kept: who may what and why, what tokens would say, a whole trail."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from idp.api.schemas.common import Body, Told

Words = Annotated[str, BeforeValidator(str)]
"""A text that is translated when somebody reads it."""


class PermissionWay(Told):
    """A permission of a person, and one way by which it came."""

    api: str
    """The identifier of its API."""
    permission: str
    role: str
    group: str | None
    """The group that gives the role; null where the person has it themselves."""
    through: list[str]
    """Where the role only includes one that holds the permission: the roles on the way there, that one last."""
    comes_with: str | None
    """The permission that includes this one, where the role holds that one."""


class Way(Told):
    """One way by which a permission came to somebody."""

    role: str
    group: str | None
    """The group that gives the role; null where the person has it themselves."""
    through: list[str]
    """Where the role only includes one that holds the permission: the roles on the way there, that one last."""
    comes_with: str | None
    """The permission that includes this one, where the role holds that one."""


class Able(Told):
    """Somebody who has a permission."""

    id: str
    email: str
    ways: list[Way]


class TokenPreviewQuery(Body):
    """Whose tokens, and which."""

    user: Annotated[str, Field(min_length=1, max_length=254)]
    """An id, an address or a user name."""
    scope: Annotated[str, Field(max_length=4000)] | None = None
    """Scopes with spaces between; all that the app may ask for where it is left out."""
    resource: Annotated[str, Field(max_length=400)] | None = None
    """The identifier of the API that the access token is for."""


class ClaimReason(Told):
    """A name, and where it comes from or why it is not there."""

    name: str
    why: Words
    value: Any = None


class TokenDocument(Told):
    """One of the things that an app would get."""

    claims: dict[str, Any] | None
    sources: list[ClaimReason]
    """Where each claim comes from."""
    missing: list[ClaimReason]
    """Why a claim is not there."""
    absent: Words | None
    """Why there is no such document."""


class TokenPreview(Told):
    """What an app would get for a person; nothing is signed, kept or accepted."""

    client_id: str
    user_id: str
    refusal: Words | None
    """Why the sign-in would be refused, if it would."""
    refused_scopes: list[ClaimReason]
    access_token: TokenDocument
    id_token: TokenDocument
    userinfo: TokenDocument


class IntegrityQuery(Body):
    """From where on the trail is checked."""

    after: Annotated[str, Field(pattern=r"^([0-9]{1,17})?$")] = ""
    """`next` of the answer before; nothing begins with the first event."""


class Integrity(Told):
    """Whether a part of the hash chain holds."""

    intact: bool
    purged: int
    """The place of the last event that was purged, which is how many were; the next one is the first that is kept."""
    position: int
    """The place of the last event that was checked."""
    head: str
    """The hash of that event."""
    unsealed: int
    """How many events are not in the chain yet."""
    first_bad: int | None
    """The first place at which the chain breaks."""
    reason: str | None
    next: str | None
    """What `after` is for the next part; null where this was the last one."""
