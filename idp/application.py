"""The application: the only place where the slices are wired together, in the order of their layers."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from flask import Flask
from jinja2 import ChoiceLoader, FileSystemLoader

from idp.core import clock
from idp.core import db as database
from idp.core.extensions import limiter, login_manager, migrate
from idp.core.extensions import mail as mail_transport
from idp.core.http import errors, globals_, hooks
from idp.core.settings import Settings

PACKAGE = Path(__file__).parent
SLICES = (
    "observe", "audit", "limits", "feed", "stored_settings", "brand", "rollups", "outbox", "keyring", "jobs", "i18n",
    "mail", "access", "clients", "audit_files", "audit_purge", "sealing",
    "accounts", "webhooks",
    "sessions", "api_keys",
    "authn",
    "oauth",
    "portal", "manifest", "admin", "api", "gallery", "operate",
)  # fmt: skip


class ConfigurationError(RuntimeError):
    """The settings forbid a start; the message lists every problem with its fix."""


def create_app(config: Settings | None = None) -> Flask:
    """Build the application; raise ConfigurationError with all problems of the settings at once."""
    config = config or Settings()
    if problems := config.problems():
        raise ConfigurationError("\n".join(problems))
    app = Flask("idp", static_folder=str(PACKAGE / "static"), template_folder=None, root_path=str(PACKAGE))
    app.extensions["idp.settings"] = config
    clock.use_offset_file(config.dev.clock_file if config.development else None)
    _set_up_core(app, config)
    for name in SLICES:
        if find_spec(f"idp.{name}") is None:
            continue
        if init := getattr(import_module(f"idp.{name}"), "init_app", None):
            init(app)
    return app


def folder(name: str) -> Path:
    """Return a folder that stands beside the package in a checkout and inside it in a wheel."""
    beside = PACKAGE.parent / name
    return beside if (PACKAGE.parent / "pyproject.toml").is_file() and beside.is_dir() else PACKAGE / name


def _set_up_core(app: Flask, config: Settings) -> None:
    app.session_interface = globals_.NoFlaskSession()
    app.jinja_loader = ChoiceLoader(
        [FileSystemLoader(path) for path in (config.templates_dir, folder("templates")) if path]
    )
    timeout = int(config.database.statement_timeout.total_seconds() * 1000)
    if config.database_url.startswith("sqlite:///"):
        Path(config.database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    database.init_app(app, config.database_url, pool_size=config.database.pool_size, statement_timeout_ms=timeout)
    migrate.init_app(app, database.db, directory=str(folder("migrations")), render_as_batch=True)
    app.config["RATELIMIT_STORAGE_URI"] = config.redis.url or "memory://"
    app.config["RATELIMIT_STORAGE_OPTIONS"] = (
        {"socket_connect_timeout": 0.1, "socket_timeout": 0.1} if config.redis.url else {}
    )
    app.config["RATELIMIT_IN_MEMORY_FALLBACK_ENABLED"] = bool(config.redis.url)
    limiter.init_app(app)
    mail_transport.init_app(app)
    login_manager.init_app(app)
    hooks.init_app(app, config)
    globals_.init_app(app)
    errors.init_app(app)
