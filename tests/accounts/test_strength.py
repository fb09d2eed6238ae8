"""New passwords: long, not common, not about oneself; no rule about kinds of characters."""

import time

import pytest

from idp.accounts.credentials.strength import check_new_password
from idp.accounts.errors import UnfitPassword
from idp.core.settings import settings

ABOUT = ["alice.baker@example.com", "Alice Baker"]


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple", "all lowercase words and nothing else", "ümlaute sind völlig in ordnung", "我们今天去看大海和远山的日落吧朋友们",
        "🐎🔋📎🧊🦆🥨🪁🧶🛶🪗🧿🫐🥕🪴🦔", "k7#mQ2!vX9$zR4&p", "a" * 40 + " but this part is quite unrelated", "acme makes lovely rockets and bridges",
        "x" + "\x00" + "mitten quilt harbor lantern",
    ],
)  # fmt: skip
def test_lg09_a_good_password_passes_whatever_it_is_made_of(context, password):
    check_new_password(password, about=ABOUT)


@pytest.mark.parametrize(
    "password",
    [
        "", "short", "14 characters!", "passwordpassword", "password1234567", "qwertyuiopasdfgh", "123456789012345", "aaaaaaaaaaaaaaaaaaaa", "abcabcabcabcabcabc",
        "1qaz2wsx3edc4rfv", "alice.baker@example.com", "alicebaker1987!", "Alice Baker 2024", "acmeidacmeidacme", "Acme ID Acme ID", "id.example.com!1",
        "P@$$w0rd!P@$$w0rd!", "iloveyouiloveyou", "19870317198703171987", "                    ",
    ],
)  # fmt: skip
def test_lg09_a_common_or_personal_password_is_refused_with_advice(context, password):
    with pytest.raises(UnfitPassword) as refused:
        check_new_password(password, about=ABOUT)
    assert refused.value.field == "new_password"
    assert str(refused.value.public).endswith(".")
    assert not password.strip() or password not in str(refused.value.public)


def test_lg09_fifteen_characters_alone_and_eight_with_a_second_step(context):
    fourteen, fifteen, eight = "mW4kRt9xQz7bVn", "mW4kRt9xQz7bVnL", "mW4kRt9x"
    check_new_password(fifteen)
    with pytest.raises(UnfitPassword):
        check_new_password(fourteen)
    check_new_password(eight, has_second_step=True)
    with pytest.raises(UnfitPassword):
        check_new_password(eight[:7], has_second_step=True)


@pytest.mark.parametrize(
    "password", ["12345678", "password", "iloveyou1", "princess", "sunshine", "football1", "baseball"]
)
def test_lg09_the_most_common_passwords_are_refused_with_a_second_step_too(context, password):
    with pytest.raises(UnfitPassword):
        check_new_password(password, has_second_step=True)


def test_lg09_length_is_counted_in_one_unicode_form(context):
    decomposed = "e\u0301" * 8
    with pytest.raises(UnfitPassword):
        check_new_password(decomposed)


def test_lg10_a_password_of_a_megabyte_is_refused_at_once(context):
    started = time.process_time()
    with pytest.raises(UnfitPassword):
        check_new_password("x1Y!" * 250_000)
    assert time.process_time() - started < 0.1


def test_lg10_the_longest_password_taken_is_judged_quickly(context):
    started = time.process_time()
    check_new_password(("4@8({[<369&#!1/|\\0$5+7%2" * 50)[: settings().passwords.maximum_bytes])
    assert time.process_time() - started < 1
