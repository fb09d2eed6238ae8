"""A relying party on Authlib's Flask client.

It is told its own address, the issuer, a client id and a secret; the rest it finds in the issuer's metadata.
It serves one visitor at a time and answers in JSON.
"""

import os
import secrets

import requests
from authlib.integrations.flask_client import OAuth, OAuthError
from flask import Flask
from werkzeug.serving import run_simple

URL = os.environ["RP_URL"]
ISSUER = os.environ["RP_ISSUER"]

app = Flask(__name__)
app.secret_key = secrets.token_bytes(32)
app.config["SESSION_COOKIE_NAME"] = "rp_session"
visitor = {}

idp = OAuth(app).register(
    "idp",
    client_id=os.environ["RP_CLIENT_ID"],
    client_secret=os.environ["RP_CLIENT_SECRET"],
    server_metadata_url=f"{ISSUER}/.well-known/openid-configuration",
    client_kwargs={"scope": "openid profile email offline_access", "code_challenge_method": "S256"},
)


@app.get("/login")
def login():
    return idp.authorize_redirect(f"{URL}/callback", prompt="consent")


@app.get("/callback")
def callback():
    visitor["token"] = token = idp.authorize_access_token()
    return {"claims": token["userinfo"], "scope": token["scope"]}


@app.get("/userinfo")
def userinfo():
    return idp.userinfo(token=visitor["token"])


@app.get("/refresh")
def refresh():
    before = visitor["token"]
    after = idp.fetch_access_token(grant_type="refresh_token", refresh_token=before["refresh_token"])
    visitor["token"] = {**before, **after}
    claims = idp.parse_id_token(after, nonce=None)
    return {"claims": claims, "rotated": after["refresh_token"] != before["refresh_token"]}


@app.get("/logout")
def logout():
    return idp.logout_redirect(f"{URL}/signed-out", id_token_hint=visitor["token"]["id_token"])


@app.get("/signed-out")
def signed_out():
    idp.validate_logout_response()
    return {"signed_out": True}


@app.errorhandler(OAuthError)
def refused(error):
    return {"error": error.error, "message": error.description}, 502


@app.errorhandler(requests.HTTPError)
def refused_by_resource(error):
    return {"error": error.response.json()["error"], "message": str(error)}, 502


if __name__ == "__main__":
    run_simple("127.0.0.1", int(URL.rsplit(":", 1)[1]), app, threaded=True)
