"""Groups of events, to choose from in lists; what belongs to none of the others belongs to the house."""

from idp.audit.tags import Tag

HOUSE = "house"
_AREAS = {
    "sign-in": {"login", "logout", "session", "sessions", "browser"},
    "security": {"password", "passkey", "second_step", "recovery_code", "recovery_codes", "email"},
    "people": {"account", "people", "import", "data"},
    "apps": {"client", "consent", "device"},
    "tokens": {"authorization", "code", "token", "grant"},
    "roles": {"role", "permission", "group", "api"},
    "keys": {"key", "api_key"},
    "mail": {"mail"},
}
GROUPS = (*_AREAS, HOUSE)
FAILURES = frozenset(
    {
        Tag.API_KEY_REFUSED, Tag.AUDIT_PURGE_FAILED, Tag.AUTHORIZATION_REFUSED, Tag.CLIENT_AUTHENTICATION_FAILED,
        Tag.CODE_REUSED, Tag.CONSENT_DENIED, Tag.DEVICE_DENIED, Tag.LOGIN_ATTACKED, Tag.LOGIN_FAILED, Tag.LOGIN_LOCKED,
        Tag.LOGIN_STEP_FAILED, Tag.LOGOUT_GIVEN_UP, Tag.MAIL_GIVEN_UP, Tag.PASSKEY_REFUSED, Tag.ROLE_REFUSED,
        Tag.TOKEN_REFUSED, Tag.TOKEN_REUSED,
    }
)  # fmt: skip
"""What was refused or went wrong; every other event is something that was done."""
OK, FAILED = "ok", "failed"
RESULTS = (OK, FAILED)


def group_of(tag: str) -> str:
    """Return the group an event belongs to."""
    area = tag.partition(".")[0]
    return next((group for group, areas in _AREAS.items() if area in areas), HOUSE)


def result_of(tag: str) -> str:
    """Tell whether an event is something that was done, or that was refused or went wrong."""
    return FAILED if tag in FAILURES else OK
