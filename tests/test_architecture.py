"""The house stays in order: imports point down, HTTP stays at the edge, Authlib behind its seams."""

import ast
import pathlib
import re

import pytest

IDP = pathlib.Path(__file__).parent.parent / "idp"
LAYERS = [
    {"core"},
    {"audit", "feed", "limits", "observe", "i18n"},
    {"outbox", "keyring", "stored_settings", "brand", "rollups", "jobs"},
    {"mail", "access", "clients", "audit_files", "audit_purge", "sealing"},
    {"accounts", "webhooks"},
    {"sessions", "api_keys"},
    {"authn"},
    {"oauth"},
    {"portal"},
    {"operate"},
    {"manifest"},
    {"admin", "api", "gallery"},
    {"cli"},
]
RANK = {name: rank for rank, row in enumerate(LAYERS) for name in row}
OUTSIDE = {"demo", "resource"}
HTTP_NAMES = {"request", "session", "make_response", "redirect", "render_template", "abort", "Response"}
HTTP_FILES = {"views.py", "http.py", "request.py"}
HTTP_FOLDERS = {"admin", "api", "demo", "resource", "gallery"}
FILES = sorted(path for path in IDP.rglob("*.py") if "__pycache__" not in path.parts)


def own_slice(path):
    return path.relative_to(IDP).parts[0].removesuffix(".py")


def imports(path):
    """Yield (module, names) of every import of a file, inside functions too, relative ones made absolute."""
    package = ["idp", *path.relative_to(IDP).parent.parts]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((alias.name, set()) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level:
                base = package[: len(package) - node.level + 1]
                module = ".".join([*base, module]).rstrip(".")
            yield module, {alias.name for alias in node.names}


def slices_used(path):
    used = set()
    for module, names in imports(path):
        parts = module.split(".")
        if parts == ["idp"]:
            used |= names & RANK.keys()
        elif parts[0] == "idp" and parts[1] in RANK | dict.fromkeys(OUTSIDE):
            used.add(parts[1])
    return used


def offences(path):
    own = own_slice(path)
    if own in OUTSIDE:
        return {other for other in slices_used(path) if other not in {own, "resource"}}
    return {other for other in slices_used(path) if other != own and RANK.get(other, 99) >= RANK[own]}


@pytest.mark.parametrize("path", [f for f in FILES if f.parent != IDP or f.name == "cli.py"], ids=str)
def test_slice_imports_only_from_lower_layers(path):
    assert not offences(path)


@pytest.mark.parametrize("path", FILES, ids=str)
def test_only_views_touch_the_http_request(path):
    taken = {name for module, names in imports(path) if module == "flask" for name in names & (HTTP_NAMES | {"*"})}
    at_the_edge = path.name in HTTP_FILES or own_slice(path) in HTTP_FOLDERS or "http" in path.parts
    assert not taken or at_the_edge


@pytest.mark.parametrize("path", FILES, ids=str)
def test_authlib_is_used_only_by_the_protocol(path):
    users = {module for module, _names in imports(path) if module.split(".")[0] == "authlib"}
    allowed = own_slice(path) in {"oauth", "demo"} or path == IDP / "clients" / "metadata" / "rules.py"
    allowed = allowed or path.is_relative_to(IDP / "operate")
    assert not users or allowed


@pytest.mark.parametrize("path", FILES, ids=str)
def test_files_stay_short_enough_to_see_whole(path):
    assert len(path.read_text().splitlines()) <= 300
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno - node.lineno <= 50, f"{path}:{node.lineno} {node.name}"


@pytest.mark.parametrize("path", [f for f in FILES if f.name == "__init__.py"], ids=str)
def test_every_package_says_what_it_owns(path):
    assert ast.get_docstring(ast.parse(path.read_text()))


@pytest.mark.parametrize(
    ("file", "line", "found"),
    [
        ("accounts/service.py", "from idp.sessions import service", {"sessions"}),
        ("accounts/service.py", "def f():\n    from idp.oauth import x", {"oauth"}),
        ("accounts/service.py", "from ..authn import flow", {"authn"}),
        ("accounts/service.py", "from idp import sessions", {"sessions"}),
        ("clients/service.py", "from idp.access import service", {"access"}),
        ("oauth/views.py", "from idp.accounts import service", set()),
        ("demo/app.py", "from idp.core import clock", {"core"}),
    ],
)
def test_the_import_test_sees_a_planted_violation(tmp_path, monkeypatch, file, line, found):
    monkeypatch.setattr("tests.test_architecture.IDP", tmp_path)
    path = tmp_path / file
    path.parent.mkdir(parents=True)
    path.write_text(line)
    assert offences(path) == found


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/explanation/architecture.md"])
def test_the_map_that_people_read_is_the_one_that_is_kept(page):
    [plan] = [block for block in (IDP.parent / page).read_text().split("```") if "cli on top of all" in block]
    rows = [set(re.split(r" {3,}", line)[0].split()) for line in plan.strip().splitlines()]
    assert [*reversed(rows), {"cli"}] == LAYERS
