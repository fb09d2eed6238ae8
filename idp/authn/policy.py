"""Who must sign in with two steps: by a setting, by a role, by an app, or by their own wish."""

from idp.access.service import holds_role_with_second_step
from idp.accounts.models import User
from idp.authn import acr
from idp.authn.factors import list_ways
from idp.core.settings import settings
from idp.sessions.models import Interaction


def requires_second_step(user: User) -> bool:
    """Tell whether the house or one of a person's roles asks them for a second step."""
    return settings().second_step.required == "everyone" or holds_role_with_second_step(user.id)


def console_class() -> str | None:
    """Return the class of sign-in that the console and its API take; None when any will do."""
    wanted = settings().admin.require_second_step
    is_wanted = wanted == "always" or (wanted == "production" and not settings().development)
    return acr.TWO_FACTORS if is_wanted else None


def requires_two_factors(interaction: Interaction | None) -> bool:
    """Tell whether an app lets nobody on with one factor."""
    return interaction is not None and interaction.required_acr == acr.TWO_FACTORS


def prefers_two_factors(interaction: Interaction | None) -> bool:
    """Tell whether an app would like two factors best, or lets nobody on without them."""
    if interaction is None:
        return False
    return requires_two_factors(interaction) or acr.preferred(interaction.acr_values) == acr.TWO_FACTORS


def wants_step_up(user_id: str, reached: str, *, required: str | None, acr_values: tuple[str, ...]) -> bool:
    """Tell whether a person who is signed in must take a second step before an app's request goes on.

    What an app would only like is asked of those who can (OIDC Core §3.1.2.1); what it requires, of everyone.
    """
    if reached >= acr.TWO_FACTORS:
        return False
    if required == acr.TWO_FACTORS:
        return True
    return acr.preferred(acr_values) == acr.TWO_FACTORS and bool(list_ways(user_id))
