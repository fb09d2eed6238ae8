"""What `idp serve --dev` prints when it is ready."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from idp.operate.paint import OK, command, mark, paint


@dataclass(frozen=True)
class Person:
    """Somebody of the demo data."""

    email: str
    password: str
    note: str
    seed: str = ""
    """The key of their authenticator app, if they have one."""


@dataclass(frozen=True)
class Block:
    """What the block tells."""

    brand: str
    issuer: str
    demo_url: str | None
    with_outbox: bool
    first: bool
    people: tuple[Person, ...] = field(default=())
    app_secret: str = ""
    seconds: float = 0.0


def done(what: str, *details: str, seconds: float | None = None) -> str:
    """Write one line of what was prepared."""
    time = f"({seconds:.1f} s)" if seconds is not None else ""
    return "  ".join(filter(None, [f"{mark(OK)} {what}", *details, time]))


def lines(block: Block) -> Iterable[str]:
    """Write the block, line by line; a second start gets a shorter one."""
    yield ""
    title = paint(f"{block.brand} is running in DEVELOPMENT mode", "yellow", bold=True)
    yield f"  {title}  —  Ctrl-C to stop"
    yield ""
    for name, address in _addresses(block):
        yield f"  {name:<19}{address}"
    if block.people:
        yield ""
        yield from _people(block) if block.first else [f"  {'People':<11}{command('demo credentials')}"]
    if block.first:
        yield ""
        yield from _next_steps()
    yield ""


def _addresses(block: Block) -> Iterable[tuple[str, str]]:
    yield "Sign in", f"{block.issuer}"
    if block.demo_url:
        yield "Demo app", f"{block.demo_url}          {paint('← start here', 'green')}"
    yield "Admin console", f"{block.issuer}/admin"
    if block.with_outbox:
        yield "Mail outbox", f"{block.issuer}/dev/mail"
    yield "Discovery", f"{block.issuer}/.well-known/openid-configuration"


def _people(block: Block) -> Iterable[str]:
    for index, person in enumerate(block.people):
        yield f"  {'People' if index == 0 else '':<11}{person.email:<20}{person.password:<18}{person.note}"
    if block.app_secret:
        where = command("demo credentials")
        yield f"  {'App':<11}client_id demo-web   client_secret {block.app_secret[:10]}…   (full value: {where})"


def _next_steps() -> Iterable[str]:
    steps = {
        command("try"): "one sign-in from this terminal, token checked",
        command("doctor"): "what to change before production",
        "docs/tutorial": "20 minutes, builds a Flask app against this server",
    }
    width = max(19, *(len(step) + 2 for step in steps))
    for index, (step, says) in enumerate(steps.items()):
        yield f"  {'Next:' if index == 0 else '':<7}{step:<{width}}{says}"
