"""The second step: one page a way, each with the other ways beside it."""

from flask import Response, url_for
from flask_babel import ngettext

from idp.authn import flow, recovery_codes
from idp.authn.factors import RECOVERY, SecondFactor, list_ways
from idp.authn.forms import CodeForm
from idp.authn.http import trust
from idp.authn.http.shared import advance, carried, find_proof, sign_in_of, submit
from idp.authn.proof import Proof
from idp.authn.request import Visit
from idp.authn.second_step import verify
from idp.core.http import flash, render, see_other


def show(visit: Visit, way: str | None) -> Response:
    """Show the way that was chosen, or the strongest the person has, when the second step is what is due."""
    proof = _find_due(visit)
    return _page(visit, proof, _choose(visit, proof, way), CodeForm()) if proof else _to_sign_in(visit)


def answer(visit: Visit, form: CodeForm) -> Response:
    """Take the answer; a right one leads on."""
    proof = _find_due(visit)
    if proof is None or visit.interaction is None:
        return _to_sign_in(visit)
    factor = _choose(visit, proof, form.way.data)
    return submit(
        form, lambda: _take(visit, proof, factor, form), lambda status: _page(visit, proof, factor, form, status)
    )


def _take(visit: Visit, proof: Proof, factor: SecondFactor, form: CodeForm) -> Response:
    assert visit.interaction is not None  # noqa: S101 - there is no proof without one
    proved = verify(proof, visit.interaction.id, factor, form.data)
    if factor is RECOVERY:
        left = recovery_codes.count_left(proof.user_id)
        flash("note", ngettext("You have %(num)s recovery code left.", "You have %(num)s recovery codes left.", left))
    if form.trust.data and trust.offered_for(visit, proof):
        return trust.remember(advance(visit, proved), visit, proof)
    return advance(visit, proved)


def _page(visit: Visit, proof: Proof, factor: SecondFactor, form: CodeForm, status: int = 200) -> Response:
    ways = _list_ways(visit, proof)
    return render(
        factor.template, status, form=form, account=proof.user, way=factor.name,
        trust_for=trust.offered_for(visit, proof),
        others=[(other.label, url_for("authn.verify", way=other.name, flow=visit.flow)) for other in ways
                if other is not factor],
        other_url=url_for("authn.login", flow=visit.flow, switch=1), **factor.offer(proof.user), **carried(visit),
    )  # fmt: skip


def _list_ways(visit: Visit, proof: Proof) -> list[SecondFactor]:
    """List the ways of a person; before a dangerous act a recovery code is none of them."""
    ways = list_ways(proof.user.id)
    return [factor for factor in ways if factor.stands_alone] if visit.is_before_an_act else ways


def _choose(visit: Visit, proof: Proof, way: str | None) -> SecondFactor:
    ways = _list_ways(visit, proof)
    return next((factor for factor in ways if factor.name == way), ways[0])


def _find_due(visit: Visit) -> Proof | None:
    proof = find_proof(visit)
    if proof is None or flow.next_step(sign_in_of(visit, proof)) is not flow.SECOND_STEP:
        return None
    return proof


def _to_sign_in(visit: Visit) -> Response:
    return see_other(url_for("authn.login", flow=visit.flow))
