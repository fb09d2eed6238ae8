"""May the server start: what must be true first, and what keeps production and development apart."""

from collections.abc import Iterator

from flask import current_app

from idp.access import service as access
from idp.clients import service as clients
from idp.core.cipher import CipherError, keychain
from idp.core.settings import Settings, settings
from idp.keyring import service as keyring
from idp.keyring.service import NoActiveKey
from idp.operate import schema
from idp.operate.demonstration import credentials, seed
from idp.operate.serving.development import KEYS_MARK


def check_start() -> list[str]:
    """List what forbids a start, each with its fix; the database must be reachable."""
    state = schema.find_state()
    if not state.is_current:
        fix = "Use the newer version of idp" if not state.known else "Run: idp init"
        return [f"the database has {state.describe()}. {fix}"]
    problems = list(_key_problems())
    if not settings().development:
        problems += production_problems(settings())
    return problems


def is_prepared(*, demo: bool) -> bool:
    """Tell whether `idp init` has nothing to do."""
    if check_start() or access.find_api(access.own_api()) is None:
        return False
    return not demo or seed.exists()


def _key_problems() -> Iterator[str]:
    try:
        keychain()
        keyring.forget(current_app)
        keyring.active_kid()
    except (CipherError, NoActiveKey) as error:
        yield str(error)


def production_problems(config: Settings) -> Iterator[str]:
    """Name what a development server left and a production server must not have."""
    if (config.keys_dir / KEYS_MARK).exists():
        yield f"the keys in {config.keys_dir} were made in development. Set IDP_KEYS_DIR to a new folder, run: idp init"
    if credentials.path_in(config.state_dir).exists() or any(map(clients.find_client, seed.CLIENT_IDS)):
        yield "the database has demo data, with passwords that were printed. Use a new database"
