"""Every refusal of the back channel has an entry in the reference and a request that produces it."""

import pytest
from sqlalchemy import update

from idp.clients import service as clients
from idp.oauth import errors
from idp.oauth.refusing import refusals
from idp.oauth.tokens.models import Grant

ROWS = [row for row in (*vars(refusals).values(), errors.NO_TOKEN) if isinstance(row, errors.Refusal)]
FORM = "application/x-www-form-urlencoded"


class Produce:
    """For each refusal, a request that meets it."""

    def __init__(self, app, rp, arrange, factory, clock) -> None:
        self.app, self.rp, self.arrange, self.factory, self.clock = app, rp, arrange, factory, clock

    def refresh_token(self):
        return self.arrange.tokens(self.rp)["refresh_token"]

    def invalid_request_not_a_form(self):
        return self.rp.http.post("/oauth/token", json={})

    def invalid_request_unreadable(self):
        return self.rp.http.post("/oauth/token", data=b"a=%ff", content_type=FORM)

    def invalid_request_repeated(self):
        return self.rp.http.post("/oauth/token", data="a=1&a=2", content_type=FORM)

    def invalid_request_too_long(self):
        return self.rp.token(grant_type="refresh_token", scope="x " * 5000)

    def invalid_request_missing(self):
        return self.rp.token(scope="openid")

    def invalid_request_two_methods(self):
        return self.rp.token(grant_type="refresh_token", client_secret="x")

    def invalid_client_credentials(self):
        return self.rp.token(auth="none", grant_type="refresh_token")

    def invalid_client_method(self):
        return self.rp.token(auth="post", grant_type="refresh_token")

    def unsupported_grant_type_grant_type(self):
        return self.rp.token(grant_type="password")

    def unauthorized_client_grant_not_allowed(self):
        return self.rp.token(grant_type="client_credentials")

    def invalid_grant_code(self):
        self.rp.verifier = "v" * 43
        return self.rp.redeem("unknown")

    def invalid_grant_code_expired(self):
        code = self.arrange.code(self.rp)
        self.clock.advance(61)
        return self.rp.redeem(code)

    def invalid_grant_code_used(self):
        code = self.arrange.code(self.rp)
        self.rp.redeem(code)
        return self.rp.redeem(code)

    def invalid_grant_redirect_uri(self):
        return self.rp.redeem(self.arrange.code(self.rp), redirect_uri="https://other.example")

    def invalid_grant_pkce(self):
        return self.rp.redeem(self.arrange.code(self.rp), code_verifier="v" * 43)

    def invalid_grant_grant_over(self):
        token = self.refresh_token()
        self.arrange.execute(update(Grant).values(revoked_at=Grant.created_at))
        return self.rp.refresh(token)

    def invalid_grant_refresh_token(self):
        return self.rp.refresh("idpr_unknown")

    def invalid_grant_refresh_expired(self):
        token = self.refresh_token()
        self.clock.advance(31 * 86400)
        return self.rp.refresh(token)

    def invalid_grant_refresh_used(self):
        token = self.refresh_token()
        self.rp.refresh(token)
        return self.rp.refresh(token)

    def invalid_scope_scope(self):
        token = self.refresh_token()
        scopes = ["offline_access", "address"]
        self.arrange.run(clients.update_client, self.rp.client_id, {"scopes": scopes})
        return self.rp.refresh(token, scope="email")

    def invalid_scope_scope_wider(self):
        return self.rp.refresh(self.refresh_token(), scope="openid phone")

    def invalid_target_resource(self):
        return self.rp.refresh(self.refresh_token(), resource="https://unknown.example")

    def invalid_target_resource_one(self):
        return self.rp.refresh(self.refresh_token(), resource=["https://a.example", "https://b.example"])

    def invalid_request_token_twice(self):
        token = {"access_token": "x"}
        return self.rp.http.post("/oauth/userinfo", data=token, headers={"Authorization": "Bearer x"})

    def invalid_token_token(self):
        return self.rp.userinfo("x")

    def insufficient_scope_token_scope(self):
        return self.rp.userinfo(self.arrange.tokens(self.rp, scope="email")["access_token"])

    def invalid_token_token_missing(self):
        return self.rp.http.get("/oauth/userinfo")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.anchor)
def test_refusal_is_produced_as_the_reference_says(row, app, rp, arrange, factory, clock):
    produce = Produce(app, rp, arrange, factory, clock)
    response = getattr(produce, row.anchor.replace("-", "_"))()
    assert response.status_code == row.status
    if row is errors.NO_TOKEN:
        assert response.json == {}
        return
    assert response.json["error"] == row.error
    assert response.json["error_description"] == row.description
    assert response.json["error_uri"] == f"https://id.example.com/docs/reference/errors#{row.anchor}"


def test_no_description_can_hold_what_rfc6749_forbids():
    with pytest.raises(ValueError, match="plain ASCII"):
        errors.refusal("x", "invalid_request", 'quoted "word"', cause="", fix="")


def test_the_reference_explains_every_refusal(client):
    page = client.get("/docs/reference/errors")
    assert page.status_code == 200
    text = page.get_data(as_text=True)
    for anchor, row in errors.REFUSALS.items():
        assert f'id="{anchor}"' in text
        assert row.error in text
