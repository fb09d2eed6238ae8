"""Relying parties that none of us wrote sign a person in, refresh and sign out, knowing only issuer, id and secret.

The checks of the tokens are theirs: signature, iss, aud, exp, nonce and at_hash are refused by the libraries.
"""

from tests.interop.conftest import EMAIL, PASSWORD, SCOPE


def test_the_library_accepts_the_tokens_of_a_sign_in(relying_party, person, provider):
    answer = person.sign_in_at_the_app(relying_party, EMAIL, PASSWORD)
    assert "error" not in answer, answer
    assert answer["claims"]["iss"] == provider.issuer
    assert answer["claims"]["aud"] in (relying_party.client_id, [relying_party.client_id])
    assert set(answer["scope"].split()) == set(SCOPE.split())


def test_userinfo_tells_the_library_who_signed_in(relying_party, person):
    claims = person.sign_in_at_the_app(relying_party, EMAIL, PASSWORD)["claims"]
    person.get(relying_party.url + "/userinfo")
    assert person.answer["sub"] == claims["sub"]
    assert person.answer["email"] == EMAIL
    assert person.answer["email_verified"] is True
    assert person.answer["name"] == "Alice Baker"


def test_refresh_gives_new_tokens_for_the_same_sign_in(relying_party, person):
    before = person.sign_in_at_the_app(relying_party, EMAIL, PASSWORD)["claims"]
    person.get(relying_party.url + "/refresh")
    after = person.answer["claims"]
    assert person.answer["rotated"] is True
    assert [after[name] for name in ("sub", "auth_time", "sid")] == [
        before[name] for name in ("sub", "auth_time", "sid")
    ]
    person.get(relying_party.url + "/userinfo")
    assert person.answer["sub"] == before["sub"]


def test_a_person_who_refuses_goes_back_with_access_denied(relying_party, person):
    answer = person.sign_in_at_the_app(relying_party, EMAIL, PASSWORD, decision="deny")
    assert answer["error"] == "access_denied"


def test_after_sign_out_the_person_is_asked_for_the_password_again(relying_party, person):
    person.sign_in_at_the_app(relying_party, EMAIL, PASSWORD)
    assert person.sign_out_at_the_app(relying_party) == {"signed_out": True}
    person.get(relying_party.url + "/login")
    assert person.path == "/login"
    assert person.url.startswith(person.issuer)
