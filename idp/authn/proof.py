"""What one browser has proved in one sign-in."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import inspect

from idp.accounts.email.links import credential_of
from idp.accounts.models import User
from idp.accounts.service import get_user_for_change, is_usable
from idp.authn.acr import acr_of, in_full
from idp.authn.errors import WrongCredentials


@dataclass(frozen=True)
class Proof:
    """A person, and how and when they proved who they are."""

    user: User
    amr: tuple[str, ...]
    proved_at: datetime
    """When the oldest of these methods was used."""
    credential: str
    """Names the password that stood at that moment."""
    remember: bool = False

    @property
    def user_id(self) -> str:
        """The person's id, without asking the database for the rest again."""
        return str(inspect(self.user).identity[0])

    @property
    def acr(self) -> str:
        """The class of a sign-in that rests on this."""
        return acr_of(self.amr)

    def with_methods(self, *amr: str) -> "Proof":
        """Return this proof with more methods; it is no younger for them."""
        return replace(self, amr=tuple(in_full([*self.amr, *amr])))


def check_still_holds(proof: Proof) -> None:
    """Hold the person's row until the transaction ends; raise WrongCredentials when the proof is void by now.

    A password that is changed, or an account that is turned off, while a sign-in is on its way ends every session
    there is: one that is opened a moment later must not slip through.
    """
    user = get_user_for_change(proof.user_id)
    if not is_usable(user) or credential_of(user) != proof.credential:
        raise WrongCredentials
