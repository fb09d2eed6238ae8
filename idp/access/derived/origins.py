"""How something came that a role allows, and the words for it: pages have the same in `admin/_way.html`."""

from dataclasses import dataclass

from flask_babel import gettext as _

from idp.access.derived.inheritance import Chain


@dataclass(frozen=True, kw_only=True)
class Origin:
    """By which roles and which permission something came; what a role holds itself came by neither."""

    through: Chain = ()
    """Where the role only includes one that allows it: the roles on the way there, that one last."""
    comes_with: str | None = None
    """The permission that includes it, where it is that one that is held."""

    @property
    def is_own(self) -> bool:
        """Whether the role holds it itself."""
        return not self.through and self.comes_with is None


@dataclass(frozen=True)
class Way(Origin):
    """One way by which a role, or what it allows, came to somebody."""

    role: str
    """The role that they were given, or that a group of theirs brings."""
    group: str | None = None


def say_way(way: Way) -> str:
    """Say the whole of a way: “chief (board), which includes editor”."""
    says = [f"{way.role} ({way.group})" if way.group else way.role]
    says += [_("which includes %(role)s", role=name) for name in way.through]
    return ", ".join([*says, *_permission(way)])


def say_source(origin: Origin) -> str:
    """Say where a permission of a role comes from, in short; nothing where the role holds it itself."""
    says = [_("from %(role)s", role=origin.through[-1])] if origin.through else []
    return ", ".join([*says, *_permission(origin)])


def _permission(origin: Origin) -> list[str]:
    return [_("comes with %(permission)s", permission=origin.comes_with)] if origin.comes_with else []
