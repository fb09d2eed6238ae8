"""A next signing key is told to the owners, once, and to nobody else."""

from idp.accounts.lifecycle import states
from idp.keyring import service as keyring

DAY = 86_400
OWNER, OFF, ALICE = "owner@example.com", "off@example.com", "alice@example.com"


def test_owners_are_mailed_when_the_schedule_publishes_a_key(factory, arrange, mailbox, clock):
    factory.user(OWNER, roles=("owner",))
    arrange.run(states.disable, factory.user(OFF, roles=("owner",)))
    factory.user(ALICE, roles=("admin",))
    clock.advance(84 * DAY)
    (done,) = arrange.run(keyring.run_schedule)
    arrange.run(keyring.run_schedule)
    (mail,) = mailbox(OWNER).mails
    assert mail["subject"] == "A new signing key takes over soon"
    assert done.removeprefix("published ") in mail["text"]
    assert not mailbox(ALICE).mails
    assert [told["subject"] for told in mailbox(OFF).mails] == ["Your account was turned off"]
