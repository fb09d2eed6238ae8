"""A manifest that cannot be is refused whole, and every problem is named with its line."""

import pytest

from idp.clients.commands.clients import client
from idp.manifest.cli import apply, plan
from idp.manifest.lines import Lines
from tests.manifest.conftest import WHOLE

CONFIG = 5
WRONG = """\
[[apis]]
identifier = "articles"
access_token_lifetime = 5
permissions = [
  { name = "openid" },
  { name = "a b" },
  { name = "read" },
  { name = "read", titel = "Read" },
]

[[apis]]
identifier = "https://api.example.com"
permissions = [
  { name = "articles.read" },
  { name = "articles.read" },
]

[[roles]]
name = "editor"
require_second_step = "yes"

[[roles]]
name = "writer"
[roles.permissions]
"https://api.example.com" = ["articles.read", "articles.raed"]
"https://api.exmaple.com" = ["x"]

[[roles]]
name = "owner"
permissions = {}

[[groups]]
name = "staff"
roles = ["writer", "wirter", "editor"]

[[groups]]
name = "staff"

[[groups]]
title = "No name"

[[clients]]
client_id = "shop"
name = "Shop"
redirect_uris = [
  "https://shop.example.com/callback",
  "http://shop.example.com/callback",
  "https://shop.example.com/#here",
]
scopes = ["openid", "articles.reed"]
allowed_roles = ["suport"]
grant_type = ["authorization_code"]

[[clients]]
client_id = "x"
name = "Short"
type = "machine"
token_endpoint_auth_method = "none"
grant_types = ["client_credentials"]

[[clients]]
client_id = "spa"
name = "Single"
type = "spa"
redirect_uris = ["https://spa.example.com/", "https://*.example.com/"]
allowed_apis = ["https://api.example.org"]
metadata = { contacts = "me", redirect_uris = ["https://spa.example.com/"] }
secret = { env = "SPA_SECRET" }

[[client]]
client_id = "typo"
"""


def line_of(text, piece):
    """Return the number of the line that holds a piece of text."""
    return next(number for number, line in enumerate(text.splitlines(), 1) if piece in line)


def check_problems(manifest, lines, expected):
    """Check that each of the expected problems is named with the line that holds a piece of text."""
    text = manifest.path.read_text()
    for piece, says in expected:
        start = f"{line_of(text, piece)}: "
        assert any(line.startswith(start) and says in line for line in lines), (start, says, lines)


def test_every_problem_is_named_with_its_line_and_nothing_is_changed(manifest, snapshot):
    before = snapshot()
    lines = manifest.write(WRONG).refused(apply, "--yes", code=CONFIG)
    expected = [
        ("titel", "'titel' is not a field; did you mean 'title'?"),
        ("require_second_step", "'require_second_step': true or false is wanted"),
        ("articles.raed", "has no permission 'articles.raed'; did you mean 'articles.read'?"),
        ("exmaple", "there is no API 'https://api.exmaple.com'; did you mean 'https://api.example.com'?"),
        ("permissions = {}", "role 'owner': comes with the house"),
        ("wirter", "group 'staff': there is no role 'wirter'; did you mean 'writer'?"),
        ("grant_type = ", "'grant_type' is not a field; did you mean 'grant_types'?"),
        ('client_id = "x"', "client 'x': client_id:"),
        ("*.example", "client 'spa': redirect_uris: The address names one host"),
        ("contacts", "client 'spa': metadata: A list of texts"),
        ("contacts", "client 'spa': metadata: it is a field of the app itself"),
        ("[[client]]", "'client' is not a section; did you mean 'clients'?"),
    ]
    check_problems(manifest, lines, expected)
    assert "15: api 'https://api.example.com': permission 'articles.read' is there twice" in lines
    staff = line_of(WRONG, '"staff"')
    assert f"{staff + 4}: group 'staff' stands in line {staff} already" in lines
    assert f"{staff + 6}: 'name' is missing" in lines
    assert snapshot() == before


def test_what_is_wrong_with_entries_of_right_form_is_named_too(manifest):
    text = WRONG.replace(", titel =", ", title =").replace('grant_type = ["authorization_code"]\n', "")
    text = text.replace('client_id = "x"', 'client_id = "xyz"').replace(', "https://*.example.com/"', "")
    text = text.replace('metadata = { contacts = "me", redirect_uris = ["https://spa.example.com/"] }\n', "")
    expected = [
        ('identifier = "articles"', "identifier: The identifier of an API is an absolute address"),
        ("access_token_lifetime", "api 'articles': access_token_lifetime: A lifetime is between"),
        ("openid", "api 'articles': permissions: That name is a standard scope"),
        ("a b", "api 'articles': permissions: Names are"),
        ('title = "Read"', "api 'articles': permission 'read' is there twice"),
        ("http://shop", "client 'shop': redirect_uris: The address must begin with https://"),
        ("#here", "client 'shop': redirect_uris: Addresses that people return to have no fragment"),
        ('= "none"', "client 'xyz': token_endpoint_auth_method: An app of this kind needs a secret or keys."),
        ("client_credentials", "client 'xyz': grant_types: An app without a secret cannot act in its own name."),
        ("example.org", "client 'spa': allowed_apis: there is no API 'https://api.example.org'"),
    ]
    check_problems(manifest, manifest.write(text).refused(), expected)


def test_unknown_names_of_an_app_are_named(manifest):
    manifest.write(
        WHOLE, ('"profile", "articles.read"]', '"profil", "articles.reed"]'), ('["editor"]\nmeta', '["editr"]\nmeta')
    )
    assert manifest.refused() == [
        "27: client 'shop': scopes: there is no scope 'articles.reed'; did you mean 'articles.read'?",
        "27: client 'shop': scopes: there is no scope 'profil'; did you mean 'profile'?",
        "29: client 'shop': allowed_roles: there is no role 'editr'; did you mean 'editor'?",
    ]


def test_a_name_that_goes_with_this_file_cannot_be_used_any_more(manifest):
    manifest.write(WHOLE).apply()
    manifest.write('[[groups]]\nname = "staff"\nroles = ["editor"]\n')
    assert manifest.refused() == ["3: group 'staff': there is no role 'editor'; did you mean 'auditor'?"]


def test_a_name_that_leads_nowhere_already_may_stay(manifest, command_line):
    command_line.json(
        client, "add", "--name", "Old", "--client-id", "old", "--redirect-uri", "https://o.example/", "--role", "gone",
        "--api", "https://gone.example", "--scope", "openid gone.read",
    )  # fmt: skip
    assert manifest.write(manifest.exported()).plan()["changes"] == []


def test_our_own_api_has_one_entry_by_whichever_name(manifest):
    manifest.write('[[apis]]\nidentifier = "idp"\n[[apis]]\nidentifier = "https://id.example.com/api/v1"\n')
    assert manifest.refused() == [
        "4: api 'https://id.example.com/api/v1': it is described already as 'idp'",
    ]
    manifest.write('[[apis]]\nidentifier = "idp"\npermissions = []\n')
    assert "3: api 'idp': comes with the house" in manifest.refused()[0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[roles]]\nname = "a\n', "2: this is not TOML: illegal character"),
        ("[[roles]]\nname = 'a'\nname = 'b'\n", "3: this is not TOML: cannot overwrite a value"),
        ("roles = 3\n", "1: 'roles': a list is wanted"),
        ("roles = [3]\n", "1: 'roles': a table is wanted"),
        ("a = " + "[" * 5000, "this is n"),
    ],
)
def test_what_is_no_manifest_is_refused(manifest, text, says):
    lines = manifest.write(text).refused()
    assert any(line.startswith(says) or says in line for line in lines), lines


def test_what_is_no_text_is_refused(manifest):
    manifest.path.write_bytes(b"\xff\xfe\x00")
    assert manifest.refused() == ["1: this is not text in UTF-8"]


def test_programs_get_the_problems_as_data(manifest, command_line):
    manifest.write('[[roles]]\nnam = "x"\n')
    result = command_line.run(plan, manifest.path, "--json")
    assert result.exit_code == CONFIG
    assert '"ok": false' in result.stdout
    assert '"line": 2' in result.stdout


def test_lines_are_found_in_every_form_toml_has():
    text = '''# a comment with [brackets] and "quotes"
title.sub = 1
"quoted key" = """text
with "quotes" and [brackets]"""""
[[a.b]]
x = { y = [1, # one
  { z = 'it''s' } ], w = 2024-01-01T00:00:00Z }
[[a.b]]
[a.b.c]
'd.e' = \'\'\'
raw # no comment
\'\'\'
f = [[1, 2],
  [3,
   4]]
'''
    text = text.replace("'it''s'", "'its'")
    lines = Lines(text)
    for path, line in {
        ("title", "sub"): 2, ("quoted key",): 3, ("a", "b", 0): 5, ("a", "b", 0, "x", "y", 1, "z"): 7,
        ("a", "b", 0, "x", "w"): 7, ("a", "b", 1): 8, ("a", "b", 1, "c"): 9, ("a", "b", 1, "c", "d.e"): 10,
        ("a", "b", 1, "c", "f", 0, 1): 13, ("a", "b", 1, "c", "f", 1, 1): 15, ("a", "b", 1, "nothing"): 8, ("no",): 1,
    }.items():  # fmt: skip
        assert lines.of(path) == line, path
