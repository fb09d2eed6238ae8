"""Logos: taken from an upload, drawn anew, shown where people meet the house or an app, never loaded from elsewhere."""

import base64
import io
import re
import struct
import zlib

import pytest
from PIL import Image

from idp.audit.service import find_events
from idp.brand import drawing, house
from idp.brand.cli import logo as house_logo
from idp.brand.models import Logo
from idp.clients import logos
from idp.clients import service as clients
from idp.clients.commands.clients import client as client_command
from idp.clients.commands.logos import logo as client_logo
from idp.core.db import db, is_writing
from idp.core.drawing.rasters import LARGEST, UnfitPicture, open_upright
from idp.core.fetch import FetchError
from tests.actors import RelyingParty
from tests.admin.house import OWNER, post
from tests.drawn import LOGO, answer_with_a_picture, picture
from tests.factories import PASSWORD
from tests.services import noting_connections

ALICE = "alice@example.com"


@pytest.fixture
def shop(factory):
    return factory.client_with_secret("Shop")[0]


@pytest.fixture
def owner(factory, browser):
    factory.user(OWNER, roles=("owner",))
    browser.sign_in(OWNER)
    return browser


def name_of(app, client_id):
    with app.app_context():
        return clients.get_client(client_id).logo


def details(app, tag):
    with app.app_context():
        return [event.detail for event in find_events(tag=tag, limit=9)]


def head_of_gigabytes():
    """A PNG of some bytes that promises 60,000 times 60,000 pixels."""
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 6, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )


def noise(size):
    file = io.BytesIO()
    Image.effect_noise(size, 200).convert("RGB").save(file, "PNG")
    return file.getvalue()


UNFIT = {
    "nothing": b"", "text": b"GIF89a", "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "half": picture()[:60], "bomb": head_of_gigabytes(), "heavy": b"\x89PNG\r\n\x1a\n" + b"\0" * LARGEST,
    "gif": picture(kind="GIF"),
}  # fmt: skip


@pytest.mark.parametrize("data", UNFIT.values(), ids=UNFIT)
def test_what_is_no_small_picture_is_refused_and_the_old_logo_stays(app, owner, shop, arrange, data):
    arrange.run(logos.set_logo, shop, picture())
    arrange.run(house.set_logo, "light", picture())
    before = name_of(app, shop)
    answer = post(owner, f"/admin/clients/{shop}/logo", {"picture": (io.BytesIO(data), "x.png")})
    assert answer.status_code in {413, 422}
    if answer.status_code == 422:
        assert 'id="picture-error"' in answer.text
    answer = post(owner, "/admin/settings/general/logo/light", {"light-picture": (io.BytesIO(data), "x.png")})
    assert answer.status_code in {413, 422}
    assert name_of(app, shop) == before
    assert (len(details(app, "client.logo_changed")), len(details(app, "brand.logo_changed"))) == (1, 1)


def grey(size):
    """A picture of one colour: a small file, however many pixels it has."""
    file = io.BytesIO()
    Image.new("L", size).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("size", [(1, 10_001), (10_001, 1)])
def test_a_picture_of_very_many_rows_is_refused_before_it_is_unpacked(size, monkeypatch):
    """Each row costs as much as an object, so that few pixels may take gigabytes."""
    monkeypatch.setattr(
        "idp.core.drawing.rasters.ImageOps.exif_transpose", lambda _image: pytest.fail("it was unpacked")
    )
    for take in (open_upright, lambda upload: drawing.draw(upload, drawing.HOUSE)):
        with pytest.raises(UnfitPicture, match="fewer pixels"):
            take(grey(size))


def test_a_logo_may_have_fewer_pixels_than_a_photograph():
    upload = grey((4000, 3000))
    assert open_upright(upload).size == (4000, 3000)
    with pytest.raises(UnfitPicture, match="fewer pixels"):
        drawing.draw(upload, drawing.APP)


def test_a_form_without_a_file_is_refused(owner, shop):
    assert post(owner, f"/admin/clients/{shop}/logo", {}).status_code == 422
    assert post(owner, "/admin/settings/general/logo/dark", {}).status_code == 422
    assert post(owner, "/admin/settings/general/logo/pink", {}).status_code == 404


@pytest.mark.parametrize(("kind", "extra"), [("PNG", {}), ("JPEG", {"icc_profile": b"secret profile"}), ("WEBP", {})])
def test_nothing_of_the_file_is_kept(kind, extra):
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    kept = drawing.draw(picture(kind=kind, exif=exif, **extra), drawing.HOUSE)
    with Image.open(io.BytesIO(kept.data)) as shown:
        assert (shown.format, shown.size) == ("WEBP", (480, 120))
        assert not {"exif", "icc_profile", "xmp"} & shown.info.keys()
    assert not any(chunk in kept.data for chunk in (b"taken at home", b"secret profile", b"ICCP", b"EXIF", b"XMP "))


@pytest.mark.parametrize(
    ("size", "box", "drawn"),
    [((640, 160), drawing.HOUSE, (480, 120)), ((2000, 100), drawing.HOUSE, (480, 24)), ((90, 90), drawing.HOUSE, (90, 90)),
     ((1000, 500), drawing.APP, (128, 64)), ((1, 1), drawing.APP, (1, 1))],
)  # fmt: skip
def test_a_logo_is_fitted_whole_and_never_enlarged(size, box, drawn):
    kept = drawing.draw(picture(size), box)
    assert (kept.width, kept.height) == drawn


def test_a_logo_weighs_little_whatever_it_shows():
    for box in (drawing.HOUSE, drawing.APP):
        assert len(drawing.draw(noise((800, 200)), box).data) <= drawing.HEAVIEST


def test_the_house_shows_its_logo_on_every_page_at_an_address_of_its_content(app, client, owner):
    assert 'class="mark"' in client.get("/login").text
    answer = post(owner, "/admin/settings/general/logo/light", {"light-picture": (io.BytesIO(picture()), "a.png")})
    assert answer.status_code == 303
    page = client.get("/login").text
    first = re.search(r'<img class="house" src="(/logos/\w+)" width="480" height="120" alt="Acme ID">', page)[1]
    assert 'class="mark"' not in page
    assert "<source" not in page
    shown = client.get(first)
    assert (shown.status_code, shown.mimetype) == (200, "image/webp")
    assert "immutable" in shown.headers["Cache-Control"]
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get(first, headers={"If-None-Match": shown.headers["ETag"]}).status_code == 304
    for path in ("/forgot", "/nowhere"):
        assert first in client.get(path).text
    for path in ("/account", "/admin"):
        owner.get(path)
        assert first in owner.text
    other = {"light-picture": (io.BytesIO(picture(colour="red")), "b.png")}
    post(owner, "/admin/settings/general/logo/light", other)
    assert client.get(first).status_code == 404
    assert first not in client.get("/login").text
    assert post(owner, "/admin/settings/general/logo/light/remove", {}).status_code == 303
    assert 'class="mark"' in client.get("/login").text
    assert post(owner, "/admin/settings/general/logo/light/remove", {}).status_code == 404
    assert len(details(app, "brand.logo_changed")) == 3


def test_dark_pages_have_a_logo_of_their_own_and_the_choice_of_colours_counts(client, arrange):
    arrange.run(house.set_logo, "dark", picture((100, 100)))
    page = client.get("/login").text
    assert "<source" not in page  # the only one is shown everywhere
    assert 'alt=""></picture>Acme ID' in page  # a square one stands beside the name
    arrange.run(house.set_logo, "light", picture())
    media = r'<source srcset="(/logos/\w+)"[^>]* media="([^"]+)" data-dark>'
    dark, wanted = re.search(media, client.get("/login").text).groups()
    assert wanted == "(prefers-color-scheme: dark)"
    assert f'src="{dark}"' not in client.get("/login").text
    for theme, wanted in (("dark", "all"), ("light", "not all")):
        client.set_cookie("__Host-idp_theme", theme, domain="id.example.com", secure=True)
        assert re.search(media, client.get("/login").text)[2] == wanted


def test_another_server_shows_a_new_logo_within_a_moment(make_app, app, client, arrange):
    from idp.feed import service as feed
    from tests.services import test_client

    other = make_app()
    there = test_client(other)
    assert 'class="mark"' in there.get("/login").text
    arrange.run(house.set_logo, "light", picture())
    with other.app_context():
        feed.sync()
    address = re.search(r"/logos/\w+", there.get("/login").text)[0]
    assert there.get(address).status_code == 200


def test_pages_that_say_that_the_database_is_down_still_come(client, app, monkeypatch):
    from sqlalchemy.exc import OperationalError

    asked = []

    def broken():
        asked.append(1)
        raise OperationalError("", {}, Exception())

    monkeypatch.setattr(house, "_load", broken)
    for _try in range(3):
        assert 'class="mark"' in client.get("/nowhere").text
    assert asked == [1]


def test_people_see_the_logo_of_an_app_where_it_asks_them(app, factory, browser, arrange):
    factory.user(ALICE)
    client_id, secret = factory.client_with_secret("Shop")
    factory.client_with_secret("Other")
    arrange.run(logos.set_logo, client_id, picture())
    arrange.run(clients.update_client, client_id, {"logo_uri": LOGO})
    address = f"/logos/{name_of(app, client_id)}"
    rp = RelyingParty(app, client_id, secret)
    browser.get(rp.authorize_url())
    assert browser.path == "/login"
    assert f'src="{address}"' in browser.text
    browser.submit("password", identifier=ALICE, password=PASSWORD)
    assert browser.path.startswith("/consent/")
    assert f'src="{address}"' in browser.text
    assert LOGO not in browser.text
    assert "rp.example.com" not in browser.response.headers["Content-Security-Policy"].split("form-action")[0]


def test_the_console_shows_logos_and_what_was_registered_is_never_loaded(app, owner, shop, arrange, monkeypatch):
    arrange.run(clients.update_client, shop, {"logo_uri": LOGO})
    monkeypatch.setattr("idp.core.fetch.fetch", answer_with_a_picture)
    owner.get(f"/admin/clients/{shop}/edit")
    assert f'src="{LOGO}"' not in owner.text
    assert post(owner, f"/admin/clients/{shop}/logo/fetch", {}).status_code == 303
    address = f'src="/logos/{name_of(app, shop)}"'
    for path in ("/admin/clients", f"/admin/clients/{shop}", f"/admin/clients/{shop}/edit"):
        owner.get(path)
        assert address in owner.text
        assert f'src="{LOGO}"' not in owner.text


def test_an_address_that_answers_with_no_picture_changes_nothing(app, owner, shop, arrange, monkeypatch):
    assert post(owner, f"/admin/clients/{shop}/logo/fetch", {}).status_code == 422
    arrange.run(clients.update_client, shop, {"logo_uri": LOGO})
    monkeypatch.setattr("idp.core.fetch.fetch", lambda *_a, **_v: b"<html>")
    assert post(owner, f"/admin/clients/{shop}/logo/fetch", {}).status_code == 422

    def refuse(*_values, **_more):
        raise FetchError("answer 404")

    monkeypatch.setattr("idp.core.fetch.fetch", refuse)
    assert "Upload the file instead" in post(owner, f"/admin/clients/{shop}/logo/fetch", {}).text
    assert name_of(app, shop) is None


def test_no_connection_is_held_while_a_logo_is_drawn(owner, shop, monkeypatch):
    held = []
    monkeypatch.setattr(drawing, "draw", noting_connections(held, drawing.draw))
    for page, field in (
        (f"/admin/clients/{shop}/logo", "picture"),
        ("/admin/settings/general/logo/light", "light-picture"),
    ):
        assert post(owner, page, {field: (io.BytesIO(picture()), "x.png")}).status_code == 303
    assert held == [0, 0]


def test_no_connection_is_held_while_the_address_of_a_logo_is_asked(owner, shop, arrange, monkeypatch):
    arrange.run(clients.update_client, shop, {"logo_uri": LOGO})
    held = []
    monkeypatch.setattr("idp.core.fetch.fetch", noting_connections(held, lambda _url, **_values: picture()))
    assert post(owner, f"/admin/clients/{shop}/logo/fetch", {}).status_code == 303
    assert held == [0]


def test_a_private_address_is_not_asked_for_a_logo(shop, arrange):
    arrange.run(clients.update_client, shop, {"logo_uri": "https://169.254.169.254/logo.png"})
    with pytest.raises(UnfitPicture):
        arrange.run(logos.fetch_logo, shop)


def test_a_deleted_app_leaves_no_logo(app, shop, arrange):
    arrange.run(logos.set_logo, shop, picture())
    arrange.run(clients.delete_client, shop)
    with app.app_context():
        assert db.session.query(Logo).count() == 0


def test_two_apps_may_have_the_same_logo(app, shop, factory, arrange):
    other = factory.client_with_secret("Other")[0]
    for client_id in (shop, other):
        arrange.run(logos.set_logo, client_id, picture())
    assert name_of(app, shop) != name_of(app, other)
    arrange.run(logos.remove_logo, shop)
    assert name_of(app, other)


def test_commands_keep_show_and_remove_logos(command_line, shop, tmp_path):
    file = tmp_path / "logo.png"
    file.write_bytes(picture())
    kept = command_line.json(client_logo, "set", shop, str(file))
    assert (kept["width"], kept["height"]) == (128, 32)
    assert command_line.json(client_logo, "show", shop)["url"] == kept["url"]
    assert kept["url"].startswith("https://id.example.com/logos/")
    assert command_line.json(client_command, "show", shop)["logo"] == kept["url"]
    assert command_line.json(client_logo, "remove", shop)["removed"]
    assert command_line.json(client_command, "show", shop)["logo"] is None
    command_line.refused(client_logo, "remove", shop, code=3)
    command_line.refused(client_logo, "show", "nothing", code=3)
    command_line.refused(client_logo, "fetch", shop, code=1)
    kept = command_line.json(house_logo, "set", str(file), "--scheme", "dark")
    assert kept["scheme"] == "dark"
    shown = command_line.json(house_logo, "show")
    assert (shown["light"], shown["dark"]["url"]) == (None, kept["url"])
    command_line.refused(house_logo, "remove", code=3)
    assert command_line.json(house_logo, "remove", "--scheme", "dark")["removed"]
    file.write_text("no picture")
    assert "PNG" in command_line.refused(house_logo, "set", str(file), code=1)
    assert command_line.json(client_command, "show", shop)


@pytest.fixture
def api(app, factory, arrange):
    from idp.access.permissions import PERMISSIONS
    from idp.api_keys import service as keys
    from tests.api.conftest import Api

    user = factory.user(OWNER, roles=("owner",))
    return Api(app, arrange.run(keys.add_key, user, label="x", permissions=PERMISSIONS)[1])


def test_programs_send_a_logo_as_base64_up_to_a_megabyte(api, shop):
    body = {"picture": base64.b64encode(noise((700, 700))).decode()}
    assert len(body["picture"]) > 128 * 1024
    assert api.get(f"/clients/{shop}/logo").status_code == 404
    kept = api("PUT", f"/clients/{shop}/logo", body)
    assert kept.status_code == 200, kept.text
    assert api.get(f"/clients/{shop}").json["logo"] == kept.json["url"]
    assert api("PUT", "/brand/logos/dark", body).json["media_type"] == "image/webp"
    look = api.get("/brand").json
    assert (look["name"], look["accent"], look["light"]) == ("Acme ID", None, None)
    assert look["dark"]["bytes"] <= drawing.HEAVIEST
    for picture_, status in (("?", 422), ("AAAA", 422), ("A" * (2 * 1024 * 1024), 413)):
        assert api("PUT", f"/clients/{shop}/logo", {"picture": picture_}).status_code == status
    assert api("PUT", "/brand/logos/pink", body).status_code == 404
    assert api("DELETE", f"/clients/{shop}/logo").status_code == 204
    assert api.get(f"/clients/{shop}").json["logo"] is None
    other = {"client_uri": "https://x.example.com/" + "a" * 70_000}
    assert api("PATCH", f"/clients/{shop}", other, headers=api.etag(f"/clients/{shop}")).status_code == 413


def test_programs_wait_for_no_picture_that_another_sends(api, shop, monkeypatch):
    """On SQLite everybody who signs in would wait while a picture is drawn inside the transaction."""
    waiting, draw = [], drawing.draw

    def look(*values):
        waiting.append((is_writing(), db.engine.pool.checkedout()))
        return draw(*values)

    monkeypatch.setattr(drawing, "draw", look)
    body = {"picture": base64.b64encode(picture()).decode()}
    for path in (f"/clients/{shop}/logo", "/brand/logos/light"):
        assert api("PUT", path, body).status_code == 200
    assert waiting == [(False, 0), (False, 0)]
