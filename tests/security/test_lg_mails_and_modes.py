"""LG-08, LG-18, LG-20 and AZ-18 at the account pages."""

import pytest

from idp.accounts import service
from idp.accounts.errors import AddressTaken
from idp.accounts.lifecycle import registration
from tests.actors import Browser
from tests.factories import PASSWORD

ALICE = "alice@example.com"
EMOJI = "🐎🔋📎🧊🦆🥨🪁🧶🛶🪗🧿🫐🥕🪴🦔🦥" * 4


def register(browser, **fields):
    browser.get("/register")
    return browser.submit("email", **{"email": ALICE, "new_password": PASSWORD, **fields})


def confirm(browser, mailbox):
    browser.get(mailbox(ALICE).link("/verify/"))
    browser.submit()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (EMOJI, EMOJI[:63]),
        ("mitten quilt harbor lantern " * 3 + "A", "mitten quilt harbor lantern " * 3 + "B"),
        ("mitten quilt \x00harbor lantern", "mitten quilt \x00harbor lanterns"),
        ("mitten quilt \x00harbor lantern", "mitten quilt "),
    ],
)
def test_lg08_every_character_of_a_password_counts(app, browser, mailbox, right, wrong):
    register(browser, new_password=right)
    confirm(browser, mailbox)
    stranger = Browser(app)
    stranger.sign_in(ALICE, wrong)
    assert not stranger.cookie("session")
    browser.sign_in(ALICE, right)
    assert browser.cookie("session")


def test_lg09_one_password_typed_on_two_keyboards_is_one_password(app, browser, mailbox):
    register(browser, new_password="caf\u00e9 stra\u00dfe w\u00fcrde \u00e4ndern")
    confirm(browser, mailbox)
    browser.sign_in(ALICE, "cafe\u0301 stra\u00dfe wu\u0308rde a\u0308ndern")
    assert browser.cookie("session")


def test_lg10_a_password_beyond_the_limit_is_refused_and_never_cut(browser, mailbox):
    register(browser, new_password="k7#mQ2!v" * 129)
    assert browser.status == 422
    assert mailbox(ALICE).mails == []


@pytest.mark.parametrize(
    "email",
    [
        "alice@example.com\r\nBcc: evil@evil.test", "alice@example.com\nBcc: evil@evil.test", "alice@example.com%0d%0aBcc:evil@evil.test",
        '"alice\r\n"@example.com', '"a b"@example.com', "alice@example.com,evil@evil.test", "alice@example.com;evil@evil.test", "Alice <alice@example.com>",
        "alice@example.com evil@evil.test", "alice@[127.0.0.1]", "alice(comment)@example.com", "alice@example.com\u2028x",
    ],
)  # fmt: skip
def test_lg18_an_address_that_is_more_than_one_is_refused(app, browser, mailbox, email):
    for path, fields in (("/register", {"new_password": PASSWORD}), ("/forgot", {})):
        browser.get(path)
        browser.submit("email", email=email, **fields)
        assert browser.status == 422
    assert browser.http.get("/dev/mail.json").json == []


@pytest.mark.parametrize(
    "name",
    [
        "Win a prize at https://evil.test",
        "<h1>Evil</h1>",
        "a\r\nBcc: evil@evil.test",
        "{{ 7919 * 7919 }}",
        "x" * 100,
        "${ENV}",
        "Evil\u202eliamE",
    ],
)
def test_lg18_a_stranger_does_not_word_the_mail(browser, mailbox, name):
    register(browser, name=name)
    mail = mailbox(ALICE).newest
    for part in (mail["subject"], mail["text"], mail["html"]):
        assert "evil" not in part.lower()
        assert (
            "62710561" not in part.replace(mailbox(ALICE).code, "").replace(mail["links"][0], "")
            or name != "{{ 7919 * 7919 }}"
        )
        assert "xxxxx" not in part


def test_lg18_a_user_agent_does_not_word_the_mail(app, mailbox):
    browser = Browser(app)
    headers = {"User-Agent": "Visit https://evil.test EvilBot/1.0 <b>"}
    browser.get("/register")
    form = browser.form("email").fields
    browser.post("/register", {**form, "email": ALICE, "new_password": PASSWORD}, headers=headers)
    mail = mailbox(ALICE).newest
    assert "vil" not in mail["text"] + mail["html"]


def test_lg18_a_hundred_requests_make_a_handful_of_mails_to_the_stored_address(app, factory, mailbox, clock):
    factory.user("Alice.Baker@example.com")
    statuses = set()
    for number in range(100):
        browser = Browser(app)
        browser.get("/forgot")
        form = {**browser.form("email").fields, "email": "ALICE.baker@Example.com"}
        browser.post("/forgot", form, environ_overrides={"REMOTE_ADDR": f"10.0.0.{number}"})
        statuses.add(browser.status)
        clock.advance(30)
    mails = browser.http.get("/dev/mail.json").json
    assert statuses == {200}
    assert {mail["to"] for mail in mails} == {"Alice.Baker@example.com"}
    assert 1 <= len(mails) <= 6


def test_lg18_one_network_cannot_make_mails_without_end(app):
    browser = Browser(app)
    browser.get("/forgot")
    form = browser.form("email").fields
    for number in range(40):
        browser.post("/forgot", {**form, "email": f"person{number}@example.com"})
    assert browser.status == 429
    assert int(browser.response.headers["Retry-After"]) > 0


@pytest.mark.parametrize("mode", ["closed", "invitation"])
@pytest.mark.parametrize("path", ["/register", "/register?lang=de", "/register?ui_locales=de"])
def test_lg20_nobody_registers_where_registration_is_off(make_app, mode, path):
    app = make_app(accounts={"registration": mode}, brand={"support_email": "help@example.com"})
    browser = Browser(app)
    browser.get("/forgot")
    token = browser.form("email").fields["csrf_token"]
    browser.get(path)
    assert browser.status == 403
    assert "help@example.com" in browser.text
    browser.post(path, {"email": ALICE, "new_password": PASSWORD, "csrf_token": token})
    assert browser.status == 403
    with app.app_context():
        assert service.find_by_email(ALICE) is None


@pytest.fixture
def invited(make_app, mailbox):
    """An application by invitation only, with an open invitation; its link."""
    app = make_app(accounts={"registration": "invitation"})
    with app.app_context(), app.test_request_context(base_url="https://id.example.com"):
        registration.invite(ALICE, name="Alice", roles=("support",), actor="system")
    return app, mailbox(ALICE).link("/invite/")


def test_lg20_an_invitation_is_taken_once_by_a_post(invited, mailbox):
    app, link = invited
    browser = Browser(app)
    browser.get(link)
    assert browser.path == "/invite"
    with app.app_context():
        assert service.find_by_email(ALICE).state == "invited"
    browser.submit("new_password", new_password=PASSWORD, name="Alice Baker")
    assert browser.path == "/login"
    browser.sign_in(ALICE)
    assert browser.cookie("session")
    assert Browser(app).get(link).status_code == 410
    with app.app_context():
        user = service.find_by_email(ALICE)
        assert (user.state, user.email_verified, user.name) == ("active", True, "Alice Baker")


def test_an_invitation_says_who_sent_it(make_app, mailbox, factory, app):
    boss = factory.user("boss@example.com", name="Bo <b>Boss</b>")
    with app.app_context(), app.test_request_context(base_url="https://id.example.com"):
        registration.invite(ALICE, invited_by=boss, actor="system")
    browser = Browser(app)
    browser.get(mailbox(ALICE).link("/invite/"))
    assert "<bdi>Bo &lt;b&gt;Boss&lt;/b&gt;</bdi> invited you." in browser.text


def test_lg20_an_edited_or_old_invitation_is_refused(invited, clock):
    app, link = invited
    start, token = link.rsplit("/", 1)
    for forged in (token[:-1] + ("A" if token[-1] != "A" else "B"), token[::-1], "x" * 43, token[:-1], token + "A"):
        assert Browser(app).get(f"{start}/{forged}").status_code in {404, 410}
    clock.advance(7 * 24 * 3600 + 1)
    assert Browser(app).get(link).status_code == 410


def test_lg20_an_invitation_chooses_neither_address_nor_roles(invited):
    app, link = invited
    browser = Browser(app)
    browser.get(link)
    form = browser.form("new_password").fields
    browser.post(
        "/invite",
        {**form, "new_password": PASSWORD, "email": "mallory@example.com", "roles": "owner", "state": "disabled"},
    )
    with app.app_context():
        from idp.access import service as access

        assert service.find_by_email("mallory@example.com") is None
        assert access.role_names(service.find_by_email(ALICE).id) == ["support"]


def test_lg20_an_account_is_not_invited_again(invited, app):
    other, link = invited
    browser = Browser(other)
    browser.get(link)
    browser.submit("new_password", new_password=PASSWORD)
    with other.app_context(), pytest.raises(AddressTaken):
        registration.invite(ALICE)


def posts_of(app):
    for rule in app.url_map.iter_rules():
        if "POST" in rule.methods and rule.endpoint.split(".")[0] in {"accounts", "mail"}:
            yield rule.rule.replace("<token>", "x" * 43)


def test_az18_no_account_form_is_taken_without_its_token(app, factory, mailbox):
    factory.user(ALICE)
    paths = sorted(posts_of(app))
    assert len(paths) >= 10
    signed_in, stranger = Browser(app), Browser(app)
    signed_in.sign_in(ALICE)
    stranger.get("/login")
    foreign = stranger.form().fields["csrf_token"]
    for path in paths:
        for token in (None, "", "0" * 64, foreign):
            data = {
                "email": ALICE,
                "new_password": PASSWORD,
                "password": PASSWORD,
                "code": "000000",
                "csrf_token": token,
            }
            response = signed_in.http.post(
                path, data={name: value for name, value in data.items() if value is not None}
            )
            assert response.status_code == 403, (path, token)
    assert mailbox(ALICE).mails == []


def test_az18_opening_a_page_changes_nothing(app, factory, mailbox):
    from idp.core.db import db

    factory.user(ALICE)
    browser = Browser(app)
    browser.get("/forgot")
    browser.submit("email", email=ALICE)
    link = mailbox(ALICE).link("/reset/")

    def dump():
        with app.app_context():
            return [
                db.session.execute(table.select()).all()
                for table in db.metadata.sorted_tables
                if table.name in {"users", "email_tokens", "outbox_deliveries"}
            ]

    before = dump()
    scanner = Browser(app)
    for path in (
        link,
        link,
        "/reset",
        "/verify",
        "/register",
        "/forgot",
        "/revoke",
        "/unlock",
        "/invite",
        "/account",
        "/account/password",
    ):
        scanner.get(path)
        assert scanner.status < 500
    assert dump() == before


ODD = [
    "\ud800",
    "a" * 20_000,
    "\x01\x02",
    "\u202e\u200b\ufeff",
    "'; DROP TABLE users; --",
    "{{7*7}}${7*7}",
    "../../etc/passwd",
    "%00",
    "😀" * 500,
    "\r\n\r\n",
]


@pytest.mark.parametrize("value", ODD, ids=range(len(ODD)))
def test_wb03_odd_input_is_refused_politely(app, browser, value):
    value = value.encode("utf-8", "surrogatepass")
    for path in ("/register", "/forgot"):
        browser.get(path)
        form = browser.form("email").fields
        for field in ("email", "name", "new_password", "flow"):
            browser.post(path, {**form, "email": ALICE, "new_password": PASSWORD, field: value})
            assert browser.status < 500
            browser.get(path)
