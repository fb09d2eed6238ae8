"""Which settings the console shows where, which of them the database may hold, and what they may do harm with."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from idp.core.configuration.view import Setting, all_settings

TABS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "general": (_l("General"), ("brand.",)),
    "sign-in": (_l("Sign-in"), ("accounts.", "second_step.")),
    "passwords": (_l("Passwords"), ("passwords.",)),
    "sessions": (_l("Sessions"), ("sessions.", "admin.")),
    "tokens": (_l("Tokens and keys"), ("tokens.", "keys.")),
    "mail": (_l("Mail"), ("mail.",)),
    "audit": (_l("Audit trail"), ("audit.",)),
    "server": (_l("Server"), ("mode", "issuer", "state_dir", "keys_dir", "templates_dir", "database.", "redis.",
                              "proxy.", "dev.", "features")),
}  # fmt: skip
"""Of each tab: its title, and how the names on it begin."""
_AT_START = {"passwords.workers", "passwords.maximum_bytes", "mail.url", "keys_dir"}
"""Read once when the server starts, or holding a password."""
SECRET = {"database.url", "redis.url", "mail.url"}
"""Never shown, only whether they are set."""
DANGERS = {
    "accounts.registration": _l("Open registration lets anybody who can reach this server make an account."),
    "accounts.editable": _l("What apps trust about a person should not be what that person writes."),
    "passwords.minimum_length": _l("Short passwords are guessed. Below 15 is weak without a second step."),
    "passwords.bcrypt_cost": _l(
        "A low cost makes a stolen database easy to crack; a high one makes every sign-in slow."
    ),
    "second_step.allow_trust": _l("Who holds a trusted browser needs the password alone."),
    "sessions.remember": _l("A lost device stays signed in for this long."),
    "sessions.sudo": _l("A long time lets somebody at an unlocked screen do dangerous things."),
    "admin.sudo": _l("A long time lets somebody at an unlocked screen do dangerous things."),
    "admin.idle": _l("A long time lets somebody at an unlocked screen do dangerous things."),
    "admin.require_second_step": _l("«never» opens the console to whoever knows one password."),
    "tokens.access": _l("APIs that check signatures alone take a revoked token until it expires."),
    "tokens.clock_skew": _l("A wide margin lets a stolen assertion work for longer."),
    "audit.retention": _l("What is purged is gone for good. Export it first."),
    "keys.publish_ahead": _l("Apps that keep the key set fail when a key signs before they have fetched it."),
}
"""What a setting can do harm with, said beside it."""
_DAY, _YEARS = 86400, 10 * 365 * 86400
_BOUNDS = {
    "sessions.idle": (60, _YEARS), "sessions.absolute": (300, _YEARS), "admin.idle": (60, _DAY),
    "sessions.sudo": (30, 3600), "admin.sudo": (30, 3600), "tokens.code": (10, 600), "tokens.access": (30, _DAY),
    "tokens.identity": (30, _DAY), "tokens.device_code": (60, 3600), "tokens.clock_skew": (0, 300),
    "audit.retention": (0, 10 * _YEARS), "keys.rotate_every": (_DAY, _YEARS), "keys.publish_ahead": (3600, 90 * _DAY),
}  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """A setting as the console has it."""

    setting: Setting
    tab: str
    editable: bool

    @property
    def name(self) -> str:
        """Its dotted name."""
        return self.setting.name

    @property
    def bounds(self) -> tuple[int, int]:
        """The shortest and the longest time it may be, in seconds."""
        return _BOUNDS.get(self.name, (1, _YEARS))

    @property
    def options(self) -> list[str]:
        """What it may be, where that is a list."""
        if self.setting.kind == "on or off":
            return ["on", "off"]
        return self.setting.kind.split(" or ") if " or " in self.setting.kind else []


def _choice(setting: Setting) -> Choice:
    tab = next((tab for tab, (_title, heads) in TABS.items() if setting.name.startswith(heads)), "server")
    return Choice(setting, tab, tab != "server" and setting.name not in _AT_START)


CHOICES = {setting.name: _choice(setting) for setting in all_settings()}


def on_tab(tab: str) -> list[Choice]:
    """List the settings of a tab in the order of the model."""
    return [choice for choice in CHOICES.values() if choice.tab == tab]
