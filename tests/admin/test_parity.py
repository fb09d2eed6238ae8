"""What the console does, the command line and the Admin API do: one table, in which no act of the console is missing.

Where an API route is missing on purpose, the table says why in words.
"""

import click
import pytest

from idp.admin.routes import ROUTES
from idp.api.routes import ROUTES as API
from idp.cli import main

SEVERAL = "one request for each of them"
DRAWN = "it only draws a page; nothing is done"
TABLE = {
    "add_api_key": ("api-key add", "POST /api-keys"),
    "revoke_api_key": ("api-key revoke", "DELETE /api-keys/<key_id>"),
    "create_api": ("api add", "POST /apis"),
    "save_api": ("api edit", "PATCH /apis/<api_id>"),
    "add_permission": ("api permission add", "POST /apis/<api_id>/permissions"),
    "remove_permission": ("api permission remove", "DELETE /apis/<api_id>/permissions/<permission_id>"),
    "delete_api": ("api delete", "DELETE /apis/<api_id>"),
    "create_client": ("client add", "POST /clients"),
    "save_client": ("client edit", "PATCH /clients/<client_id>"),
    "step_client": ("client duplicate", DRAWN),
    "review_metadata": ("client add", DRAWN),
    "fetch_metadata": ("client add", "a program fetches the metadata itself and sends its fields"),
    "create_client_from_metadata": ("client add", "POST /clients"),
    "add_secret": ("client secret add", "POST /clients/<client_id>/secrets"),
    "remove_secret": ("client secret remove", "DELETE /clients/<client_id>/secrets/<secret_id>"),
    "disable_client": ("client disable", "POST /clients/<client_id>/disable"),
    "enable_client": ("client enable", "POST /clients/<client_id>/enable"),
    "delete_client": ("client delete", "DELETE /clients/<client_id>"),
    "retry_delivery": ("client logouts retry", "POST /logout-deliveries/<delivery_id>/retry"),
    "create_group": ("group add", "POST /groups"),
    "save_group": ("group edit", "PATCH /groups/<group_id>"),
    "add_member": ("group join", "PUT /groups/<group_id>/members/<user_id>"),
    "remove_member": ("group leave", "DELETE /groups/<group_id>/members/<user_id>"),
    "give_group_role": ("group grant", "PUT /groups/<group_id>/roles/<role_id>"),
    "take_group_role": ("group revoke", "DELETE /groups/<group_id>/roles/<role_id>"),
    "delete_group": ("group delete", "DELETE /groups/<group_id>"),
    "next_key": ("key next", "POST /keys/next"),
    "import_key": ("key import", "POST /keys/import"),
    "promote_key": ("key promote", "POST /keys/promote"),
    "retire_key": ("key retire", "POST /keys/<kid>/retire"),
    "emergency": ("key rotate", "POST /keys/emergency"),
    "invite_user": ("user invite", "POST /users"),
    "save_user": ("user edit", "PATCH /users/<user_id>"),
    "disable_user": ("user disable", "POST /users/<user_id>/disable"),
    "undo_disable_user": ("user enable", "POST /users/<user_id>/enable"),
    "enable_user": ("user enable", "POST /users/<user_id>/enable"),
    "verify_user": ("user verify", "POST /users/<user_id>/verify"),
    "unlock_user": ("user unlock", "POST /users/<user_id>/unlock"),
    "invite_again": ("user invite-again", "POST /users/<user_id>/invite-again"),
    "mail_reset": ("user reset-password", "POST /users/<user_id>/reset-password"),
    "show_reset_link": ("user reset-password", "POST /users/<user_id>/reset-link"),
    "download_data": ("user data", "everything about a person is handed over by somebody, not fetched by a program"),
    "sign_out_user": ("user sessions revoke", "POST /users/<user_id>/sign-out"),
    "remove_second_step": ("user mfa reset", "POST /users/<user_id>/remove-second-step"),
    "give_role": ("role grant", "PUT /users/<user_id>/roles/<role_id>"),
    "take_role": ("role revoke", "DELETE /users/<user_id>/roles/<role_id>"),
    "undo_take_role": ("role grant", "PUT /users/<user_id>/roles/<role_id>"),
    "delete_user": ("user delete", "DELETE /users/<user_id>"),
    "keep_user": ("user keep", "POST /users/<user_id>/keep"),
    "review_bulk": ("user list", DRAWN),
    "disable_users": ("user disable", SEVERAL),
    "give_role_to_users": ("role grant", SEVERAL),
    "hand_in_people": ("import users", "POST /imports"),
    "start_import": ("import users", "POST /imports/<import_id>/start"),
    "cancel_import": ("import cancel", "POST /imports/<import_id>/cancel"),
    "export_people": ("export users", "GET /users"),
    "export_chosen": ("export users", SEVERAL),
    "give_role_here": ("role grant", "PUT /users/<user_id>/roles/<role_id>"),
    "save_permission": ("api permission edit", "PATCH /apis/<api_id>/permissions/<permission_id>"),
    "create_role": ("role add", "POST /roles"),
    "save_role": ("role edit", "PATCH /roles/<role_id>"),
    "require_second_step_of_role": ("role edit", "PATCH /roles/<role_id>"),
    "review_includes": ("role show", DRAWN),
    "save_includes": ("role edit", "PATCH /roles/<role_id>"),
    "delete_role": ("role delete", "DELETE /roles/<role_id>"),
    "review_matrix": ("role matrix", DRAWN),
    "save_matrix": ("role permission add", "PUT /roles/<role_id>/permissions/<permission_id>"),
    "review_sessions": ("user sessions list", DRAWN),
    "end_sessions": ("user sessions revoke", SEVERAL),
    "end_session": ("user sessions revoke", "DELETE /sessions/<session_id>"),
    "revoke_family": ("token family revoke", "DELETE /grants/<grant_id>"),
    "revoke_all": ("user sessions revoke-all", "POST /sessions/end-all"),
    "set_house_logo": ("config logo set", "PUT /brand/logos/<scheme>"),
    "remove_house_logo": ("config logo remove", "DELETE /brand/logos/<scheme>"),
    "set_client_logo": ("client logo set", "PUT /clients/<client_id>/logo"),
    "fetch_client_logo": ("client logo fetch", "a program fetches the picture itself, and sends it"),
    "remove_client_logo": ("client logo remove", "DELETE /clients/<client_id>/logo"),
    "save_settings": ("config set", "PATCH /settings/<name>"),
    "reset_setting": ("config reset", "DELETE /settings/<name>"),
    "send_test_mail": ("config test-mail", "the mail goes to who asks, and a program has no mailbox"),
    "try_mail_server": ("config test-mail", "POST /settings/mail/try"),
    "reseal": ("key reseal", "who adds a key file is at the machine"),
    "ask_doctor": ("doctor", "it asks other servers, which a program does from where it runs"),
    "plan_manifest": ("plan", "a manifest is compared where its secrets are"),
    "inspect_token": ("token inspect", "apps ask /oauth/introspect"),
    "revoke_token": ("token family revoke", "DELETE /grants/<grant_id>"),
    "create_webhook": ("webhook add", "POST /webhooks"),
    "save_webhook": ("webhook edit", "PATCH /webhooks/<webhook_id>"),
    "rotate_webhook_secret": ("webhook secret", "POST /webhooks/<webhook_id>/secret"),
    "test_webhook": ("webhook test", "POST /webhooks/<webhook_id>/test"),
    "disable_webhook": ("webhook disable", "POST /webhooks/<webhook_id>/disable"),
    "enable_webhook": ("webhook enable", "POST /webhooks/<webhook_id>/enable"),
    "delete_webhook": ("webhook delete", "DELETE /webhooks/<webhook_id>"),
    "save_access": ("client edit", "PATCH /clients/<client_id>"),
    "save_keys": ("client edit", "the change of an app, which asks for admin.clients.secrets where it changes keys"),
    "require_pkce": ("client edit", "PATCH /clients/<client_id>"),
    "fetch_client_keys": ("client show", DRAWN),
    "begin_trial": ("try", "a trial walks through pages, and a program tries by being an app"),
    "ask_again": ("try", DRAWN),
    "check_configuration": ("client check", DRAWN),
    "put_away_first_steps": ("doctor", "a hint on one's own first page"),
    "revoke_client_grant": ("token family revoke", "DELETE /grants/<grant_id>"),
    "end_session_of_user": ("user sessions revoke", "DELETE /sessions/<session_id>"),
    "withdraw_consent_of_user": ("user consent revoke", "DELETE /users/<user_id>/consents/<client_id>"),
    "purge_audit": ("audit purge", "POST /audit/purge"),
    "redeliver": ("webhook redeliver", "POST /webhooks/<webhook_id>/deliveries/<delivery_id>/redeliver"),
}
"""Of each act of the console: the words of its command, and its request of the API or why there is none."""
MORE = {"token family revoke-all": "POST /clients/<client_id>/revoke-grants", "user lock": "POST /users/<user_id>/lock"}
"""What the console does on a page that does several things, or not at all."""
READ_AND_SHOWN = (
    "api-key list", "api list", "api show", "audit list", "audit show", "client list", "client show",
    "client secret list", "client logo show", "config logo show", "client logouts list", "config show", "group list", "group show", "import list", "key list",
    "api permission people", "audit verify", "role list", "role show", "role matrix", "token preview", "token family list", "user list", "user show",
    "user sessions list", "user mfa list", "user consent list", "webhook list", "webhook show", "webhook deliveries",
)  # fmt: skip
METHODS = ("GET ", "POST ", "PUT ", "PATCH ", "DELETE ")
COMMANDS = sorted({words for words, _route in TABLE.values()} | MORE.keys() | set(READ_AND_SHOWN))


def find(words):
    """A command and the group it is in."""
    context, command, group = click.Context(main, info_name="idp"), main, None
    for word in words.split():
        group, command = command, command.get_command(context, word)
        assert command is not None, f"there is no command idp {words}"
    return command, group


def test_no_act_of_the_console_is_missing_from_the_table():
    acts = {route.endpoint for route in ROUTES if route.method == "POST"}
    assert acts == TABLE.keys()


@pytest.mark.parametrize("words", COMMANDS)
def test_the_command_is_there_answers_programs_and_gives_examples(words):
    command, group = find(words)
    assert any("--json" in parameter.opts for parameter in command.params), words
    helps = (command.help or "") + (group.help or "")
    assert "Example" in helps, words
    assert "idp " + words.split()[0] in helps or "idp " + words.rpartition(" ")[0] in helps, words
    assert command.get_short_help_str()


def test_the_requests_of_the_api_are_there_with_the_same_permission_and_event():
    by_name = {f"{route.method} {route.rule}": route for route in API}
    acts = {route.endpoint: route for route in ROUTES if route.method == "POST"}
    for endpoint, (_words, request) in TABLE.items():
        if not request.startswith(METHODS):
            continue
        assert request in by_name, request
        ours, theirs = acts[endpoint], by_name[request]
        if theirs.method == "GET":
            continue
        assert theirs.permission == ours.permission, endpoint
        assert theirs.event == ours.event, endpoint
    assert set(MORE.values()) <= by_name.keys()


def test_every_write_of_the_api_is_a_command_too():
    known = {request for _words, request in TABLE.values()} | set(MORE.values())
    left = {f"{route.method} {route.rule}" for route in API if route.method != "GET"} - known
    assert left == {
        "DELETE /roles/<role_id>/permissions/<permission_id>",  # idp role permission remove
    }
    find("role permission remove")
