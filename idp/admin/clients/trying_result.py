"""What came out of a trial: the requests, the legs, what the tokens say, and the checks that an app owes its people."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from flask import Response
from flask_babel import lazy_gettext as _l

from idp.clients.types import CODE, DEVICE, MACHINE
from idp.core.http import render
from idp.core.settings import settings
from idp.keyring import service as keyring
from idp.oauth.client_auth import CONFIDENTIAL_METHODS
from idp.oauth.errors import REFERENCE
from idp.oauth.trials import recording
from idp.oauth.trials import request as asking
from idp.oauth.trials.store import Trial, callback
from idp.oauth.trials.walk import DEVICE as DEVICE_PATH
from idp.oauth.trials.walk import INTROSPECT, REVOKE, TOKEN, Leg, Walk
from idp.operate.trying.verify import Check, check_access_token, check_answer, check_id_token, check_userinfo

WAITING = frozenset({"authorization_pending", "slow_down"})
_TOLD = ("error", "error_description", "error_uri", "iss")


def authorization_leg(trial: Trial, answer: Mapping[str, str]) -> Leg:
    """Return what was asked of and what came back from the authorization endpoint, without the code."""
    told = {name: answer[name][:300] for name in _TOLD if name in answer}
    told |= {name: "…" for name in ("code", "state") if name in answer}
    status = 303 if "code" in answer else 400
    asked = tuple(parse_qsl(urlsplit(asking.authorization_url(trial)).query))
    return Leg(_l("The person comes back"), "GET", "/oauth/authorize", status, None, told, asked, goes_to=callback())


def wait(trial: Trial, walk: Walk, codes: dict[str, str], sealed: str) -> Response:
    """Show the code of a device, and the button with which it asks again."""
    return render(
        "admin/clients/trial_wait.html", client=walk.client, trial=trial, legs=walk.legs, codes=codes, sealed=sealed,
        as_json=as_json,
    )  # fmt: skip


def show(trial: Trial, walk: Walk, *, answer: Mapping[str, str] | None = None) -> Response:
    """Show everything about a trial that is over."""
    ticks = [*(check_answer(dict(answer), settings().issuer) if answer else []), *_ticks(trial, walk)]
    good = walk.legs[-1].is_good and all(leg.is_good for leg in walk.legs) and all(tick.passed for tick in ticks)
    requests = _requests(trial, walk)
    return render(
        "admin/clients/trial.html", client=walk.client, trial=trial, legs=walk.legs, ticks=ticks, good=good,
        said=walk.said, userinfo=walk.userinfo, is_foreign=walk.is_foreign, requests=requests,
        har=_file("application/json", recording.har(walk.legs)),
        script=_file("text/x-shellscript", recording.script(requests)),
        as_json=as_json, valid_until=_valid_until(walk), errors_page=REFERENCE,
        may_introspect=walk.client.token_endpoint_auth_method in CONFIDENTIAL_METHODS,
    )  # fmt: skip


def _file(kind: str, text: str) -> str:
    """Return an address that holds a file: nothing is kept, nothing is asked."""
    return f"data:{kind};charset=utf-8," + quote(text)


def as_json(value: Any) -> str:
    """Write a value as text."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)


def _requests(trial: Trial, walk: Walk) -> list[tuple[Any, str]]:
    """Return the requests of a trial as somebody would send them by hand."""
    client, grant = walk.client, trial.asked["grant"]
    options = [*asking.scope_of(trial), *asking.resources_of(trial)]
    first = {
        CODE: [(_l("Authorization request"), asking.authorization_url(trial)),
               (_l("Tokens"), asking.curl(client, TOKEN, asking.code_form(trial, "")))],
        DEVICE: [(_l("Codes of the device"), asking.curl(client, DEVICE_PATH, options)),
                 (_l("Tokens"), asking.curl(client, TOKEN, asking.device_form("")))],
        MACHINE: [(_l("Tokens"), asking.curl(client, TOKEN, asking.machine_form(trial)))],
    }  # fmt: skip
    refresh = [("grant_type", "refresh_token"), ("refresh_token", "")]
    more = [(_l("Refresh"), asking.curl(client, TOKEN, refresh))] if "refresh_token" in walk.tokens else []
    asked = [("token", "")]
    ends = [(_l("Introspection"), asking.curl(client, INTROSPECT, asked)),
            (_l("Revocation"), asking.curl(client, REVOKE, asked))]  # fmt: skip
    return [*first[grant], *more, *(ends if walk.tokens else [])]


def _ticks(trial: Trial, walk: Walk) -> list[Check]:
    if not walk.tokens or walk.is_foreign:
        return []
    keys, issuer = {"keys": keyring.published()}, settings().issuer
    access, checks = walk.tokens["access_token"], []
    if "id_token" in walk.tokens:
        nonce = trial.nonce if trial.asked["grant"] == CODE else None
        found = check_id_token(
            walk.tokens["id_token"], keys=keys, issuer=issuer, client_id=trial.client_id, nonce=nonce,
            access_token=access,
        )  # fmt: skip
        checks += [_named("ID token", check) for check in found.checks]
        if walk.userinfo is not None:
            checks.append(check_userinfo(walk.userinfo, found.claims))
    audience = next(iter(trial.asked.get("resource", "").split()), None) or _first_audience(walk)
    found = check_access_token(access, keys=keys, issuer=issuer, audience=audience, client_id=trial.client_id)
    checks += [_named("access token", check) for check in found.checks]
    active = [leg.answer.get("active") for leg in walk.legs if leg.path == INTROSPECT]
    return [*checks, Check("active before and after", active == [True, False], "True, False", _listed(active))]


def _first_audience(walk: Walk) -> str:
    """Return whom the access token may be for when no API was named: this server, or the API of its scopes."""
    named = walk.said["access_token"].claims.get("aud", "")
    audiences = named if isinstance(named, list) else [str(named)]
    known = {settings().issuer, *walk.client.allowed_apis}
    return next((audience for audience in audiences if audience in known), settings().issuer)


def _named(prefix: str, check: Check) -> Check:
    return Check(f"{check.name} ({prefix})", check.passed, check.expected, check.got)


def _listed(values: list[Any]) -> str:
    return ", ".join(map(str, values))


def _valid_until(walk: Walk) -> datetime | None:
    access = walk.said.get("access_token")
    return access.times.get("exp") if access else None
