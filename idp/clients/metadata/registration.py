"""Client metadata under the names it has on the wire (RFC 7591 §2, OIDC Registration §2, RP-Initiated Logout §3.1,
Back-Channel Logout §2.2).
"""

from collections.abc import Mapping
from typing import Any

from idp.clients.errors import NOT_METADATA, NOT_YET, UNKNOWN_FIELD, InvalidMetadata
from idp.clients.metadata.rules import Rule, called, contacts, flag, name, page, text
from idp.clients.models import Client
from idp.clients.types import TYPES

_MOST_FIELDS = 100
_RENAMED = {"client_name": "name", "scope": "scopes"}
_SAME = (
    "redirect_uris", "post_logout_redirect_uris", "grant_types", "token_endpoint_auth_method", "jwks", "jwks_uri",
    "client_uri", "logo_uri", "tos_uri", "policy_uri", "default_max_age", "require_auth_time",
)  # fmt: skip
_LOCALISED: dict[str, Rule] = {
    "client_name": name, "client_uri": page, "logo_uri": page, "tos_uri": page, "policy_uri": page,
}  # fmt: skip
"""What may come once a language, as `client_name#fr` (RFC 7591 §2.2)."""


def _only(*values: str) -> Rule:
    """Make the rule of a field of which this server knows these values."""

    def rule(value: Any, field: str, _kind: str) -> str:
        if value not in values:
            raise InvalidMetadata(field, NOT_YET)
        return str(value)

    return rule


_KEPT: dict[str, Rule] = {
    "contacts": contacts,
    "software_id": text,
    "software_version": text,
    "initiate_login_uri": page,
    "backchannel_logout_uri": called,
    "backchannel_logout_session_required": flag,
    "subject_type": _only("public"),
    "id_token_signed_response_alg": _only("RS256"),
    "token_endpoint_auth_signing_alg": _only("RS256", "PS256", "ES256", "ES384", "Ed25519", "EdDSA"),
}
"""What is kept as it was registered, in `metadata`."""
EDITABLE = ("contacts", "initiate_login_uri", "backchannel_logout_uri", "backchannel_logout_session_required")
"""What of it people see and change by its name, as if it were a field of its own."""
_KNOWN_TO_THE_SPECIFICATIONS = frozenset({
    "sector_identifier_uri", "id_token_encrypted_response_alg", "id_token_encrypted_response_enc",
    "userinfo_signed_response_alg", "userinfo_encrypted_response_alg", "userinfo_encrypted_response_enc",
    "request_object_signing_alg", "request_object_encryption_alg", "request_object_encryption_enc", "request_uris",
    "default_acr_values", "frontchannel_logout_uri", "frontchannel_logout_session_required",
    "require_pushed_authorization_requests", "require_signed_request_object", "dpop_bound_access_tokens",
    "tls_client_certificate_bound_access_tokens", "tls_client_auth_subject_dn", "tls_client_auth_san_dns",
    "tls_client_auth_san_uri", "tls_client_auth_san_ip", "tls_client_auth_san_email",
    "authorization_signed_response_alg", "authorization_encrypted_response_alg",
    "authorization_encrypted_response_enc", "introspection_signed_response_alg",
    "introspection_encrypted_response_alg", "introspection_encrypted_response_enc", "backchannel_token_delivery_mode",
    "backchannel_client_notification_endpoint", "backchannel_authentication_request_signing_alg",
    "backchannel_user_code_parameter", "authorization_details_types", "software_statement",
})  # fmt: skip


def from_registration(metadata: Any) -> dict[str, Any]:
    """Translate metadata as it is sent into the fields of a client; raise InvalidMetadata for what we cannot keep.

    Nothing is dropped in silence: an app must not believe in a protection that it does not get.
    """
    if not isinstance(metadata, dict) or len(metadata) > _MOST_FIELDS:
        raise InvalidMetadata("metadata", NOT_METADATA)
    values: dict[str, Any] = {}
    kept: dict[str, Any] = {}
    for key, value in metadata.items():
        if value is None:
            continue
        field = str(key)
        plain, sign, language = field.partition("#")
        if sign and plain in _LOCALISED and _is_language(language):
            kept[field] = _LOCALISED[plain](value, plain, "")
        elif field in _KEPT:
            kept[field] = _KEPT[field](value, field, "")
        elif field in _RENAMED or field in _SAME:
            values[_RENAMED.get(field, field)] = value
        elif field not in {"response_types", "application_type"}:
            raise InvalidMetadata(field[:60], NOT_YET if field in _KNOWN_TO_THE_SPECIFICATIONS else UNKNOWN_FIELD)
    _read_types(metadata, values)
    return {**values, "metadata_": kept} if kept else values


def to_registration(client: Client) -> dict[str, Any]:
    """Describe a client under the names of the wire; what is not set is left out, and there is no secret in it."""
    values: dict[str, Any] = {
        "client_id": client.id,
        "client_id_issued_at": int(client.created_at.timestamp()),
        "client_name": client.name,
        "scope": " ".join(client.scopes),
        "response_types": client.response_types,
        **{field: getattr(client, field) for field in _SAME},
        **client.metadata_,
    }
    if TYPES[client.type].redirects:
        values["application_type"] = "native" if client.type == "native" else "web"
    return {field: value for field, value in values.items() if value is not None}


def put_away(changes: Mapping[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
    """Move what is kept in `metadata` to its place among the changes of a client that keeps this.

    Nothing takes a value away. Raises InvalidMetadata.
    """
    named = [field for field in EDITABLE if field in changes]
    if not named:
        return dict(changes)
    rest = {field: value for field, value in kept.items() if field not in named}
    for field in named:
        if changes[field] not in (None, "", []):
            rest[field] = _KEPT[field](changes[field], field, "")
    return {**{field: value for field, value in changes.items() if field not in named}, "metadata_": rest}


def is_known(field: str) -> bool:
    """Tell whether this server keeps a field of that name, whatever its value."""
    plain, sign, language = field.partition("#")
    if sign:
        return plain in _LOCALISED and _is_language(language)
    return field in {*_KEPT, *_RENAMED, *_SAME, "response_types", "application_type"}


def _read_types(metadata: Mapping[str, Any], values: dict[str, Any]) -> None:
    """Check `response_types` and `application_type`, which follow from grant types and kind here."""
    if "application_type" in metadata:
        if metadata["application_type"] not in ("web", "native"):
            raise InvalidMetadata("application_type", NOT_YET)
        if metadata["application_type"] == "native":
            values["type"] = "native"
    response_types = metadata.get("response_types")
    if response_types is None:
        return
    if not isinstance(response_types, list) or any(value != "code" for value in response_types):
        # `id_token` and `token` would come over the front channel, which is off here (RFC 9700 §2.1.2).
        raise InvalidMetadata("response_types", NOT_YET)
    grants = values.get("grant_types", ["authorization_code"])
    if not isinstance(grants, list) or ("authorization_code" in grants) is not bool(response_types):
        # "the values ... MUST be consistent" (RFC 7591 §2.1).
        raise InvalidMetadata("response_types", NOT_YET)


def _is_language(tag: str) -> bool:
    return 0 < len(tag) <= 35 and tag.isascii() and tag.replace("-", "").isalnum()
