"""Hashes: nothing is cut, foreign ones are renewed, and no more than a few are made at a time."""

import hashlib
import threading
import time

import bcrypt
import pytest
from argon2 import PasswordHasher
from sqlalchemy import update

from idp.accounts.credentials import passwords
from idp.accounts.errors import TooBusy
from idp.accounts.models import User
from idp.accounts.service import get_user
from idp.core.db import transaction
from tests.factories import PASSWORD

PBKDF2 = hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), b"saltsalt", 1000)
SCRYPT = hashlib.scrypt(PASSWORD.encode(), salt=b"saltsalt", n=1024, r=8, p=1, dklen=32)


def b64(raw):
    import base64

    return base64.b64encode(raw).decode().rstrip("=")


FOREIGN = {
    "bcrypt": bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode(),
    "bcrypt of php": bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode().replace("$2b$", "$2y$"),
    "argon2id": PasswordHasher(time_cost=1, memory_cost=1024).hash(PASSWORD),
    "pbkdf2 of passlib": f"$pbkdf2-sha256$1000${b64(b'saltsalt').replace('+', '.')}${b64(PBKDF2).replace('+', '.')}",
    "pbkdf2 of django": f"pbkdf2_sha256$1000$saltsalt${b64(PBKDF2)}=",
    "pbkdf2 of werkzeug": f"pbkdf2:sha256:1000$saltsalt${PBKDF2.hex()}",
    "scrypt of passlib": f"$scrypt$ln=10,r=8,p=1${b64(b'saltsalt')}${b64(SCRYPT)}",
    "scrypt of werkzeug": f"scrypt:1024:8:1$saltsalt${SCRYPT.hex()}",
}


@pytest.mark.parametrize("stored", FOREIGN.values(), ids=FOREIGN.keys())
def test_a_foreign_hash_is_verified_and_renewed(context, factory, stored):
    user_id = factory.user()
    with transaction() as session:
        session.execute(update(User).where(User.id == user_id).values(password_hash=stored))
    assert not passwords.check_password(get_user(user_id), PASSWORD + "x")
    assert get_user(user_id).password_hash == stored
    assert passwords.check_password(get_user(user_id), PASSWORD)
    assert get_user(user_id).password_hash.startswith("$idp1$2b$04$")
    assert passwords.check_password(get_user(user_id), PASSWORD)


@pytest.mark.parametrize(
    "stored",
    [
        "", "plain text", "$2b$31$" + "a" * 53, "$2b$12$short", "$argon2id$v=19$m=99999999,t=99,p=1$c2FsdHNhbHQ$aGFzaA", "$argon2id$nonsense",
        "$pbkdf2-sha256$99999999$c2FsdA$aGFzaA", "$pbkdf2-sha256$0$c2FsdA$aGFzaA", "$pbkdf2-sha256$1000$!!$aGFzaA", "pbkdf2_sha256$1000$salt$",
        "$scrypt$ln=40,r=8,p=1$c2FsdA$aGFzaA", "$scrypt$ln=10,r=999,p=99$c2FsdA$aGFzaA", "scrypt:1000:8:1$salt$aabb", "scrypt:0:0:0$salt$aabb",
        "pbkdf2:sha256:1000$salt$zz", "$idp1", "$idp1$2b$04$short", "$idp1$argon2id$nonsense", "$idp1plain", "md5$abc",
    ],
)  # fmt: skip
def test_a_broken_or_costly_hash_fits_no_password(context, stored):
    started = time.process_time()
    assert not passwords.verify(stored, PASSWORD)
    assert time.process_time() - started < 0.5


def test_a_hash_of_another_cost_or_algorithm_is_renewed(make_app, factory):
    user_id = factory.user()
    for changes, start in (({"bcrypt_cost": 5}, "$idp1$2b$05$"), ({"algorithm": "argon2id"}, "$idp1$argon2id$")):
        app = make_app(passwords=changes)
        with app.app_context():
            assert passwords.check_password(get_user(user_id), PASSWORD)
            assert get_user(user_id).password_hash.startswith(start)
            assert not passwords.needs_renewal(get_user(user_id).password_hash)
            assert not passwords.check_password(get_user(user_id), "wrong " + PASSWORD)


def test_a_stolen_hash_cannot_be_guessed_without_the_key(context):
    stored = passwords.hash_password(PASSWORD).removeprefix("$idp1")
    assert not bcrypt.checkpw(PASSWORD.encode(), stored.encode())


def test_the_default_cost_is_that_of_the_decision(make_app, monkeypatch):
    from idp.core.configuration.sections import Passwords

    default = Passwords()
    assert (default.algorithm, default.bcrypt_cost) == ("bcrypt", 12)


def test_nobody_and_people_without_a_password_have_no_right_one(context, factory):
    user_id = factory.user(password=None)
    for user in (None, get_user(user_id)):
        assert not passwords.check_password(user, PASSWORD)
        assert not passwords.check_password(user, "")


def test_lg07_checking_nobody_s_password_costs_what_checking_a_wrong_one_does(make_app, factory):
    user_id = factory.user(password=None)
    app = make_app(passwords={"bcrypt_cost": 10})
    with app.app_context():
        stored = passwords.hash_password(PASSWORD)
        with transaction() as session:
            session.execute(update(User).where(User.id == user_id).values(password_hash=stored))

        def spent(user):
            times = []
            for _try in range(5):
                started = time.process_time()
                passwords.check_password(user, "wrong")
                times.append(time.process_time() - started)
            return min(times)

        known, unknown = spent(get_user(user_id)), spent(None)
        assert abs(known - unknown) < 0.25 * known


def test_lg10_no_more_than_a_few_passwords_are_hashed_at_a_time(make_app, monkeypatch):
    app = make_app(passwords={"workers": 2})
    running, most, lock = 0, 0, threading.Lock()

    def slow(_secret, _salt):
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.02)
        with lock:
            running -= 1
        return b"$2b$04$" + b"." * 53

    monkeypatch.setattr(bcrypt, "hashpw", slow)
    answers = []

    def ask():
        with app.app_context():
            try:
                answers.append(passwords.hash_password(PASSWORD))
            except TooBusy:
                answers.append(None)

    threads = [threading.Thread(target=ask) for _number in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 2
    assert len(answers) == 60
    assert sum(answer is not None for answer in answers) >= 34


def test_lg10_waiting_for_a_turn_holds_no_database_connection(context, factory):
    from idp.core.db import db

    user = get_user(factory.user())
    passwords.check_password(user, PASSWORD)
    assert db.engine.pool.checkedout() == 0
