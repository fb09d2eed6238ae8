"""The admin console: pages on which operators look after people, apps, roles, keys and the trail.

Owns these pages, and the table of their routes with the permission each needs. Does not own any rule: what a page does
is a function of the slice it is about, the same that the command line calls.
"""

from flask import Flask

from idp.admin import (  # noqa: F401 - they add their routes, and what is answered when a rule refuses
    api_keys,
    apis,
    audit,
    clients,
    dashboard,
    deliveries,
    groups,
    help_page,
    keys,
    people,
    refusals,
    roles,
    search,
    sessions,
    settings,
    tools,
    webhooks,
)
from idp.admin.audit.names import names_of
from idp.admin.nav import entries, find_entry, has_shortcuts, new_url
from idp.admin.once import form_once
from idp.admin.routes import blueprint, may
from idp.audit.groups import result_of
from idp.audit.words import words_of
from idp.authn.acr import in_words


def init_app(app: Flask) -> None:
    """Mount the pages, and give each its navigation."""
    app.jinja_env.globals.update(
        admin_nav=entries,
        admin_may=may,
        admin_entry=find_entry,
        admin_new_url=new_url,
        admin_shortcuts=has_shortcuts,
        admin_names=names_of,
        admin_form_once=form_once,
    )
    app.jinja_env.filters.update(result_of=result_of, words_of=words_of, in_words=in_words)
    app.register_blueprint(blueprint)
