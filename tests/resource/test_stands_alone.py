"""The kit needs nothing of the server: an API installs it with joserfc and httpx."""

import subprocess
import sys

PROGRAM = """
import sys

for name in {blocked}:
    sys.modules[name] = None
{then}
ours = sorted(name for name in sys.modules if name == "idp" or name.startswith("idp.") and "resource" not in name)
print(ours)
"""
SERVER = [
    "authlib", "sqlalchemy", "flask_sqlalchemy", "flask_login", "flask_babel", "pydantic", "pydantic_settings", "redis",
    "wtforms", "orjson", "granian", "click", "requests", "webauthn", "psycopg", "argon2", "bcrypt", "PIL",
]  # fmt: skip


def run(blocked, then):
    program = PROGRAM.format(blocked=blocked, then=then)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_kit_is_imported_without_the_server_and_without_flask():
    then = "import idp.resource, idp.resource.wsgi, idp.resource.asgi\nidp.resource.Verifier('https://a.example', 'b')"
    assert run([*SERVER, "flask", "werkzeug"], then) == "['idp']"


def test_its_part_for_flask_needs_flask_and_nothing_else_of_the_server():
    # Flask's own command line is built on click, so that one may come in.
    blocked = [name for name in SERVER if name != "click"]
    assert run(blocked, "import idp.resource.flask") == "['idp']"
