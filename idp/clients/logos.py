"""The logo of an app: uploaded or fetched once, and served by us, so that no other host sees who signs in where."""

import logging

from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from idp.audit.tags import Tag
from idp.brand import drawing, store
from idp.brand.models import Logo
from idp.clients.changes import record_change
from idp.clients.errors import NO_CLIENT, NotFound
from idp.clients.models import Client
from idp.core import fetch
from idp.core.clock import now
from idp.core.db import db, release_connection, transaction
from idp.core.drawing.rasters import LARGEST, UnfitPicture

_log = logging.getLogger("idp.clients")
_ACCEPT = "image/webp, image/png, image/jpeg"


def set_logo(client_id: str, upload: bytes) -> Logo:
    """Keep a logo of an app, drawn anew; raise UnfitPicture for what is none, NotFound."""
    return keep_logo(client_id, draw(upload))


def draw(upload: bytes) -> drawing.Drawn:
    """Draw a logo of an app; raise UnfitPicture. It takes a moment, in which no connection is held."""
    release_connection()
    return drawing.draw(upload, drawing.APP)


def keep_logo(client_id: str, drawn: drawing.Drawn) -> Logo:
    """Keep a logo of an app that is drawn; raise NotFound."""
    with transaction():
        _hold(client_id)
        row = store.keep(_place(client_id), drawn)
        _changed(client_id, row.name)
        return row


def remove_logo(client_id: str) -> None:
    """Take the logo of an app away; raise NotFound where there is none."""
    with transaction():
        _hold(client_id)
        if not store.drop(_place(client_id)):
            raise NotFound(store.NO_LOGO)
        _changed(client_id, None)


def fetch_logo(client_id: str) -> Logo:
    """Keep what the registered address of the logo answers now; raise UnfitPicture, NotFound."""
    address = _get(client_id).logo_uri
    if not address:
        raise UnfitPicture(_l("The app has registered no address of a logo."))
    release_connection()
    try:
        upload = fetch.fetch(address, accept=_ACCEPT, largest=LARGEST)
    except fetch.FetchError as error:
        _log.warning("logo at %s cannot be had: %s", address, error.reason)
        raise UnfitPicture(_l("The address does not answer with a picture. Upload the file instead.")) from error
    return set_logo(client_id, upload)


def get_logo(client_id: str) -> Logo:
    """Return the logo of an app; raise NotFound."""
    return store.get_logo(_place(_get(client_id).id))


def drop_logo(client_id: str) -> None:
    """Forget the logo of an app that is being deleted."""
    store.drop(_place(client_id))


def _changed(client_id: str, name: str | None) -> None:
    values = {"logo": name, "version": Client.version + 1, "updated_at": now()}
    db.session.execute(update(Client).where(Client.id == client_id).values(values))
    record_change(Tag.CLIENT_LOGO_CHANGED, client_id, None, logo=name)


def _get(client_id: str) -> Client:
    row = db.session.get(Client, client_id)
    if row is None:
        raise NotFound(NO_CLIENT)
    return row


def _hold(client_id: str) -> None:
    """Let one transaction at a time change the logo of an app; raise NotFound."""
    if db.session.get(Client, client_id, with_for_update=True, populate_existing=True) is None:
        raise NotFound(NO_CLIENT)


def _place(client_id: str) -> str:
    return f"client:{client_id}"
