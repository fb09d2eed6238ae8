"""A new app, step by step, in a browser without scripts."""

import io
import re

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from idp.access import apis, catalogue
from idp.access import service as access
from idp.audit.models import Event
from idp.audit.tags import Tag
from idp.clients import logos
from idp.clients import service as clients
from idp.clients.metadata.hints import look_at
from tests.actors import Browser
from tests.drawn import picture

OWNER = "owner@example.com"
KINDS = ("web", "spa", "native", "machine", "device", "api")


@pytest.fixture
def operator(browser, factory, arrange):
    factory.user(OWNER, roles=("owner",))
    arrange.run(apis.create_api, "https://articles.example.com", name="Articles")
    arrange.run(apis.add_permission, "https://articles.example.com", "articles.read", title="Read articles")
    browser.sign_in(OWNER)
    browser.get("/admin/clients/new")
    return browser


def chosen(operator, kind, **described):
    """Walk to the third step."""
    operator.submit("type", "go", type=kind)
    assert "Step 2 of 4" in operator.text
    fields = {"name": "Notes"}
    if kind in {"web", "spa", "native"}:
        fields["redirect_uris"] = "http://127.0.0.1:5000/callback"
    operator.submit("name", "3", **{**fields, **described})


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_app_is_made_in_four_steps(operator, arrange, kind):
    chosen(operator, kind)
    assert "Step 3 of 4" in operator.text
    right = {"machine": {"rights": "https://articles.example.com articles.read"}}.get(kind, {})
    operator.submit("at", "4", **right)
    assert "Step 4 of 4" in operator.text
    assert operator.form("at").action == "/admin/clients/new"
    operator.submit("at")
    assert operator.status == 200, operator.text[:500]
    row = next(row for row in arrange.run(clients.list_clients) if row.name == "Notes")
    assert row.type == kind
    assert row.id in operator.text
    assert "/.well-known/openid-configuration" in operator.text
    facts = dict(re.findall(r"<dt><code>(\w+)</code></dt><dd><code dir=.ltr.>([^<]+)<", operator.text))
    assert facts["token_endpoint_auth_method"] == row.token_endpoint_auth_method
    assert facts.get("scope", "").split() == row.scopes
    assert facts.get("grant_types", "").split() == row.grant_types
    assert ("idps_" in operator.text) is (kind in {"web", "machine", "api"})
    if kind == "machine":
        assert (row.scopes, row.allowed_apis) == (["articles.read"], ["https://articles.example.com"])
    operator.get(f"/admin/clients/{row.id}")
    assert not re.search(r"idps_[A-Za-z0-9_-]{20}", operator.text)


def test_back_keeps_what_was_typed_and_another_kind_brings_its_own_scopes(operator):
    chosen(operator, "web")
    assert operator.form("at").fields["scopes"] == ["openid", "profile", "email"]
    operator.submit("at", "2", scopes="roles")
    assert operator.form("name").fields["name"] == "Notes"
    assert ("scopes", "roles") in carried(operator)
    operator.submit("name", "1")
    assert 'value="web" checked' in operator.text or 'checked id="type-0"' in operator.text
    operator.submit("type", "2", type="machine")
    assert not [pair for pair in carried(operator) if pair[0] == "scopes"]


def carried(operator):
    return re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', operator.text)


def test_an_address_at_fault_is_named_with_what_helps(operator):
    operator.submit("type", "go", type="web")
    operator.submit("name", "3", name="", redirect_uris="htps://app.example.com/cb\nhttps://app.example.com/#x")
    assert operator.status == 422
    assert "Step 2 of 4" in operator.text
    for said in ("Enter a name.", "htps://app.example.com/cb:", "https://app.example.com/#x:"):
        assert said in operator.text, operator.text.split("<main")[1][:3000]


def test_hints_tell_what_is_odd_about_an_address(context):
    def said(kind, *addresses):
        return [(remark.is_fault, str(remark.says)) for remark in look_at(addresses, kind)]

    assert said("web", "https://app.example.com/cb") == []
    assert (False, "Did you mean https?") in said("web", "htps://app.example.com/cb")
    assert (False, "Did you mean localhost?") in said("web", "http://locahost:5000/cb")
    assert "127.0.0.1 instead of localhost" in said("native", "http://localhost/cb")[0][1]
    assert "may claim this scheme" in said("native", "com.example.app:/cb")[0][1]
    assert len(said("web", "https://a.example.com/cb", "https://a.example.com/cb/")) == 2


def test_addresses_are_looked_at_before_they_are_sent(operator):
    operator.get(
        "/admin/clients/new/addresses?type=native&redirect_uris=http://localhost/cb%0Ahttps://app.example.com/%23x"
    )
    remarks = operator.text.split('id="remarks"')[1].split("</div>")[0]
    assert "127.0.0.1 instead of localhost" in remarks
    assert '<li class="said-error"><bdi dir="ltr">https://app.example.com/#x</bdi>' in remarks
    operator.get("/admin/clients/new/addresses?type=web&redirect_uris=https://app.example.com/cb")
    assert "Nothing is wrong with these addresses." in operator.text
    operator.get("/admin/clients/new/addresses?type=api&redirect_uris=" + "%0A".join(["<b>x"] * 60))
    assert operator.text.split('id="remarks"')[1].count("<li") == 51
    assert "<b>x" not in operator.text
    many = "%0A".join(f"https://app.example.com/{number}" for number in range(51))
    operator.get("/admin/clients/new/addresses?type=web&redirect_uris=" + many)
    assert "at most 50 addresses" in operator.text
    assert "Nothing is wrong" not in operator.text


def test_what_is_odd_about_an_address_is_said_again_where_one_goes_back(operator):
    chosen(operator, "web", redirect_uris="https://app.example.com/cb\nhttps://app.example.com/cb/")
    assert "Step 3 of 4" in operator.text
    operator.submit("at", "2")
    assert operator.text.split('id="remarks"')[1].split("</div>")[0].count("differs from another one") == 2


def with_logo(operator, data):
    operator.submit("type", "go", type="web")
    operator.submit(
        "name", "3", name="Notes", redirect_uris="https://app.example.com/cb", logo=(io.BytesIO(data), "logo.png")
    )


def test_a_logo_is_uploaded_with_the_name_and_kept_with_the_app(operator, arrange):
    with_logo(operator, picture())
    assert "Step 3 of 4" in operator.text
    operator.submit("at", "4")
    assert "<dt>Logo</dt>" in operator.text
    operator.submit("at")
    row = next(row for row in arrange.run(clients.list_clients) if row.name == "Notes")
    kept = arrange.run(logos.get_logo, row.id)
    assert (row.logo, kept.width, kept.height) == (kept.name, 128, 32)
    told = arrange.rows(select(Event.tag).where(Event.client_id == row.id).order_by(Event.id))
    assert [event.tag for event in told] == [Tag.CLIENT_CREATED, Tag.CLIENT_LOGO_CHANGED]


def test_what_is_no_picture_is_said_beside_its_field_and_an_earlier_logo_can_be_left_out(operator, arrange):
    with_logo(operator, b"GIF89a")
    assert operator.status == 422
    assert "Step 2 of 4" in operator.text
    assert 'id="logo-error"' in operator.text
    operator.submit("name", "3", logo=(io.BytesIO(picture()), "logo.png"))
    operator.submit("at", "2")
    operator.submit("name", "3", without_logo="y")
    operator.submit("at", "4")
    operator.submit("at")
    row = next(row for row in arrange.run(clients.list_clients) if row.name == "Notes")
    assert row.logo is None


def test_an_empty_file_and_an_unfit_one_on_the_way_back_are_not_passed_over(operator):
    with_logo(operator, b"")
    assert (operator.status, 'id="logo-error"' in operator.text) == (422, True)
    operator.submit("name", "1", logo=(io.BytesIO(b"GIF89a"), "logo.gif"))
    assert (operator.status, 'id="logo-error"' in operator.text) == (422, True)
    operator.submit("name", "1")
    assert "Step 1 of 4" in operator.text


def test_however_many_boxes_are_ticked_one_can_go_back_to_the_step_with_the_file(operator, arrange):
    for number in range(150):
        arrange.run(apis.add_permission, "https://articles.example.com", f"articles.{number}")
    chosen(operator, "web")
    rights = [f"https://articles.example.com articles.{number}" for number in range(150)]
    operator.submit("at", "2", rights=rights)
    assert "Step 2 of 4" in operator.text
    fields = [*carried(operator), *operator.form("name").fields.items()]
    body = MultiDict([*((name, value) for name, value in fields if value is not None), ("go", "3")])
    operator.post("/admin/clients/new/step", {**body.to_dict(flat=False), "logo": (io.BytesIO(picture()), "a.png")})
    assert operator.status == 200
    assert "Step 3 of 4" in operator.text
    assert operator.text.count("checked") >= 150


@pytest.mark.parametrize("forged", ["%%%", "R0lGODlh", "A" * 30_000])
def test_a_forged_logo_makes_no_app(operator, arrange, forged):
    with_logo(operator, picture())
    operator.submit("at", "4")
    before = len(arrange.run(clients.list_clients))
    operator.submit("at", logo_drawn=forged)
    assert operator.status == 422
    assert len(arrange.run(clients.list_clients)) == before


def test_who_may_not_give_administrative_permissions_cannot_give_them_to_an_app(operator, app, factory, arrange):
    own = arrange.run(access.own_api)
    held = [(own, name) for name in ("admin.clients.read", "admin.clients.write", "admin.users.write")]
    arrange.run(catalogue.create_role, "builder", permissions=held)
    factory.user("builder@example.com", roles=("builder",))
    builder = Browser(app)
    builder.sign_in("builder@example.com")
    builder.get("/admin/clients/new")
    form = {"name": "Trap", "rights": f"{own} admin.users.write", "type": "machine", "at": "3"}
    for path in ("/admin/clients/new/step", "/admin/clients/new"):
        builder.post(path, {**builder.form("type").fields, **form, "go": "4"})
        assert builder.status == 422
        builder.get("/admin/clients/new")
    assert not [row for row in arrange.run(clients.list_clients) if row.name == "Trap"]
    reached, _secret = factory.client_with_secret("Reached", type="machine", redirect_uris=[],
                                                  post_logout_redirect_uris=[], scopes=[], allowed_apis=[own])  # fmt: skip
    builder.get(f"/admin/clients/{reached}/edit")
    builder.submit("name", scopes="admin.users.write")
    assert builder.status == 403


def test_a_copy_is_no_weaker_than_its_original(operator, factory, arrange):
    client_id, _secret = factory.client_with_secret(
        "Strict", default_max_age=60, access_lifetime=120, policy_uri="https://rp.example.com/privacy",
        token_endpoint_auth_method="client_secret_post",
        metadata_={"backchannel_logout_uri": "https://rp.example.com/out", "contacts": ["a@example.com"]},
    )  # fmt: skip
    operator.get(f"/admin/clients/{client_id}/duplicate")
    operator.submit("name", "3", redirect_uris="https://rp.example.com/callback")
    operator.submit("at", "4")
    operator.submit("at")
    copy = next(row for row in arrange.run(clients.list_clients) if row.name == "Strict (copy)")
    original = arrange.run(clients.get_client, client_id)
    for field in (
        "access_lifetime",
        "default_max_age",
        "policy_uri",
        "token_endpoint_auth_method",
        "metadata_",
        "require_pkce",
    ):
        assert getattr(copy, field) == getattr(original, field), field


def test_a_copy_starts_from_the_original(operator, factory, arrange):
    client_id, _secret = factory.client_with_secret("Shop", scopes=["openid", "email"])
    operator.get(f"/admin/clients/{client_id}/duplicate")
    assert operator.form("name").fields["name"] == "Shop (copy)"
    assert "https://rp.example.com/callback</textarea>" in operator.text
    operator.submit("name", "3", redirect_uris="https://rp.example.com/callback")
    operator.submit("at", "4")
    operator.submit("at")
    copy = next(row for row in arrange.run(clients.list_clients) if row.name == "Shop (copy)")
    assert copy.scopes == ["openid", "email"]
    assert copy.id != client_id
