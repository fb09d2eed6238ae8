"""Say that the server is ready, when it is."""

import contextlib
import ssl
import time
import urllib.request
from dataclasses import dataclass

import click
from flask import Flask

from idp.core.settings import Settings
from idp.operate.demonstration import credentials
from idp.operate.serving import development, first_run
from idp.operate.serving.companion import Companion
from idp.operate.serving.server import Listen

_PATIENCE_SECONDS = 30.0


@dataclass(frozen=True)
class Announcement:
    """What is told once the first answer comes."""

    app: Flask
    listen: Listen
    beside: Companion | None
    began: float
    first: bool
    dev: bool

    def tell(self) -> None:
        """Wait for the first answer, then print the block (development) or one line."""
        config: Settings = self.app.extensions["idp.settings"]
        if not self._wait():
            return
        if not self.dev:
            click.echo(f"idp serves {config.issuer} on {self.listen.host}:{self.listen.port}", err=True)
            return
        demo_url = self.beside.url if self.beside else None
        development.remember(config.state_dir, issuer=config.issuer, demo_url=demo_url)
        known = credentials.load(config.state_dir)
        block = first_run.Block(
            brand=config.brand.name,
            issuer=config.issuer,
            demo_url=demo_url,
            with_outbox=config.mail.url.startswith("outbox:"),
            first=self.first,
            people=known.people if known else (),
            app_secret=known.secret_of("demo-web") if known else "",
            seconds=time.monotonic() - self.began,
        )
        click.echo("\n".join(first_run.lines(block)))

    def _wait(self) -> bool:
        scheme = "https" if self.listen.certificate else "http"
        host = "127.0.0.1" if self.listen.host in {"0.0.0.0", "::"} else self.listen.host  # noqa: S104 - compared, not bound
        address = f"{scheme}://[{host}]" if ":" in host else f"{scheme}://{host}"
        # Only whether somebody answers is asked, so the name in the certificate does not matter.
        trusting = ssl._create_unverified_context()  # noqa: S323, SLF001
        end = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < end:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{address}:{self.listen.port}/livez", timeout=2, context=trusting).close()  # noqa: S310
                if self.beside is None or self.beside.answers():
                    return True
            time.sleep(0.03)
        return False
