"""API keys: one's own, and everybody's for who sees settings; made, shown once, revoked."""

from datetime import timedelta

from flask import Response, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from idp.access import service as access
from idp.access.guards.level import check_may_act_on
from idp.access.permissions import ANY
from idp.accounts.models import User
from idp.admin.answers import done, submit
from idp.admin.api_keys.forms import DAYS, KeyForm
from idp.admin.lists import after, before, paged, room
from idp.admin.once import once
from idp.admin.routes import act, may, page
from idp.api_keys import service
from idp.api_keys.errors import NO_KEY
from idp.api_keys.models import ApiKey
from idp.audit.tags import Tag
from idp.core.clock import now
from idp.core.db import db
from idp.core.errors import NotFound
from idp.core.http import render
from idp.sessions import http

SEE_ALL, END_ALL = "admin.settings.read", "admin.settings.write"
"""What it takes to see the keys of others, and to revoke them."""


@page("/api-keys", ANY)
def api_keys() -> Response:
    return _list()


@page("/api-keys/new", ANY, sudo=True)
def new_api_key() -> Response:
    return _new(KeyForm(service.held_by(_own_id())))


@act("/api-keys/new", ANY, Tag.API_KEY_ADDED, sudo=True)
def add_api_key() -> Response:
    form = KeyForm(service.held_by(_own_id()), request.form)
    form.days.data = form.days.data if form.days.data in DAYS else "90"

    def add() -> Response:
        expires_at = now() + timedelta(days=int(form.days.data)) if form.days.data else None
        row, value = service.add_key(
            _own_id(), label=form.label.data or "", permissions=form.permissions.data or [], expires_at=expires_at
        )
        return _list(new=row, value=value)

    return submit(form, lambda: once(url_for("admin.api_keys"), add), lambda status: _new(form, status))


@page("/api-keys/<key_id>/revoke", ANY, sudo=True)
def ask_revoke_api_key(key_id: str) -> Response:
    return render("admin/api_keys/revoke.html", key=_changeable(key_id))


@act("/api-keys/<key_id>/revoke", ANY, Tag.API_KEY_REVOKED, sudo=True)
def revoke_api_key(key_id: str) -> Response:
    service.revoke_key(_changeable(key_id).id)
    return done(_("The key does not work any more."), url_for("admin.api_keys"))


def _changeable(key_id: str) -> ApiKey:
    """Return one's own key, or for who may the key of somebody who may not do more; raise NotFound, Forbidden."""
    row = service.get_key(key_id)
    if row.user_id == _own_id():
        return row
    if not may(END_ALL):
        raise NotFound(NO_KEY)
    check_may_act_on(row.user_id)
    return row


def _list(new: ApiKey | None = None, value: str | None = None) -> Response:
    """Show the keys; the value of one that was just made is on this answer only."""
    sees_all = may(SEE_ALL)
    rows = service.list_keys(None if sees_all else _own_id(), after=after(), before=before(), limit=room())
    owners = {row.user_id for row in rows}
    query = select(User.id, User.email).where(User.id.in_(owners))
    people = {row.id: row.email for row in db.session.execute(query)}
    return render(
        "admin/api_keys/list.html", page=paged(rows, "id", {}), people=people, own_id=_own_id(), new=new, value=value,
        ends_all=may(END_ALL), is_live=service.is_live, base=access.own_api(),
    )  # fmt: skip


def _new(form: KeyForm, status: int = 200) -> Response:
    return render("admin/api_keys/new.html", status, form=form)


def _own_id() -> str:
    return http.get_person().id
