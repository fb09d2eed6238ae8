"""Creating an account, and getting back into one."""

from typing import Any

from idp.accounts import forms
from idp.gallery.fakes import ALICE, FLOW, filled
from idp.gallery.state import State

SHORT = "Use at least 15 characters. Add one or two more words."
ALICE_AT = "a•••@example.com"


def _waiting(form: Any = None) -> dict[str, Any]:
    sender = "Acme ID <no-reply@id.example.com>"
    return {
        "form": form or forms.CodeForm(), "masked_email": ALICE_AT, "lifetime": "24 hours", "sender": sender,
        "outbox_url": "/dev/mail",
    }  # fmt: skip


STATES = (
    State("register", "Create an account", "auth/register.html", lambda: {"form": forms.RegisterForm()}),
    State("register-wrong", "Create an account, weak password", "auth/register.html",
          lambda: {"form": filled(forms.RegisterForm, {"new_password": SHORT}, email="nora@example.com")}, 422),
    State("register-closed", "Create an account, closed", "auth/message.html",
          lambda: {"title": "You cannot create an account here", "text": "Ask an administrator for an invitation.",
                   "action_url": "/login", "action_label": "Sign in"}, 403),
    State("check-email", "Check your e-mail", "auth/check_email.html", _waiting),
    State("check-email-wrong", "Check your e-mail, wrong code", "auth/check_email.html",
          lambda: _waiting(filled(forms.CodeForm, {"code": "That code is not right."})), 422),
    State("verify-confirm", "Confirm the address", "auth/verify_confirm.html", lambda: {"email": ALICE.email}),
    State("forgot", "Forgot password", "auth/forgot.html", lambda: {"form": forms.AddressForm(), "flow": FLOW}),
    State("forgot-sent", "Forgot password, the answer", "auth/forgot_sent.html",
          lambda: {"lifetime": "30 minutes", "outbox_url": "/dev/mail"}),
    State("reset", "Choose a new password", "auth/reset.html",
          lambda: {"form": forms.NewPasswordForm(), "masked_email": ALICE_AT, "email": ALICE.email}),
    State("invite", "Accept an invitation", "auth/invite.html",
          lambda: {"form": forms.InvitationForm(), "email": ALICE.email}),
    State("not-me", "This wasn't me", "auth/not_me.html", lambda: {"email": ALICE.email, "masked_email": ALICE_AT}),
    State("unlock", "Unblock sign-in", "auth/unlock.html", lambda: {"email": ALICE.email, "masked_email": ALICE_AT}),
)  # fmt: skip
