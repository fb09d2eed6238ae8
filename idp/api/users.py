"""People: found, invited, changed, turned off and on, helped back in, given roles, deleted."""

from typing import Any

from idp.access import assignments
from idp.access import service as access
from idp.access.errors import NO_ROLE
from idp.access.guards.level import check_may_act_on
from idp.access.models import Role
from idp.accounts import service
from idp.accounts.credentials import recovery
from idp.accounts.lifecycle import deletion, pauses, registration, states
from idp.accounts.listing import Wanted, find_people
from idp.accounts.models import User as Row
from idp.api.auth import check_fresh
from idp.api.pages import page_of
from idp.api.routes import route
from idp.api.schemas import common as schemas
from idp.api.schemas.queries import UserQuery
from idp.api.versions import get_row, hold
from idp.audit.tags import Tag
from idp.authn.enrol import service as factors
from idp.core.context import context
from idp.core.db import db
from idp.sessions import service as sessions

READ, WRITE, REVOKE, ROLES = "admin.users.read", "admin.users.write", "admin.sessions.revoke", "admin.roles.write"
HELP = "admin.users.help"


@route("GET", "/users", READ, "List people", query=UserQuery, answer=schemas.Page[schemas.User])
def list_users(query: UserQuery) -> Any:
    since, until = query.span()
    wanted = Wanted(
        search=query.search, external_id=query.external_id, state=query.state or "", role=query.role,
        since=since, until=until, after=query.after, limit=query.limit + 1,
        second_step=None if query.second_step is None else query.second_step == "yes",
    )  # fmt: skip
    rows = find_people(wanted)
    return page_of(schemas.Page[schemas.User], query, rows, _told)


@route("POST", "/users", WRITE, "Invite a person", body=schemas.UserInvite, answer=schemas.User, status=201,
       event=Tag.ACCOUNT_INVITED,
       says_more="To invite somebody with roles takes a fresh sign-in, as giving a role does.")  # fmt: skip
def invite_user(body: schemas.UserInvite) -> Any:
    if body.roles:
        check_fresh()
    values = body.model_dump(exclude={"email", "roles", "name"}, exclude_none=True)
    user = registration.invite(
        body.email, name=body.name or "", roles=tuple(dict.fromkeys(body.roles)),
        invited_by=_calling_person(), **values,
    )  # fmt: skip
    return _told(user)


@route("GET", "/users/<user_id>", READ, "Read a person", answer=schemas.UserDetail)
def read_user(user_id: str) -> Any:
    user = service.get_user(user_id)
    held = {
        "roles": access.role_names(user.id), "groups": access.group_names(user.id),
        "permissions": sorted(access.permission_names(user.id)),
        "sign_in_paused_until": pauses.paused_until(user.id),
    }  # fmt: skip
    return schemas.UserDetail.model_validate({**_plain(user), **held})


@route("PATCH", "/users/<user_id>", WRITE, "Change a person", body=schemas.UserChanges, answer=schemas.User,
       event=Tag.ACCOUNT_EDITED, versioned=True,
       says_more="Another address takes a fresh sign-in: who reads the mails of an account has it. The old one gets a "
       "mail, and the person is signed out everywhere.")  # fmt: skip
def edit_user(user_id: str, body: schemas.UserChanges) -> Any:
    user = hold(Row, user_id, service.UnknownUser().public)
    check_may_act_on(user.id)
    if body.email is not None and body.email != user.email:
        check_fresh()
    return _told(service.edit_user(user.id, **body.model_dump(exclude_unset=True)))


@route("DELETE", "/users/<user_id>", WRITE, "Delete a person", query=schemas.UserDeletion,
       event=Tag.ACCOUNT_DELETION_STARTED, status=204, sudo=True, versioned=True,
       says_more="The account is closed now and gone when accounts.admin_deletion_delay is over; until then it can be "
       "kept. With `at_once=yes` it is gone now, and the event is `account.deleted`.")  # fmt: skip
def delete_user(user_id: str, query: schemas.UserDeletion) -> None:
    user = hold(Row, user_id, service.UnknownUser().public)
    check_may_act_on(user.id)
    act = deletion.delete_at_once if query.at_once == "yes" else deletion.begin_by_admin
    act(user.id)


@route("POST", "/users/<user_id>/keep", WRITE, "Keep an account that is being deleted", answer=schemas.User,
       event=Tag.ACCOUNT_DELETION_UNDONE, says_more="Nothing that was ended comes back.")  # fmt: skip
def keep_user(user_id: str) -> Any:
    deletion.keep(_changeable(user_id).id)
    return _again(user_id)


@route("POST", "/users/<user_id>/disable", WRITE, "Turn an account off", answer=schemas.User,
       event=Tag.ACCOUNT_DISABLED)  # fmt: skip
def disable_user(user_id: str) -> Any:
    states.disable(_changeable(user_id).id)
    return _again(user_id)


@route("POST", "/users/<user_id>/enable", WRITE, "Turn an account on", answer=schemas.User, event=Tag.ACCOUNT_ENABLED)
def enable_user(user_id: str) -> Any:
    states.enable(_changeable(user_id).id)
    return _again(user_id)


@route("POST", "/users/<user_id>/lock", WRITE, "Lock an account", answer=schemas.User, event=Tag.ACCOUNT_LOCKED)
def lock_user(user_id: str) -> Any:
    states.lock(_changeable(user_id).id)
    return _again(user_id)


@route(
    "POST",
    "/users/<user_id>/unlock",
    HELP,
    "Unlock an account, and end a pause after wrong passwords",
    answer=schemas.User,
    event=Tag.ACCOUNT_UNLOCKED,
)
def unlock_user(user_id: str) -> Any:
    states.unlock(_changeable(user_id).id)
    return _again(user_id)


@route("POST", "/users/<user_id>/verify", WRITE, "Let the address of a person count as confirmed", answer=schemas.User,
       event=Tag.EMAIL_VERIFIED, sudo=True)  # fmt: skip
def verify_user(user_id: str) -> Any:
    states.mark_verified(_changeable(user_id).id)
    return _again(user_id)


@route("POST", "/users/<user_id>/invite-again", HELP, "Mail a person their invitation once more", answer=schemas.User,
       event=Tag.ACCOUNT_INVITED, says_more="Links of earlier invitations stop working.")  # fmt: skip
def invite_again(user_id: str) -> Any:
    registration.invite_again(_changeable(user_id).id, invited_by=_calling_person())
    return _again(user_id)


@route("POST", "/users/<user_id>/reset-password", HELP, "Mail a link to a new password", status=204,
       event=Tag.PASSWORD_RESET_REQUESTED)  # fmt: skip
def reset_password(user_id: str) -> None:
    recovery.send_reset(_changeable(user_id))


@route("POST", "/users/<user_id>/reset-link", WRITE, "Make a link to a new password and hand it over",
       answer=schemas.ResetLink, event=Tag.PASSWORD_RESET_REQUESTED, sudo=True,
       says_more="It is in this answer only, works once, for 15 minutes; the person is told by mail.")  # fmt: skip
def show_reset_link(user_id: str) -> Any:
    issued = recovery.show_reset(_changeable(user_id))
    return schemas.ResetLink(link=recovery.address_of(issued), expires_at=issued.expires_at)


@route("POST", "/users/<user_id>/sign-out", REVOKE, "Sign a person out everywhere", answer=schemas.SignedOut,
       event=Tag.SESSIONS_REVOKED)  # fmt: skip
def sign_out_user(user_id: str) -> Any:
    return schemas.SignedOut(ended=sessions.revoke_by_admin(_changeable(user_id).id))


@route("POST", "/users/<user_id>/remove-second-step", WRITE, "Take authenticator app, codes and passkeys away",
       body=schemas.Reason, answer=schemas.User, event=Tag.SECOND_STEP_REMOVED, sudo=True)  # fmt: skip
def remove_second_step(user_id: str, body: schemas.Reason) -> Any:
    factors.reset(_changeable(user_id).id, reason=body.reason)
    return _again(user_id)


@route("PUT", "/users/<user_id>/roles/<role_id>", ROLES, "Give a person a role", answer=schemas.UserRole,
       event=Tag.ROLE_GRANTED, sudo=True)  # fmt: skip
def give_role(user_id: str, role_id: str) -> Any:
    role = get_row(Role, role_id, NO_ROLE).name
    assignments.grant_role(service.get_user(user_id).id, role)
    return schemas.UserRole(user_id=user_id, role=role)


@route("DELETE", "/users/<user_id>/roles/<role_id>", ROLES, "Take a role from a person", status=204,
       event=Tag.ROLE_REVOKED)  # fmt: skip
def take_role(user_id: str, role_id: str) -> None:
    assignments.revoke_role(service.get_user(user_id).id, get_row(Role, role_id, NO_ROLE).name)


def _calling_person() -> str | None:
    kind, _, name = context().actor.partition(":")
    return name if kind == "user" else None


def _changeable(user_id: str) -> Row:
    """Return a person whom the caller may change: nobody who may do more than they."""
    user = service.get_user(user_id)
    check_may_act_on(user.id)
    return user


def _again(user_id: str) -> schemas.User:
    db.session.expire_all()
    return _told(service.get_user(user_id))


def _told(user: Row) -> schemas.User:
    return schemas.User.model_validate(_plain(user))


def _plain(user: Row) -> dict[str, Any]:
    values = service.as_dict(user)
    return {name: values[name] for name in schemas.User.model_fields}
