"""`idp try --device`: sign in as a device that only shows a code (RFC 8628)."""

import io
import time
from typing import Any

import httpx
import qrcode

from idp.operate.trying.sign_in import Outcome, Party, Say, TryError, fetch
from idp.operate.trying.verify import check_id_token, check_metadata, check_userinfo

SCOPE = "openid email profile"
_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_WAITING = {"authorization_pending": 0, "slow_down": 5}
"""The answers that mean «ask again», and how many seconds more to leave from then on (RFC 8628 §3.5)."""


def perform(party: Party, say: Say) -> Outcome:
    """Show a code, wait for the person, check the tokens; raise TryError when there are none to check."""
    metadata = fetch(f"{party.issuer}/.well-known/openid-configuration")
    if "device_authorization_endpoint" not in metadata:
        raise TryError("this server does not offer the device grant (features.device_flow)")
    outcome = Outcome([check_metadata(metadata, party.issuer)])
    codes = _post(metadata["device_authorization_endpoint"], client_id=party.client_id, scope=SCOPE)
    if "device_code" not in codes:
        raise TryError(f"no code came back: {codes.get('error')} {codes.get('error_description', '')}")
    say(_instructions(codes))
    token = _wait(metadata["token_endpoint"], party.client_id, codes)
    say("→ POST /token            200")
    found = check_id_token(
        token["id_token"], keys=fetch(metadata["jwks_uri"]), issuer=party.issuer, client_id=party.client_id,
        nonce=None, access_token=token["access_token"],
    )  # fmt: skip
    outcome.checks += found.checks
    person = fetch(metadata["userinfo_endpoint"], bearer=token["access_token"])
    outcome.checks.append(check_userinfo(person, found.claims))
    outcome.claims, outcome.header = person | found.claims, found.header
    return outcome


def _wait(endpoint: str, client_id: str, codes: dict[str, Any]) -> dict[str, Any]:
    interval, ends_at = int(codes.get("interval", 5)), time.monotonic() + codes["expires_in"]
    while time.monotonic() < ends_at:
        time.sleep(interval)
        answer = _post(endpoint, client_id=client_id, grant_type=_GRANT, device_code=codes["device_code"])
        if "access_token" in answer:
            return answer
        if answer.get("error") not in _WAITING:
            raise TryError(f"the token endpoint says {answer.get('error')}: {answer.get('error_description', '')}")
        interval += _WAITING[answer["error"]]
    raise TryError("nobody typed the code in time")


def _instructions(codes: dict[str, Any]) -> str:
    picture = io.StringIO()
    code = qrcode.QRCode(border=2)
    code.add_data(codes["verification_uri_complete"])
    code.print_ascii(out=picture, invert=True)
    return f"{picture.getvalue()}  Open {codes['verification_uri']} and enter {codes['user_code']}"


def _post(address: str, **form: str) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = httpx.post(address, data=form, timeout=10).json()
    except (httpx.HTTPError, ValueError) as error:
        raise TryError(f"{address} does not answer as it should: {error}") from error
    return answer
