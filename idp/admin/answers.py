"""What many pages of the console answer: a form again, a thing done, a thing that is final and must be typed."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Response
from flask_babel import lazy_gettext as _l
from wtforms import Form

from idp.admin.lists import back_to_list
from idp.authn.http import shared
from idp.core.errors import Conflict, DomainError, Forbidden, NotFound
from idp.core.http import flash, render, see_other


def submit(
    form: Form,
    act: Callable[[], Response],
    again: Callable[[int], Response],
    *,
    let_through: tuple[type[DomainError], ...] = (),
) -> Response:
    """Do what a form asks; show it again with what was wrong in it."""
    return shared.submit(form, act, again, let_through=(Forbidden, NotFound, *let_through))


def done(says: Any, url: str, *, undo: tuple[str, str] | None = None) -> Response:
    """Say what was done, and show where it shows; `undo` is the address and the token of what takes it back."""
    flash("success", str(says), undo)
    return see_other(url)


def done_in_list(name: str, says: Any, endpoint: str, filters: Iterable[str], url: str, *,
                 undo: tuple[str, str] | None = None) -> Response:  # fmt: skip
    """Say what was done: on the list, by name, where its row asked for it, else where it shows."""
    if there := back_to_list(endpoint, *filters):
        return done(f"{name}: {says}", there, undo=undo)
    return done(says, url, undo=undo)


@contextmanager
def about(email: str) -> Iterator[None]:
    """Let a refusal say which of several people it was about."""
    try:
        yield
    except DomainError as error:
        error.about = email
        raise


def confirm(form: Form, status: int = 200, *, managed: bool = False, **values: Any) -> Response:
    """Show what would go for good; `values` are title, consequences, wanted, button, back_url, here.

    `managed` is whether the manifest looks after it.
    """
    return render("admin/confirm.html", status, form=form, managed=managed, **values)


def typed(form: Form, wanted: str) -> None:
    """Raise Conflict beside the field unless the name of the thing was typed."""
    if (form["typed"].data or "").strip() != wanted:
        raise Conflict(_l("That is not its name."), field="typed")
