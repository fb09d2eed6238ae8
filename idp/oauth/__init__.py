"""The protocol: OAuth 2 and OpenID Connect endpoints, grants, tokens, consent and sign-out of apps.

Owns everything a relying party or a resource server speaks to. Does not own people, apps, sessions, sign-in pages or
keys: it asks their slices, and hears by signals when something it stands on has ended.
"""

from flask import Flask

from idp.core.features import enabled
from idp.oauth import listeners
from idp.oauth.apps import views as apps
from idp.oauth.features import FEATURES
from idp.oauth.http import add_cross_origin_headers
from idp.oauth.logout import backchannel
from idp.oauth.server import EXTENSION, Server
from idp.oauth.views import blueprint


def init_app(app: Flask) -> None:
    """Build the server from the features that are on, mount the routes, listen to the slices below."""
    server = Server()
    with app.app_context():
        for feature in FEATURES:
            if enabled(feature):
                for grant in feature.grants:
                    server.register_grant(grant)
                for endpoint in feature.endpoints:
                    server.register_endpoint(endpoint)
                for optional in feature.blueprints:
                    app.register_blueprint(optional)
    app.extensions[EXTENSION] = server
    app.register_blueprint(blueprint)
    app.register_blueprint(apps.blueprint)
    app.after_request(add_cross_origin_headers)
    listeners.connect()
    backchannel.connect()
