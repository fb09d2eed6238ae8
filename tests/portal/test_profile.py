"""One's own profile, picture, preferences and first password."""

import io
import json

import pytest
from PIL import Image

from idp.accounts.models import Picture, User
from idp.accounts.profiles import profile as fields
from idp.audit.service import find_events
from idp.core.db import db
from tests.actors import Browser
from tests.factories import PASSWORD

ALICE, BOB = "alice@example.com", "bob@example.com"


@pytest.fixture
def alice(factory, browser):
    user_id = factory.user(ALICE)
    browser.sign_in(ALICE)
    return user_id


def user(app, user_id):
    with app.app_context():
        return db.session.get(User, user_id)


def picture(size=(640, 400), kind="PNG", **extra):
    file = io.BytesIO()
    Image.new("RGB", size, "teal").save(file, kind, **extra)
    return file.getvalue()


def upload(browser, data, name="me.png"):
    browser.get("/account/profile")
    token = browser.form("picture").fields["csrf_token"]
    return browser.post("/account/picture", {"csrf_token": token, "picture": (io.BytesIO(data), name)})


def test_the_profile_is_saved_with_what_the_house_lets_people_edit(app, browser, alice):
    browser.get("/account/profile")
    browser.submit("name", name="Alice B. Baker", username="Alice.B", given_name="Alice", family_name="Baker")
    assert "Your profile was saved." in browser.text
    saved = user(app, alice)
    assert (saved.name, saved.username, saved.given_name) == ("Alice B. Baker", "alice.b", "Alice")
    other = Browser(app)
    other.sign_in("alice.b")
    assert other.path == "/account"


def test_nothing_else_can_be_posted_into_a_profile(app, browser, alice):
    browser.get("/account/profile")
    browser.submit("name", name="Alice", email=BOB, email_verified="1", state="disabled", website="https://x.example",
                   phone_number_verified="1", password_hash="x")  # fmt: skip
    saved = user(app, alice)
    assert (saved.email, saved.state, saved.website, saved.phone_number_verified) == (ALICE, "active", None, False)


def test_every_field_that_can_be_let_edited_is_a_field_of_the_profile():
    from idp.portal.forms import PROFILE_FIELDS

    assert PROFILE_FIELDS.keys() <= set(fields.FIELDS)


def test_a_user_name_of_somebody_else_is_refused(browser, alice, factory):
    factory.user(BOB, username="bob")
    browser.get("/account/profile")
    browser.submit("name", name="Alice", username="BOB")
    assert browser.status in {409, 422}
    assert 'id="username-error"' in browser.text


def test_a_lost_update_is_told_and_not_done(app, browser, alice, arrange):
    from idp.accounts.service import edit_user

    browser.get("/account/profile")
    arrange.run(edit_user, alice, nickname="Ally")
    browser.submit("name", name="Late")
    assert browser.status == 409
    assert "Somebody changed this account meanwhile" in browser.text
    assert user(app, alice).name == "Alice Baker"
    browser.submit("name")
    assert user(app, alice).name == "Late"


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 40, "\uff11"])
def test_a_made_up_version_is_a_lost_update(browser, alice, version):
    browser.get("/account/profile")
    browser.submit("name", name="Late", version=version)
    assert browser.status == 409


def test_a_picture_is_drawn_anew_and_shown_under_a_name_nobody_guesses(app, browser, alice, client):
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    upload(browser, picture(kind="JPEG", exif=exif))
    assert "Your picture was saved." in browser.text
    address = user(app, alice).picture
    response = client.get(address.removeprefix("https://id.example.com"))
    assert response.mimetype == "image/webp"
    assert b"taken at home" not in response.data
    assert "immutable" in response.headers["Cache-Control"]
    with Image.open(io.BytesIO(response.data)) as shown:
        assert shown.size == (256, 256)
    assert f'src="{address}"' in browser.text
    upload(browser, picture((30, 30)))
    assert client.get(address.removeprefix("https://id.example.com")).status_code == 404
    browser.press("/account/picture/remove")
    assert user(app, alice).picture is None
    with app.app_context():
        assert db.session.query(Picture).count() == 0


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a" + b"\0" * 50,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        picture()[:60],
        b"\x89PNG\r\n\x1a\n" * 9,
    ],
    ids=["nothing", "gif", "svg", "cut", "noise"],
)
def test_what_is_no_picture_is_refused(app, browser, alice, data):
    upload(browser, data)
    assert browser.status == 422
    assert user(app, alice).picture is None


def test_a_picture_that_is_too_large_is_refused(app, browser, alice):
    upload(browser, picture() + b"\0" * (1024 * 1024))
    assert browser.status == 422
    assert "at most 1 MB" in browser.text
    upload(browser, b"\0" * (2 * 1024 * 1024))
    assert browser.status == 413
    huge = io.BytesIO()
    Image.new("1", (9000, 9000)).save(huge, "PNG")
    upload(browser, huge.getvalue())
    assert browser.status == 422
    assert user(app, alice).picture is None


def test_other_forms_take_no_megabyte(browser, alice):
    browser.get("/account/profile")
    browser.submit("name", name="x" * 100_000)
    assert browser.status == 413


def test_preferences_are_kept_with_the_account_and_for_this_browser(app, browser, alice):
    browser.get("/account/preferences")
    browser.submit("locale", locale="de", zoneinfo="Asia/Tokyo", theme="dark", mail_app_allowed=None, shortcuts="on")
    assert "<h1>Einstellungen</h1>" in browser.text
    saved = user(app, alice)
    assert (saved.locale, saved.zoneinfo) == ("de", "Asia/Tokyo")
    assert saved.preferences == {"mail_app_allowed": False, "shortcuts": True}
    assert browser.cookie("theme") == "dark"
    browser.get("/account/sessions")
    assert "GMT" in browser.text or "JST" in browser.text
    assert 'data-zone="Asia/Tokyo"' in browser.text


def test_a_person_reads_their_language_on_any_browser(app, browser, factory):
    factory.user(ALICE, locale="de-AT")
    browser.sign_in(ALICE)
    browser.get("/account")
    assert '<html lang="de"' in browser.text
    browser.get("/account/preferences")
    browser.submit("locale", zoneinfo="")
    with app.app_context():
        assert db.session.query(User).one().locale == "de-AT"


@pytest.mark.parametrize("values", [{"locale": "xx"}, {"zoneinfo": "Mars/Olympus"}, {"theme": "pink"}])
def test_made_up_preferences_are_refused(app, browser, alice, values):
    browser.get("/account/preferences")
    browser.submit("locale", **values)
    assert browser.status == 422


def test_an_account_without_a_password_gets_one(app, browser, factory, mailbox, clock):
    factory.user(ALICE, password=None)
    browser.get("/login/email")
    browser.submit("email", email=ALICE)
    browser.submit("code", code=mailbox(ALICE).code)
    browser.get("/account/password")
    assert "Choose a password" in browser.text
    browser.submit("new_password", new_password="short")
    assert browser.status == 422
    browser.submit("new_password", new_password=PASSWORD)
    assert browser.path == "/account/security"
    other = Browser(app)
    other.sign_in(ALICE)
    assert other.path == "/account"
    form = browser.form()
    browser.post("/account/password/choose", {**form.fields, "new_password": "another quite unrelated phrase"})
    assert browser.status == 409
    browser.post("/account/password/choose", {**form.fields, "new_password": ""})
    assert browser.status == 422


def test_choosing_a_first_password_asks_who_it_is(browser, factory, mailbox, clock):
    factory.user(ALICE, password=None)
    browser.get("/login/email")
    browser.submit("email", email=ALICE)
    browser.submit("code", code=mailbox(ALICE).code)
    clock.advance(6 * 60)
    browser.get("/account/password")
    browser.submit("new_password", new_password=PASSWORD)
    assert browser.path == "/reauth"
    assert PASSWORD not in browser.text


def test_edits_are_recorded_by_field_and_never_by_value(app, browser, alice):
    browser.get("/account/profile")
    browser.submit("name", name="Secret Name")
    with app.app_context():
        events = find_events(tag="account.edited")
        assert "Secret Name" not in json.dumps([event.detail for event in events])
        assert "name" in events[0].detail["fields"]
