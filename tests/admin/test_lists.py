"""Lists of the console: every order walks over everybody once, forth and back, and a search finds beginnings."""

import json
import re
from urllib.parse import quote

import pytest
from sqlalchemy import select

from idp.accounts.lifecycle import states
from idp.api_keys.models import ApiKey
from idp.audit.models import Event
from idp.audit.tags import Tag
from idp.clients import service as clients
from idp.core.db import db, transaction
from idp.core.keyset import _after
from idp.webhooks import models as webhooks
from tests.actors import Browser
from tests.admin.house import House, post, somebody

OWNER = "owner@example.com"


@pytest.fixture
def crowd(app, factory):
    factory.user(OWNER, roles=("owner",), name="Zoe")
    for number in range(60):
        factory.user(f"p{number:02d}@example.com", name=f"Name {number % 7}", username=f"u{number:02d}", password=None)
    browser = Browser(app)
    browser.sign_in(OWNER)
    return browser


@pytest.fixture
def house(app, factory, arrange):
    return House(app, factory, arrange)


def shown(browser):
    return re.findall(r'<th scope="row"><a [^>]*><bdi>([^<]+)</bdi>', browser.text)


def said(browser):
    return re.search(r'data-said="([^"]+)"', browser.text)[1].strip().replace("\N{EN DASH}", "-")


def link(browser, rel):
    found = re.search(rf'rel="{rel}" href="([^"]+)"', browser.text)
    return found[1].replace("&amp;", "&") if found else None


@pytest.mark.parametrize("sort", ["created", "-created", "email", "-email", "name", "-name"])
def test_every_order_shows_everybody_once_and_goes_back(crowd, sort):
    crowd.get(f"/admin/users?sort={sort}")
    assert f'aria-sort="{"descending" if sort.startswith("-") else "ascending"}"' in crowd.text
    pages = [shown(crowd)]
    while following := link(crowd, "next"):
        crowd.get(following)
        pages.append(shown(crowd))
    everybody = [email for page in pages for email in page]
    assert len(everybody) == len(set(everybody)) == 61
    if sort.endswith("email"):
        assert everybody == sorted(everybody, reverse=sort.startswith("-"))
    for page in reversed(pages[:-1]):
        crowd.get(link(crowd, "prev"))
        assert shown(crowd) == page
    assert link(crowd, "prev") is None


def test_filters_and_the_start_of_a_word(crowd, factory, arrange):
    locked = factory.user("locked@example.com", verified=False, name="Ärger 100%", roles=("support",))
    arrange.run(states.lock, locked)
    for query, expected in (
        ("state=locked", 1), ("state=unverified", 1), ("role=support", 1), ("state=nonsense&role=", 25),
        ("second_step=yes", 0), ("search=p0", 10), ("search=U1", 10), ("search=name+3", 9), ("search=%25", 0),
        ("search=_0", 0), ("search=%C3%84r", 1), ("search=p0&state=locked", 0), ("search=owner&sort=-name", 1),
        ("after=nobody", 0), ("before=ZZZ&sort=email", 25), ("sort=x", 25),
    ):  # fmt: skip
        crowd.get(f"/admin/users?{query}")
        if query != "after=nobody":
            assert len(shown(crowd)) == expected, query


def rows_acts(browser, name):
    """The addresses that the menu of a row leads or posts to."""
    menu = re.search(rf'aria-label="What to do with {re.escape(name)}".*?</details>', browser.text, re.DOTALL)[0]
    return re.findall(r'(?:formaction|href)="([^"]+)"', menu)


def send_row(browser, address):
    """Press a button of a row: it sends the one form that stands beside the table."""
    browser.post(address, browser.form("back").fields)


def test_a_row_is_acted_on_where_it_stands(crowd, arrange):
    crowd.get("/admin/users?search=p0&sort=-email&state=active")
    disable = next(url for url in rows_acts(crowd, "p07@example.com") if url.endswith("/disable"))
    send_row(crowd, disable)
    assert crowd.url.endswith("/admin/users?search=p0&state=active&sort=-email")
    assert "p07@example.com: The account is turned off." in crowd.text
    assert "p07@example.com" not in shown(crowd)
    assert "p06@example.com" in shown(crowd)
    crowd.get("/admin/users?search=p07")
    assert not [url for url in rows_acts(crowd, "p07@example.com") if url.endswith("/disable")]
    send_row(crowd, disable.replace("/disable", "/enable"))
    assert "p07@example.com: The account is turned on." in crowd.text
    user_id = disable.split("/")[3]
    told = select(Event.tag).where(Event.subject == f"user:{user_id}").order_by(Event.id)
    tags = [row.tag for row in arrange.rows(told)]
    assert tags.count(Tag.ACCOUNT_DISABLED) == tags.count(Tag.ACCOUNT_ENABLED) == 1


def test_who_acts_on_a_row_stays_on_the_page_of_the_list(crowd):
    crowd.get("/admin/users?sort=email&size=50")
    crowd.get(link(crowd, "next"))
    page, first = crowd.url.partition("?")[2], shown(crowd)
    send_row(crowd, next(url for url in rows_acts(crowd, first[3]) if url.endswith("/disable")))
    assert sorted(crowd.url.partition("?")[2].split("&")) == sorted(page.split("&"))
    assert shown(crowd) == first


def test_the_menu_of_a_row_has_what_one_may(house, factory):
    factory.user("p00@example.com")
    reader = somebody(house, ["admin.users.read", "admin.clients.read"])
    reader.get("/admin/users?search=p0")
    assert [url.rpartition("/")[2] for url in rows_acts(reader, "p00@example.com")] == ["sessions"]
    reader.get("/admin/clients")
    assert "What to do with" not in reader.text


def test_who_helps_finds_in_a_row_what_helps(house, factory):
    factory.user("p00@example.com")
    helper = somebody(house, ["admin.users.read", "admin.users.help"])
    helper.get("/admin/users?search=p0")
    assert {url.rpartition("/")[2] for url in rows_acts(helper, "p00@example.com")} == {"sessions", "reset"}


def test_an_app_is_turned_on_from_its_row(house, browser, arrange):
    browser.sign_in(OWNER)
    owner = browser
    arrange.run(clients.disable_client, house.client_id)
    name = arrange.run(clients.get_client, house.client_id).name
    owner.get("/admin/clients?state=off")
    acts = rows_acts(owner, name)
    assert {url.rpartition("/")[2] for url in acts} == {"edit", "duplicate", "enable", "delete", "events"}
    send_row(owner, next(url for url in acts if url.endswith("/enable")))
    assert owner.url.endswith("/admin/clients?state=off")
    assert f"{name}: The app is turned on." in owner.text
    assert arrange.run(clients.get_client, house.client_id).disabled_at is None


def test_the_text_after_all_that_begin_alike():
    assert _after("ab") == "ac"
    assert _after("a\U0010ffff") == "b"
    assert _after("\ud7ff") == "\ue000"
    assert _after("\U0010ffff") == ""


@pytest.mark.parametrize("address", ["/admin/audit", "/admin/clients", "/admin/sessions"])
def test_other_lists_go_back_too(crowd, factory, arrange, address):
    for number in range(30):
        factory.client_with_secret(f"App {number}")
        arrange.session(factory.user(password=None))
    crowd.get(address)
    first = shown(crowd) or crowd.text.count("<tr>")
    crowd.get(link(crowd, "next"))
    crowd.get(link(crowd, "prev"))
    assert (shown(crowd) or crowd.text.count("<tr>")) == first


@pytest.fixture
def three_lists(app, factory, arrange):
    """Sixty webhooks, keys and apps."""
    owner = factory.user(OWNER, roles=("owner",))
    with arrange.context(), transaction() as session:
        for number in range(60):
            place = webhooks.WebhookEndpoint(name=f"hook{number:02d}", url="https://a.example", secret="", events=[])
            key = ApiKey(user_id=owner, label=f"key{number:02d}", permissions=[], digest=f"{number}", last4="0000")
            session.add_all([place, key])
    for number in range(60):
        factory.client_with_secret(f"App {number:02d}")
    browser = Browser(app)
    browser.sign_in(OWNER)
    return {"hooks": "/admin/webhooks", "keys": "/admin/api-keys", "apps": f"/admin/users/{owner}/see"}, browser


@pytest.mark.parametrize("which", ["hooks", "keys", "apps"])
def test_lists_by_name_and_id_go_forth_and_back(three_lists, which):
    addresses, browser = three_lists
    rows = lambda: re.findall(r"<bdi>(App \d+|key\d+)</bdi>|>(hook\d+)</a>", browser.text)  # noqa: E731
    browser.get(addresses[which])
    pages = [rows()]
    while following := link(browser, "next"):
        browser.get(following)
        pages.append(rows())
    assert [len(page) for page in pages] == [25, 25, 10]
    assert len({row for page in pages for row in page}) == 60
    for page in reversed(pages[:-1]):
        browser.get(link(browser, "prev"))
        assert rows() == page
    assert link(browser, "prev") is None


def test_a_page_has_as_many_rows_as_one_likes_and_says_how_many_there_are(crowd):
    crowd.get("/admin/users?size=50&state=active")
    assert len(shown(crowd)) == 50
    assert said(crowd) == "1-50 of 61"
    assert "Clear (1)" in crowd.text
    assert '<input type="hidden" name="size" value="50">' in crowd.text
    crowd.get(link(crowd, "next"))
    assert len(shown(crowd)) == 11
    crowd.get(link(crowd, "prev"))
    assert len(shown(crowd)) == 50
    for size in ("7", "100000", "x", "٢٥"):
        crowd.get(f"/admin/users?size={size}")
        assert len(shown(crowd)) == 25
    assert "Clear (" not in crowd.text


def test_a_crowd_is_counted_up_to_a_bound(crowd, monkeypatch):
    for module in ("people.listing", "lists"):
        monkeypatch.setattr(f"idp.admin.{module}.MOST_COUNTED", 40)
    crowd.get("/admin/users")
    assert said(crowd) == "1-25 of more than 40"
    for says in ("26-50 of more than 50", "51-61 of 61"):
        crowd.get(link(crowd, "next"))
        assert said(crowd) == says
    crowd.get(re.sub("from=[0-9]+", "from=3", link(crowd, "prev")))
    assert said(crowd) == "3-27 of more than 40"
    crowd.get(re.sub("from=[0-9]+", "from=30", link(crowd, "next")))
    assert said(crowd) == "More than 40 in all"


def test_a_page_says_which_rows_of_how_many_it_shows(crowd):
    crowd.get("/admin/users")
    says = [said(crowd)]
    while following := link(crowd, "next"):
        crowd.get(following)
        says.append(said(crowd))
    assert says == ["1-25 of 61", "26-50 of 61", "51-61 of 61"]
    for expected in reversed(says[:-1]):
        crowd.get(link(crowd, "prev"))
        assert said(crowd) == expected
    crowd.get("/admin/users?search=p0")
    assert said(crowd) == "10 in all"


@pytest.mark.parametrize("place", ["0", "1", "-4", "40", "٢٦", "1e9", "9" * 30, "<b>"])
def test_a_place_that_cannot_be_is_not_shown_and_changes_no_rows(crowd, place):
    crowd.get("/admin/users")
    second = link(crowd, "next")
    crowd.get(second)
    rows = shown(crowd)
    crowd.get(re.sub("from=[0-9]+", f"from={quote(place)}", second))
    assert (said(crowd), shown(crowd)) == ("61 in all", rows)
    crowd.get(link(crowd, "next"))
    assert said(crowd) == "51-61 of 61"


def test_a_list_nobody_counts_says_where_one_is(three_lists):
    addresses, browser = three_lists
    browser.get(addresses["hooks"])
    says = [said(browser)]
    while following := link(browser, "next"):
        browser.get(following)
        says.append(said(browser))
    assert says == ["1-25 of more than 25", "26-50 of more than 50", "51-60 of 60"]
    for expected in reversed(says[:-1]):
        browser.get(link(browser, "prev"))
        assert said(browser) == expected


def test_an_empty_list_says_why_and_what_to_do(crowd, arrange):
    for path, says in (
        ("/admin/users?search=nobody", "Nobody matches"), ("/admin/clients?search=nothing", "No app matches"),
        ("/admin/sessions?person=nobody", "Nothing matches"), ("/admin/tokens?person=nobody", "Nothing matches"),
        ("/admin/deliveries?client=none", "Nothing matches"),
    ):  # fmt: skip
        crowd.get(path)
        assert says in crowd.text, path
        assert "Clear the filters" in crowd.text, path
    for path, label in (("/admin/clients", "Add an app"), ("/admin/groups", "Add a group")):
        crowd.get(path)
        assert f">{label}</a>" in crowd.text
        assert "Clear the filters" not in crowd.text


def test_the_list_is_exported_as_it_is_filtered(crowd, factory):
    factory.user("odd@example.com", name="Odd", roles=("support",))
    rows = post(crowd, "/admin/users/export", {"format": "jsonl", "search": "p0", "sort": "-email"}).text.splitlines()
    assert [json.loads(row)["email"] for row in rows] == [f"p{number:02d}@example.com" for number in range(10)]
    lines = post(crowd, "/admin/users/export", {"format": "csv", "role": "support"}).text.splitlines()
    assert [line.split(",")[0] for line in lines] == ["email", "odd@example.com"]
    assert len(post(crowd, "/admin/users/export", {"format": "csv"}).text.splitlines()) == 63


def test_those_who_are_ticked_are_exported_and_nobody_else(app, crowd, factory):
    ids = [factory.user(f"q{number}@example.com", roles=("support",)) for number in range(2)]
    # What else the form of the list holds is no filter.
    form = {"user": ids, "deed": "export", "role": "auditor"}
    review = post(crowd, "/admin/users/bulk", form).text
    assert re.findall(r'name="user" value="(\w+)"', review) == ids
    assert 'action="/admin/users/bulk/export"' in review
    rows = post(crowd, "/admin/users/bulk/export", {**form, "format": "jsonl"}).text.splitlines()
    assert [json.loads(row)["email"] for row in rows] == ["q0@example.com", "q1@example.com"]
    lines = post(crowd, "/admin/users/bulk/export", {**form, "format": "csv"}).text.splitlines()
    assert [line.split(",")[0] for line in lines] == ["email", "q0@example.com", "q1@example.com"]
    with app.app_context():
        events = db.session.query(Event).filter(Event.tag == Tag.PEOPLE_EXPORTED.value).order_by(Event.id).all()
        assert [event.detail for event in events] == [{"format": form, "chosen": 2} for form in ("jsonl", "csv")]
    assert len(post(crowd, "/admin/users/bulk/export", {"format": "csv"}).text.splitlines()) == 1
    assert post(crowd, "/admin/users/bulk/export", {"user": "nobody"}).status_code == 404


def test_who_only_reads_may_export_those_who_are_ticked_and_do_nothing_else(app, factory):
    factory.user("auditor@example.com", roles=("auditor",))
    reader = Browser(app)
    reader.sign_in("auditor@example.com")
    reader.get("/admin/users")
    assert re.findall(r'<option value="(\w+)">', reader.text.split('id="deed"')[1].split("</select>")[0]) == ["export"]
