"""The application for any WSGI server: `granian --interface wsgi wsgi:app`; run `idp worker` beside it."""

from idp import create_app

app = create_app()
