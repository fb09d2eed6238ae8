"""WB-02: what is shown to be pasted into a shell does nothing there but what it says."""

import subprocess

import pytest

from idp.clients import service as clients
from idp.clients.snippets import SNIPPETS, snippet

TRAPS = ["$(touch${IFS}trap)", "`touch${IFS}trap`", "a;touch${IFS}trap", "a&touch${IFS}trap"]
ADDRESS = "https://rp.example.com/cb?a=$(touch$IFS'trap')&b;c"
KINDS = {"web": {"redirect_uris": [ADDRESS]}, "machine": {}, "device": {}, "api": {}}
SHELL = {"curl", "docker", "env", "device", "machine", "api"}


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in KINDS for name in SNIPPETS[kind] if name in SHELL])
def test_wb02_a_snippet_runs_nothing_of_an_apps_values(context, tmp_path, kind, name):
    """Who may add apps chooses scopes and addresses; who pastes the lines is somebody else."""
    scopes = [] if kind == "api" else TRAPS
    row, _secret = clients.create_client(name="Trap", type=kind, scopes=scopes, **KINDS[kind])
    text = "curl() { :; }\ndocker() { :; }\nset -f\n" + snippet(row, name)
    if name == "env":
        text += '\nprintf %s "$OIDC_SCOPE|$OIDC_REDIRECT_URI"'
    done = subprocess.run(["bash", "-c", text], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=20)
    assert list(tmp_path.iterdir()) == []
    assert done.stderr == ""
    if name == "env":
        assert done.stdout == f"{' '.join(row.scopes)}|{row.redirect_uris[0] if row.redirect_uris else ''}"
