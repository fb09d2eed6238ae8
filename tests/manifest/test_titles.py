"""What consent says in other languages stands in a manifest with its permission."""

from idp.access import catalogue

TEXT = """\
[[apis]]
identifier = "https://api.example.com"
name = "Articles"
permissions = [
  { name = "articles.read", title = "Read articles", titles = { de = "Artikel lesen", ar = "قراءة المقالات" } },
  { name = "articles.write" },
]
"""


def test_languages_come_true_change_and_go(manifest, app):
    manifest.write(TEXT).apply()
    assert manifest.plan()["changes"] == []
    exported = manifest.exported()
    assert 'titles = { ar = "قراءة المقالات", de = "Artikel lesen" }' in exported
    manifest.write(exported)
    assert manifest.plan()["changes"] == []
    manifest.write(TEXT, ('de = "Artikel lesen", ', "")).apply()
    with app.app_context():
        assert set(catalogue.get_permission("https://api.example.com", "articles.read").titles) == {"ar"}
    manifest.write(TEXT, (', titles = { de = "Artikel lesen", ar = "قراءة المقالات" }', "")).apply()
    with app.app_context():
        assert catalogue.get_permission("https://api.example.com", "articles.read").titles == {}


def test_a_language_that_pages_do_not_have_is_named_with_its_line(manifest):
    manifest.write(TEXT, ("de = ", "xx = "))
    assert any("none of the languages" in line for line in manifest.refused())
