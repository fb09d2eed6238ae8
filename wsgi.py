"""The application for any WSGI server: `granian --interface wsgi wsgi:app`. `idp serve` does more: it also runs the worker."""

from idp import create_app

app = create_app()
