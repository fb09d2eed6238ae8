"""The apps: what each one is, its addresses, its secrets and keys.

Owns the clients' rows, the rules of their metadata and the parsed form the protocol reads. Does not own how a
client proves who it is on the wire (idp.oauth.client_auth) nor what it is granted.
"""

from flask import Flask

from idp.clients import models as _models  # noqa: F401 - the tables must be known
from idp.clients import naming as _naming  # noqa: F401 - the trail asks it
from idp.clients import service
from idp.clients.snippets import in_env, in_shell, path_of


def init_app(app: Flask) -> None:
    """Start with no client remembered; templates of snippets want the path of an address and its shell."""
    app.jinja_env.filters.update(path_of=path_of, in_shell=in_shell, in_env=in_env)
    service.forget(app=app)
