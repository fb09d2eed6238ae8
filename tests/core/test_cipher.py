"""Sealed values open only at their place, with their key."""

import pytest

from idp.core.cipher import CipherError, Keychain, create_first_key


def test_a_value_moved_to_another_row_does_not_open(context):
    chain = Keychain({1: b"k" * 32})
    sealed = chain.seal(b"seed", bound_to="users:seed:1")
    assert chain.unseal(sealed, bound_to="users:seed:1") == b"seed"
    with pytest.raises(CipherError):
        chain.unseal(sealed, bound_to="users:seed:2")


def test_an_edited_value_does_not_open():
    chain = Keychain({1: b"k" * 32})
    sealed = chain.seal(b"seed", bound_to="x")
    for edited in (sealed[:-5] + "AAAA=", "v2" + sealed[2:], "", "v1.0001", sealed.replace(".0001.", ".0009.")):
        with pytest.raises(CipherError):
            chain.unseal(edited, bound_to="x")


def test_au07_old_values_open_after_a_new_key_and_not_without_the_old():
    old = Keychain({1: b"a" * 32})
    both = Keychain({1: b"a" * 32, 2: b"b" * 32})
    sealed = old.seal(b"seed", bound_to="x")
    assert both.unseal(sealed, bound_to="x") == b"seed"
    assert both.seal(b"seed", bound_to="x").startswith("v1.0002.")
    assert both.derive("csrf") == old.derive("csrf")
    with pytest.raises(CipherError):
        Keychain({2: b"b" * 32}).unseal(sealed, bound_to="x")


def test_f17_a_folder_without_a_key_is_refused(tmp_path):
    with pytest.raises(CipherError, match="idp init"):
        Keychain.load(tmp_path)


def test_f17_a_key_that_others_can_read_is_refused(tmp_path):
    assert create_first_key(tmp_path)
    assert not create_first_key(tmp_path)
    Keychain.load(tmp_path)
    (tmp_path / "kek-0001.key").chmod(0o644)
    with pytest.raises(CipherError, match="chmod"):
        Keychain.load(tmp_path)


@pytest.mark.parametrize("content", ["", "short", "!!!!"])
def test_f17_a_key_file_with_something_else_in_it_is_refused(tmp_path, content):
    create_first_key(tmp_path)
    (tmp_path / "kek-0001.key").write_text(content)
    with pytest.raises(CipherError):
        Keychain.load(tmp_path)
