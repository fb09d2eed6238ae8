"""A Flask app that signs people in with OpenID Connect and shows each step; its settings are `DEMO_*` variables."""

import os
import secrets
import time
from typing import Any

import requests
from authlib.integrations.flask_client import OAuth, OAuthError
from flask import Flask, redirect, render_template, request, session, url_for
from joserfc import jws
from werkzeug import Response

from idp.resource import Refused

from . import api
from .trace import shorten, to_leg

SCOPE = "openid email profile roles offline_access articles:read articles:publish"
URL = os.environ.get("DEMO_URL", "http://127.0.0.1:8001")
CLIENT = (os.environ.get("DEMO_CLIENT_ID", "demo-web"), os.environ.get("DEMO_CLIENT_SECRET", ""))
MACHINE = (os.environ.get("DEMO_MACHINE_ID", "demo-machine"), os.environ.get("DEMO_MACHINE_SECRET", ""))

app = Flask(__name__)
app.secret_key = secrets.token_bytes(32)
app.config.update(SESSION_COOKIE_NAME="demo_session", SESSION_COOKIE_SAMESITE="Lax")
api.server.init_app(app)
app.register_blueprint(api.blueprint, url_prefix="/api")
app.jinja_env.globals["provider"] = os.environ.get("DEMO_PROVIDER", "Acme ID")
app.jinja_env.policies["json.dumps_kwargs"] = {"sort_keys": False, "ensure_ascii": False, "indent": 2}

visitors: dict[str, dict[str, Any]] = {}  # tokens are too large for a cookie: it holds a key to this


def visitor() -> dict[str, Any]:
    """Return what we keep for this browser."""
    return visitors.setdefault(session.setdefault("visitor", secrets.token_urlsafe(16)), {"legs": []})


def record(answer: requests.Response, **_options: Any) -> None:
    """Keep a request to the provider for the page "Show me the requests"."""
    visitor()["legs"].append(to_leg(answer))


http = requests.Session()
http.hooks["response"].append(record)
oauth = OAuth(app)
oauth.register(
    "idp",
    client_id=CLIENT[0],
    client_secret=CLIENT[1],
    server_metadata_url=f"{api.ISSUER}/.well-known/openid-configuration",
    client_kwargs={"scope": SCOPE, "code_challenge_method": "S256", "default_timeout": 10},
    compliance_fix=lambda client: client.hooks["response"].append(record),
)


@app.before_request
def sign_in_first() -> Response | None:
    if request.method == "POST" and request.blueprint is None and "token" not in visitor():
        return show("Not signed in", "This app was started anew and has forgotten you. Sign in again.")
    return None


@app.get("/")
def home() -> str:
    here = visitor()
    return render_template("signed_in.html" if "token" in here else "home.html", **here, **here.pop("shown", {}))


@app.get("/login")
def login() -> Response:
    step_up = {"acr_values": "2", "max_age": "0"} if "step_up" in request.args else {}
    here = visitor()
    here.update(nonce=secrets.token_urlsafe(16), legs=[], step_up=step_up)
    answer = oauth.idp.authorize_redirect(f"{URL}/callback", nonce=here["nonce"], **step_up)
    here["legs"].append({"title": "The browser goes to the provider", "curl": answer.location, "status": 302})
    return answer


@app.get("/callback")
def callback() -> Response:
    here = visitor()
    back = {"title": "The browser comes back with a code", "curl": shorten(request.url), "status": 302}
    here["legs"].append(back)
    token = oauth.idp.authorize_access_token()  # sends the code and its PKCE verifier; checks state and ID token
    person = oauth.idp.userinfo(token=token)
    here.update(token=token, person=person, claims=token["userinfo"], checks=explain(token, here["nonce"]), api=None)
    if here["step_up"]:
        show("Step up", {"asked for acr": "2", "got acr": here["claims"]["acr"], "by": here["claims"]["amr"]})
    return redirect(url_for("home"))


def explain(token: dict[str, Any], nonce: str) -> dict[str, str]:
    """Say what `authorize_access_token` has checked: it raises when one of these is wrong (OIDC Core §3.1.3.7)."""
    claims, header = token["userinfo"], jws.extract_compact(token["id_token"].encode()).headers()
    return {
        "signature": f"{header['alg']} by the key {header['kid']} of the provider",
        "iss": f"{claims['iss']}, the provider we asked",
        "aud": f"{claims['aud']}, this app",
        "exp": time.strftime("%H:%M:%S, not yet", time.localtime(claims["exp"])),
        "nonce": f"{nonce}, the one this browser left with",
        "at_hash": f"{claims['at_hash']}, the hash of the access token beside it",
    }


def api_token() -> str:
    """Return a token that is good at the API and nowhere else (RFC 8707), got with the refresh token."""
    here = visitor()
    if not here["api"]:
        here["api"] = use_refresh_token(here["token"], resource=api.AUDIENCE)
        here["token"]["refresh_token"] = here["api"]["refresh_token"]
    return str(here["api"]["access_token"])


def use_refresh_token(old: dict[str, Any], **form: str) -> dict[str, Any]:
    """Trade the refresh token for new tokens, with the scopes that were granted and not those we once asked for."""
    form |= {"refresh_token": old["refresh_token"], "scope": old["scope"]}
    return dict(oauth.idp.fetch_access_token(grant_type="refresh_token", **form))


@app.post("/call-api")
def call_api() -> Response:
    headers = {"Authorization": f"Bearer {api_token()}"}
    read, publish = (http.request(method, f"{URL}/api/articles", headers=headers) for method in ("GET", "POST"))
    answers = {"read, needs articles:read": read, "publish, needs articles:publish": publish}
    return show("Call API", {name: {"status": each.status_code, **each.json()} for name, each in answers.items()})


@app.post("/refresh")
def refresh() -> Response:
    here = visitor()
    new = use_refresh_token(here["token"])
    here.update(token=here["token"] | new, api=None)
    return show("Refresh", {name: shorten(str(value)) for name, value in new.items()})


@app.post("/introspect")
def introspect() -> Response:
    return show("Introspect", ask("introspection_endpoint", token=api_token()))


@app.post("/revoke")
def revoke() -> Response:
    token = api_token()
    ask("revocation_endpoint", token=token)
    answer: dict[str, Any] = {"introspection now says": ask("introspection_endpoint", token=token)}
    try:
        expiry = time.strftime("%H:%M:%S", time.localtime(api.server.verifier.verify_token(token).claims["exp"]))
        answer["the signature"] = f"still checks until {expiry}, for an API that does not ask"
    except Refused as error:
        answer["the signature"] = f"does not check any more: {error}"
    return show("Revoke", answer)


@app.post("/client-credentials")
def client_credentials() -> Response:
    form = {"grant_type": "client_credentials", "scope": "articles:read", "resource": api.AUDIENCE}
    return show("Client credentials", ask("token_endpoint", auth=MACHINE, **form))


@app.post("/logout")
def logout() -> Response:
    token = visitors.pop(session.pop("visitor"))["token"]
    return oauth.idp.logout_redirect(f"{URL}/signed-out", id_token_hint=token["id_token"])


@app.get("/signed-out")
def signed_out() -> Response:
    oauth.idp.validate_logout_response()
    return show("Signed out", "Here and at the provider.")


@app.get("/requests")
def legs() -> str:
    return render_template("requests.html", legs=visitor()["legs"])


@app.errorhandler(OAuthError)
@app.errorhandler(requests.RequestException)
def refused(error: Exception) -> Response:
    return show("That did not work", f"{type(error).__name__}: {error}")


def ask(endpoint: str, auth: tuple[str, str] = CLIENT, **form: str) -> dict[str, Any]:
    """Post a form to an endpoint of the provider, and shorten the tokens of its answer."""
    answer = http.post(oauth.idp.load_server_metadata()[endpoint], data=form, auth=auth)
    body = answer.json() if answer.content else {"status": answer.status_code}
    return {name: shorten(value) if isinstance(value, str) else value for name, value in body.items()}


def show(title: str, body: Any) -> Response:
    """Keep a result for the next page, and go there."""
    visitor()["shown"] = {"result": {"title": title, "body": body}}
    return redirect(url_for("home", _anchor="result"), 303)
