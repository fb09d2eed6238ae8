"""The tools of the console: a token looked into and ended."""

from idp.oauth.token_cli import token as token_command
from tests.actors import Browser

OWNER = "owner@example.com"


def test_a_token_is_explained_and_ended_and_never_shown_again(app, factory, arrange, rp, browser, command_line):
    factory.user(OWNER, roles=("owner",))
    user_id = factory.user("alice@example.com")
    tokens = arrange.tokens(rp, user_id)
    operator = Browser(app)
    operator.sign_in(OWNER)

    def look(value):
        operator.get("/admin/tools")
        operator.submit("token", token=value)
        assert operator.status == 200
        return operator.text.split("<main")[1]

    said = look(tokens["access_token"])
    assert "Signed by a key of ours." in said
    assert ">active<" in said
    assert user_id in said
    assert tokens["access_token"] not in said
    assert operator.response.headers["Cache-Control"].startswith("no-store")
    assert ">active<" in look(tokens["refresh_token"])
    assert "neither active nor revoked" in look(tokens["id_token"])
    for bad in ("x", "a.b.c", "", "x" * 40_000, tokens["access_token"][:-3] + "abc"):
        assert ">active<" not in look(bad)
    inspected = command_line.json(token_command, "inspect", "-", stdin=tokens["access_token"])
    assert inspected["active"] is True
    look(tokens["access_token"])
    operator.press("/revoke")
    assert ">active<" not in look(tokens["access_token"])
    assert command_line.run(token_command, "inspect", "-", stdin=tokens["access_token"]).exit_code == 1
    assert rp.introspect(tokens["access_token"]) == {"active": False}
