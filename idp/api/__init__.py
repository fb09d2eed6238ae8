"""The Admin API under `/api/v1`: what the console does, for programs.

Owns the routes with the permission and schema of each, who may call them, and the OpenAPI document that describes them.
Does not own any rule: what a route does is a function of the slice it is about, the same that pages and commands call.
"""

from flask import Blueprint, Flask

from idp.access.permissions import PATH
from idp.api import (  # noqa: F401 - they add routes
    api_keys,
    apis,
    audit,
    audit_purges,
    brand,
    clients,
    consents,
    grants,
    groups,
    imports,
    insight,
    keys,
    logos,
    logouts,
    models,
    roles,
    sessions,
    settings,
    users,
    webhooks,
)
from idp.api.docs import mount_documents
from idp.api.handling import mount
from idp.api.problems import Problem, answer_domain_error, answer_problem
from idp.api.routes import ROUTES
from idp.core.errors import DomainError


def init_app(app: Flask) -> None:
    """Mount the routes."""
    blueprint = Blueprint("api", __name__, url_prefix=PATH)
    blueprint.register_error_handler(Problem, answer_problem)
    blueprint.register_error_handler(DomainError, answer_domain_error)
    for route in ROUTES:
        mount(blueprint, route)
    mount_documents(blueprint)
    app.register_blueprint(blueprint)
