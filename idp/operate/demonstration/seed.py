"""The demo's people, apps and API: for development only."""

from dataclasses import dataclass
from typing import Any

import pyotp

from idp.access import catalogue
from idp.access import service as access
from idp.accounts import service as accounts
from idp.accounts import signals
from idp.accounts.credentials.passwords import hash_password
from idp.accounts.lifecycle import states
from idp.authn.enrol import service as enrol
from idp.clients import service as clients
from idp.core.db import transaction
from idp.core.errors import NotFound
from idp.core.secrets import random_digits, random_token
from idp.core.settings import Settings, settings
from idp.operate.demonstration import credentials
from idp.operate.demonstration.credentials import Credentials
from idp.operate.serving.first_run import Person

API = "http://127.0.0.1:8001/api"
DEMO_URL = "http://127.0.0.1:8001"
PERMISSIONS = {"articles:read": "Read articles", "articles:publish": "Publish articles"}
EDITOR = "editor"
_SCOPES = ["openid", "profile", "email", "roles", "groups", "offline_access", *PERMISSIONS]
_CODE_AND_REFRESH: dict[str, Any] = {"scopes": _SCOPES, "allowed_apis": [API]}


@dataclass(frozen=True)
class _Somebody:
    name: str
    roles: tuple[str, ...]
    has_app: bool = False

    @property
    def email(self) -> str:
        return f"{self.name.split()[0].lower()}@example.com"

    @property
    def note(self) -> str:
        words = [*(self.roles or ("no roles",)), *(["has an authenticator app"] if self.has_app else [])]
        return ", ".join(words)


PEOPLE = (
    _Somebody("Alice Baker", ("owner", EDITOR)),
    _Somebody("Bob Clark", (EDITOR,), has_app=True),
    _Somebody("Carol Davis", ()),
)
APPS: dict[str, dict[str, Any]] = {
    "demo-web": {"name": "Demo Shop", "type": "web", **_CODE_AND_REFRESH},
    "demo-spa": {"name": "Demo in the browser", "type": "spa", **_CODE_AND_REFRESH},
    "demo-device": {"name": "Demo TV", "type": "device", "scopes": _SCOPES, "allowed_apis": [API]},
    "demo-machine": {"name": "Demo robot", "type": "machine", "scopes": [*PERMISSIONS], "allowed_apis": [API]},
    "demo-api": {"name": "Demo articles", "type": "api", "allowed_apis": [API]},
}
CLIENT_IDS = tuple(APPS)


def exists() -> bool:
    """Tell whether the demo data is there: in the database, and written down."""
    return credentials.load(settings().state_dir) is not None and clients.find_client(CLIENT_IDS[0]) is not None


def create() -> Credentials:
    """Make the demo data, or set it back, and write its passwords and secrets down."""
    with transaction():
        _create_api()
        people = tuple(_create_person(somebody) for somebody in PEOPLE)
        _delete_apps()
        secrets = {client_id: _create_app(client_id) for client_id in APPS}
    known = Credentials(people, {client_id: secret for client_id, secret in secrets.items() if secret})
    credentials.save(settings().state_dir, known)
    return known


def allow_address(url: str) -> None:
    """Let the demo apps come back to the address the demo app has this time."""
    for client_id in ("demo-web", "demo-spa"):
        row = clients.get_client(client_id)
        wanted = _addresses(url)
        changes = {
            name: [*getattr(row, name), *uris] for name, uris in wanted.items() if uris[0] not in getattr(row, name)
        }
        if changes:
            clients.update_client(client_id, changes)


def app_environment(config: Settings, known: Credentials, url: str) -> dict[str, str]:
    """Return the settings of the demo app."""
    return {
        "DEMO_ISSUER": config.issuer,
        "DEMO_URL": url,
        "DEMO_API": API,
        "DEMO_PROVIDER": config.brand.name,
        "DEMO_CLIENT_ID": "demo-web",
        "DEMO_CLIENT_SECRET": known.secret_of("demo-web"),
        "DEMO_MACHINE_ID": "demo-machine",
        "DEMO_MACHINE_SECRET": known.secret_of("demo-machine"),
    }


def _create_api() -> None:
    try:
        catalogue.get_api(API)
    except NotFound:
        catalogue.create_api(API, name="Articles")
        for name, title in PERMISSIONS.items():
            catalogue.add_permission(API, name, title=title)
    try:
        role = access.get_role(EDITOR)
    except NotFound:
        role = catalogue.create_role(EDITOR, title="Editor")
    for name in PERMISSIONS:
        catalogue.add_to_role(role, API, name)


def _create_person(somebody: _Somebody) -> Person:
    first = somebody.email.partition("@")[0]
    password = f"demo-{first}-{random_digits(4)}"
    user = accounts.find_by_email(somebody.email)
    if user is None:
        given, family = somebody.name.split()
        user = accounts.add_user(
            somebody.email, name=somebody.name, given_name=given, family_name=family, username=first, verified=True,
            password_hash=hash_password(password),
        )  # fmt: skip
    else:
        _set_back(user.id, password)
    for role in somebody.roles:
        access.grant_role(user.id, role)
    seed = pyotp.random_base32() if somebody.has_app else ""
    if seed:
        enrol.give_app(user.id, seed, name="Demo phone")
    return Person(somebody.email, password, somebody.note, seed)


def _set_back(user_id: str, password: str) -> None:
    states.enable(user_id)
    states.unlock(user_id)
    with transaction():
        # Not through the service: these passwords are as short as they are because people type them off a screen.
        accounts.get_user_for_change(user_id).password_hash = hash_password(password)
        signals.credentials_changed.send(None, user_id=user_id, keep_session_id=None)


def _delete_apps() -> None:
    for client_id in APPS:
        if clients.find_client(client_id):
            clients.delete_client(client_id)


def _create_app(client_id: str) -> str | None:
    values = dict(APPS[client_id])
    if values["type"] in {"web", "spa"}:
        values |= _addresses(DEMO_URL)
    confidential = values["type"] not in {"spa", "device"}
    secret = random_token("idps_demo_") if confidential else None
    clients.create_client(client_id=client_id, secret=secret, **values)
    return secret


def _addresses(url: str) -> dict[str, list[str]]:
    return {"redirect_uris": [f"{url}/callback"], "post_logout_redirect_uris": [f"{url}/signed-out"]}
