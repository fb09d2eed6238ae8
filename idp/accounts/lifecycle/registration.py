"""How an account begins: registration, the confirmation of its address, invitations."""

from typing import Any

from idp.access import service as access
from idp.access.guards.level import check_may_give_roles
from idp.accounts.credentials.passwords import hash_password
from idp.accounts.credentials.strength import check_new_password
from idp.accounts.email import links, mails
from idp.accounts.email.addresses import clean_name, normalise_email
from idp.accounts.email.links import INVITE, VERIFY
from idp.accounts.email.mail_limits import check_mail_pause, may_mail
from idp.accounts.errors import (
    AddressTaken,
    DeadLink,
    InvitationNeeded,
    MayNotReset,
    NotInvited,
    RegistrationClosed,
    WrongCode,
)
from idp.accounts.models import User
from idp.accounts.service import add_user, find_by_email, get_user_for_change
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.clock import now
from idp.core.context import context
from idp.core.db import transaction
from idp.core.settings import settings
from idp.limits.policy import EMAIL_CODE, EMAIL_CODE_ADDRESS, REGISTER_NETWORK
from idp.limits.service import take


def check_registration_is_open() -> None:
    """Raise RegistrationClosed or InvitationNeeded unless anybody may create an account."""
    mode = settings().accounts.registration
    if mode == "closed":
        raise RegistrationClosed
    if mode == "invitation":
        raise InvitationNeeded


def register(email: str, *, name: str, password: str, browser: str, accepted_terms: bool = False) -> bool:
    """Create an account and mail its confirmation; to an address that has one, mail that instead.

    The caller cannot tell the two apart: same work, same answer, which is whether a mail went out or one had only
    just done so. `browser` is the secret under which this browser may confirm by code. Raises RegistrationClosed,
    InvitationNeeded, TooMany, UnfitAddress, UnfitPassword, TooBusy.
    """
    check_registration_is_open()
    take(REGISTER_NETWORK, context().ip or "")
    shown, normalised = normalise_email(email)
    check_new_password(password, about=[shown, name])
    password_hash = hash_password(password)
    if not may_mail(VERIFY, normalised):
        return False
    try:
        with transaction():
            user = _begin(shown, clean_name(name), password_hash, accepted_terms=accepted_terms)
            _mail_next_step(user, browser)
    except AddressTaken:
        # The same address was registered this very moment; that registration's mail is on its way.
        return False
    return True


def resend(email: str, *, browser: str) -> bool:
    """Mail the next step of a registration again; raise TooMany during the pause between two mails."""
    _shown, normalised = normalise_email(email)
    check_mail_pause(VERIFY, normalised)
    user = find_by_email(normalised)
    with transaction():
        if user is None or user.state != "active":
            links.pretend_to_issue(VERIFY)
            mails.pretend(normalised)
        else:
            _mail_next_step(user, browser)
    return True


def ask_to_confirm(user: User, *, browser: str) -> bool:
    """Mail a confirmation to a person who signed in before confirming, unless one went out just now."""
    if not may_mail(VERIFY, user.email_normalised):
        return False
    with transaction():
        _mail_confirmation(user, browser)
    return True


def confirm_by_link(token: str) -> User:
    """Confirm an address by the link that was mailed to it; raise DeadLink."""
    with transaction():
        return _confirm(links.consume_link(token, VERIFY))


def confirm_by_code(email: str, code: str, *, browser: str) -> User:
    """Confirm an address by the six digits of the mail; raise WrongCode, or TooMany after a few tries."""
    _shown, normalised = normalise_email(email)
    take(EMAIL_CODE_ADDRESS, normalised)
    take(EMAIL_CODE, browser)
    link_id = links.find_by_code(browser, code)
    try:
        with transaction():
            return _confirm(links.consume_link_by_id(link_id, VERIFY))
    except DeadLink as error:
        raise WrongCode from error


def invite(
    email: str,
    *,
    name: str = "",
    roles: tuple[str, ...] = (),
    invited_by: str | None = None,
    mail: bool = True,
    actor: str | None = None,
    **fields: Any,
) -> User:
    """Invite a person by mail, or once more when they have not accepted yet; raise AddressTaken.

    `invited_by` is the id of the person whose name the invitation shows. Without `mail` the account is there and
    nothing is sent: somebody hands over a link to a new password. Raises Forbidden for roles above the level
    of who invites.
    """
    user = find_by_email(email)
    if user is not None and user.state != "invited":
        raise AddressTaken
    if roles:
        # Before anybody is added: so the refusal names all the roles, and no account that never came to be.
        check_may_give_roles(roles, actor=actor)
    with transaction():
        user = user or add_user(email, name=name, state="invited", **fields)
        user.invited_by = invited_by
        for role in roles:
            access.grant_role(user.id, role, actor=actor)
        if mail:
            _mail_invitation(user, actor)
        else:
            record(Tag.ACCOUNT_INVITED, actor=actor, subject=f"user:{user.id}", mailed=False)
    return user


def invite_again(user_id: str, *, invited_by: str | None = None, actor: str | None = None) -> User:
    """Mail a person their invitation once more; links of earlier ones stop working.

    `invited_by` is who sends it now, when it is a person. Raises NotInvited, MayNotReset.
    """
    with transaction():
        user = get_user_for_change(user_id)
        if user.locked_at is not None or user.state == "disabled":
            raise MayNotReset
        if user.state != "invited":
            raise NotInvited
        user.invited_by = invited_by or user.invited_by
        _mail_invitation(user, actor)
    return user


def accept_invitation(token: str, *, name: str, password: str, accepted_terms: bool = False) -> User:
    """Take an invitation: the account gets its password and its address is confirmed.

    Raises DeadLink, UnfitPassword, TooBusy.
    """
    _link, invited = links.find_link(token, INVITE)
    check_new_password(password, about=[invited.email, name])
    password_hash = hash_password(password)
    with transaction():
        user = links.consume_link(token, INVITE)
        if user.state != "invited" or user.locked_at is not None:
            raise DeadLink
        user.name = clean_name(name) or user.name
        user.state, user.email_verified_at = "active", now()
        _accept(user, password_hash, accepted_terms=accepted_terms)
        record(Tag.ACCOUNT_REGISTERED, actor=f"user:{user.id}", subject=f"user:{user.id}", way="invitation")
    return user


def must_accept_terms(user: User) -> bool:
    """Tell whether a person has yet to accept the terms of the house, or their present version."""
    brand = settings().brand
    if not brand.terms_url:
        return False
    return user.terms_accepted_at is None or (user.terms_version or "") != brand.terms_version


def accept_terms(user_id: str) -> None:
    """Write down that a person accepts the terms of the house."""
    with transaction():
        user = get_user_for_change(user_id)
        _note_terms(user)
        user.version += 1
        record(
            Tag.ACCOUNT_TERMS_ACCEPTED,
            actor=f"user:{user.id}",
            subject=f"user:{user.id}",
            version=user.terms_version or None,
        )


def _mail_invitation(user: User, actor: str | None) -> None:
    mails.invitation(user, links.issue_link(user, INVITE, settings().accounts.invite_lifetime))
    record(Tag.ACCOUNT_INVITED, actor=actor, subject=f"user:{user.id}")


def _begin(email: str, name: str, password_hash: str, *, accepted_terms: bool) -> User:
    user = find_by_email(email)
    if user is None:
        user = add_user(email, name=name)
        user.self_registered = True
    elif not _may_begin_again(user):
        record(Tag.ACCOUNT_REGISTERED_AGAIN, subject=f"user:{user.id}")
        return user
    user.name = name
    _accept(user, password_hash, accepted_terms=accepted_terms)
    record(Tag.ACCOUNT_REGISTERED, actor=f"user:{user.id}", subject=f"user:{user.id}", way="registration")
    return user


def _may_begin_again(user: User) -> bool:
    """Tell whether a registration replaces an earlier one that nobody confirmed.

    Whoever registers first must not choose the password of an address that is not theirs: the last one counts, and
    the links of earlier ones are void with their password.
    """
    untouched = user.self_registered and not user.email_verified and user.is_active
    return untouched and not access.role_names(user.id)


def _accept(user: User, password_hash: str, *, accepted_terms: bool) -> None:
    user.password_hash, user.password_changed_at = password_hash, now()
    user.version += 1
    if accepted_terms:
        _note_terms(user)


def _note_terms(user: User) -> None:
    user.terms_accepted_at, user.terms_version = now(), settings().brand.terms_version


def _mail_next_step(user: User, browser: str) -> None:
    if user.email_verified or not user.self_registered or not user.is_active:
        links.pretend_to_issue(VERIFY)
        mails.already_registered(user)
    else:
        _mail_confirmation(user, browser)


def _mail_confirmation(user: User, browser: str) -> None:
    mails.verify_email(user, links.issue_link(user, VERIFY, settings().accounts.verify_lifetime, browser=browser))


def _confirm(user: User) -> User:
    if not user.is_active:
        raise DeadLink
    if user.email_verified_at is None:
        user.email_verified_at = now()
        user.version += 1
        record(Tag.EMAIL_VERIFIED, actor=f"user:{user.id}", subject=f"user:{user.id}")
    return user
