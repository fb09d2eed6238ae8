"""The settings: one typed object, read once from `idp.toml`, `IDP_*` variables and `IDP_*_FILE` secrets."""

import ipaddress
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from flask import current_app
from pydantic import Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from idp.core.configuration.sections import (
    Accounts,
    Admin,
    Audit,
    Brand,
    Database,
    Development,
    Keys,
    Mail,
    Passwords,
    Proxy,
    Redis,
    SecondStep,
    Sessions,
    Switch,
    Tokens,
)
from idp.core.configuration.sources import SecretFileSource, TomlFileSource, VariableSource
from idp.core.drawing import brand_rules


class Settings(BaseSettings):
    """Every setting of the house."""

    model_config = SettingsConfigDict(
        env_prefix="IDP_",
        env_nested_delimiter="__",
        extra="forbid",
        use_attribute_docstrings=True,
        frozen=True,
    )

    mode: Literal["production", "development"] = "production"
    """`development` shows the outbox and helpful details, and refuses real networks."""
    issuer: str = ""
    """The public address of this server, e.g. `https://id.example.com`; every link and token is built on it."""
    state_dir: Path = Path("var")
    """Folder of the embedded database and other state."""
    keys_dir: Path = Path("keys")
    """Folder of the key-encryption keys; keep it apart from the database's backups."""
    templates_dir: Path | None = None
    """Folder searched for templates before the ones that come with the package."""
    brand: Brand = Brand()
    database: Database = Database()
    redis: Redis = Redis()
    mail: Mail = Mail()
    proxy: Proxy = Proxy()
    accounts: Accounts = Accounts()
    passwords: Passwords = Passwords()
    second_step: SecondStep = SecondStep()
    sessions: Sessions = Sessions()
    admin: Admin = Admin()
    tokens: Tokens = Tokens()
    keys: Keys = Keys()
    audit: Audit = Audit()
    dev: Development = Development()
    features: dict[str, Switch] = Field(default_factory=dict)
    """Protocol features by name, `on` or `off`; see the list of `idp config features`."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: arguments, IDP_* variables, IDP_*_FILE secrets, idp.toml, defaults."""
        del dotenv_settings, file_secret_settings
        variables = VariableSource(settings_cls, env_settings)
        return init_settings, variables, SecretFileSource(settings_cls), TomlFileSource(settings_cls)

    @property
    def development(self) -> bool:
        """Whether this is a development server."""
        return self.mode == "development"

    @property
    def secure(self) -> bool:
        """Whether people reach this server over https."""
        return self.issuer.startswith("https://")

    @property
    def host(self) -> str:
        """The host (and port) of the issuer."""
        return urlsplit(self.issuer).netloc

    @property
    def database_url(self) -> str:
        """The address of the database, with the embedded default filled in."""
        url = self.database.url or f"sqlite:///{self.state_dir.resolve() / 'idp.db'}"
        return url.replace("postgresql://", "postgresql+psycopg://", 1)

    def problems(self) -> list[str]:
        """List everything that forbids a start, each with its fix; empty when all is well."""
        found = [*_issuer_problems(self), *brand_rules.problems_of(self.brand)]
        if self.mode == "production":
            if self.mail.url.startswith("outbox:"):
                found.append("mail.url is the development outbox. Set IDP_MAIL__URL=smtps://host:465")
            if self.dev.clock_file:
                found.append("dev.clock_file is set. Unset IDP_DEV__CLOCK_FILE in production")
            if self.dev.fetch_loopback:
                found.append("dev.fetch_loopback is on. Unset IDP_DEV__FETCH_LOOPBACK in production")
        return found


def settings() -> Settings:
    """Return the settings of the present application."""
    value: Settings = current_app.extensions["idp.settings"]
    return value


def is_loopback(host: str | None) -> bool:
    """Tell whether a host name or address is this machine."""
    if host is None:
        return False
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _issuer_problems(config: Settings) -> Any:
    parts = urlsplit(config.issuer)
    if not parts.scheme or not parts.netloc:
        yield "issuer is not set. Set IDP_ISSUER=https://id.example.com"
        return
    if parts.query or parts.fragment or config.issuer.endswith("/") or parts.path:
        yield "issuer must be scheme and host only, without a path or a slash at the end"
    if parts.scheme != "https" and not (config.development and is_loopback(parts.hostname)):
        yield "issuer is not https. Tokens and passwords would cross the network readable"
