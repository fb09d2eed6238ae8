"""API keys in the console: made once, for what one has oneself; revoked by their owner or by who may."""

from idp.access import catalogue
from idp.access import service as access
from idp.api_keys import service as keys
from tests.actors import Browser
from tests.admin.house import post
from tests.api.conftest import Api


def holder(app, factory, arrange, email, *permissions):
    name = email.partition("@")[0]
    own = arrange.run(access.own_api)
    arrange.run(catalogue.create_role, name, permissions=[(own, item) for item in permissions])
    user_id, browser = factory.user(email, roles=(name,)), Browser(app)
    browser.sign_in(email)
    return user_id, browser


def value_on(browser):
    return next(
        word
        for word in browser.text.replace("<", " ").replace(">", " ").split()
        if word.startswith("idpk_") and "…" not in word
    )


def test_a_key_is_shown_once_and_works(app, factory, arrange):
    _id, browser = holder(app, factory, arrange, "ann@example.com", "admin.users.read", "admin.keys.read")
    browser.get("/admin/api-keys/new")
    assert "admin.keys.read" in browser.text
    assert "admin.keys.write" not in browser.text
    browser.submit("label", label="report", days="30", permissions="admin.users.read")
    value = value_on(browser)
    assert Api(app, value).get("/users").status_code == 200
    assert Api(app, value).get("/keys").status_code == 403
    browser.get("/admin/api-keys")
    assert value not in browser.text
    assert f"idpk_…{value[-4:]}" in browser.text
    browser.get(f"/admin/api-keys/{arrange.run(lambda: keys.list_keys()[0].id)}/revoke")
    browser.submit()
    assert browser.path == "/admin/api-keys"
    assert Api(app, value).get("/users").status_code == 401


def test_a_form_without_permission_or_label_comes_again_and_others_cannot_be_given(app, factory, arrange):
    _id, browser = holder(app, factory, arrange, "ann@example.com", "admin.users.read")
    response = post(browser, "/admin/api-keys/new", {"label": "", "days": "odd"})
    assert response.status_code == 422
    assert "Choose at least one permission." in response.get_data(as_text=True)
    for permission, status in (("admin.keys.write", 403), ("nonsense", 422), ("admin.users.read\x00", 400)):
        response = post(browser, "/admin/api-keys/new", {"label": "x", "days": "", "permissions": permission})
        assert response.status_code == status, permission
    assert arrange.run(keys.list_keys) == []


def test_keys_of_others_are_seen_and_revoked_by_who_may_only(app, factory, arrange):
    owner = factory.user("owner@example.com", roles=("owner",))
    ann, anns = holder(app, factory, arrange, "ann@example.com", "admin.users.read")
    _bob, bobs = holder(app, factory, arrange, "bob@example.com", "admin.settings.read", "admin.settings.write")
    make = lambda user, name: arrange.run(  # noqa: E731 - short and read once
        lambda: keys.add_key(user, label=name, permissions=["admin.users.read"])[0].id
    )
    of_owner, of_ann = make(owner, "key of the owner"), make(ann, "key of ann")
    anns.get("/admin/api-keys")
    assert "key of ann" in anns.text
    assert "key of the owner" not in anns.text
    assert post(anns, f"/admin/api-keys/{of_owner}/revoke", {}).status_code == 404
    bobs.get("/admin/api-keys")
    assert "key of the owner" in bobs.text
    assert post(bobs, f"/admin/api-keys/{of_owner}/revoke", {}).status_code == 403
    # Not hers either: she may see people, and Bob may not.
    assert post(bobs, f"/admin/api-keys/{of_ann}/revoke", {}).status_code == 403
    browser = Browser(app)
    browser.sign_in("owner@example.com")
    assert post(browser, f"/admin/api-keys/{of_ann}/revoke", {}).status_code == 303
