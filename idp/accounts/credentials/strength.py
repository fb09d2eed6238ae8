"""Is a new password good enough: long, not common, not made of what everybody knows about the account.

No rule about kinds of characters (SP 800-63B-4 §3.1.1.2). zxcvbn's frequency lists and patterns are the judge.
"""

import re
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from zxcvbn import matching, scoring

from idp.accounts.credentials.passwords import is_too_long, normalise
from idp.accounts.errors import UnfitPassword
from idp.accounts.models import User
from idp.core.settings import settings

_FEWEST_GUESSES = 10**8 + 5
"""zxcvbn's third of four marks: «safely unguessable» by somebody who has to ask us each time."""
_FEWEST_GUESSES_WITH_SECOND_STEP = 10**6 + 5
_FEWEST_OF_ONES_OWN = 6
"""Characters that must remain when everything known about the account is taken out."""
_WINDOW = 48
_MOST_LOOKALIKES = 3
_LOOKALIKES = {glyph for glyphs in matching.L33T_TABLE.values() for glyph in glyphs if not glyph.isdigit()}
_WORD = re.compile(r"[^\W_]{3,}")
_PRODUCT = ["idp", "identity", "openid", "oauth"]


def check_new_password(password: str, *, about: Iterable[str] = (), has_second_step: bool = False) -> None:
    """Raise UnfitPassword with the advice for a password that the policy refuses.

    `about` is what is known of the account: address, name, user name. Nothing is hashed here.
    """
    policy = settings().passwords
    if is_too_long(password):
        raise UnfitPassword(_("This password is too long. Use at most %(bytes)d bytes.", bytes=policy.maximum_bytes))
    password = normalise(password)
    shortest = policy.minimum_length_with_second_step if has_second_step else policy.minimum_length
    if len(password) < shortest:
        raise UnfitPassword(_("Use at least %(count)d characters. A few unrelated words work well.", count=shortest))
    words = _words(about)
    if _left_without(words, password) < _FEWEST_OF_ONES_OWN:
        raise UnfitPassword(_("This password holds your name, your address or ours. Use a few unrelated words."))
    verdicts = [_judge(part, words) for part in _parts(password)]
    guesses, advice = max(verdicts, key=lambda verdict: verdict[0])
    wanted = _FEWEST_GUESSES_WITH_SECOND_STEP if has_second_step else _FEWEST_GUESSES
    if guesses < wanted or password.lower() in matching.RANKED_DICTIONARIES["passwords"]:
        raise UnfitPassword(advice)


def minimum_length(user: User | None = None) -> int:
    """Return how long a new password must be, in characters: of a person, or of somebody new."""
    policy = settings().passwords
    has_second_step = user is not None and user.has_second_step
    return policy.minimum_length_with_second_step if has_second_step else policy.minimum_length


def is_too_short(password: str, user: User) -> bool:
    """Tell whether a password that stands is shorter than a new one would have to be."""
    return len(normalise(password)) < minimum_length(user)


def _parts(password: str) -> list[str]:
    """Return the pieces to judge: judging takes time that grows fast with the length."""
    return [password] if len(password) <= _WINDOW else [password[:_WINDOW], password[-_WINDOW:]]


def _words(about: Iterable[str]) -> list[str]:
    known = [settings().brand.name, settings().host, *about]
    pieces = [piece for text in known for piece in _WORD.findall(text)]
    joined = ["".join(_WORD.findall(text)) for text in known]
    return [word.lower() for word in [*known, *joined, *pieces, *_PRODUCT] if word]


def _left_without(words: list[str], password: str) -> int:
    rest = password.lower()
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    return len(rest)


def _judge(password: str, words: list[str]) -> tuple[float, str]:
    dictionaries = {**matching.RANKED_DICTIONARIES, "user_inputs": matching.build_ranked_dict(words)}
    password = _with_few_lookalikes(password)
    matches = matching.omnimatch(password, dictionaries)
    result = scoring.most_guessable_match_sequence(password, matches)
    return float(result["guesses"]), _advice(result["sequence"])


def _with_few_lookalikes(password: str) -> str:
    """Leave only so many kinds of look-alike signs (`@` for `a`): their combinations would take seconds to try."""
    kinds = [glyph for glyph in dict.fromkeys(password) if glyph in _LOOKALIKES][_MOST_LOOKALIKES:]
    return password.translate({ord(glyph): "~" for glyph in kinds})


def _advice(sequence: list[dict[str, Any]]) -> str:
    worst = max(sequence, key=lambda match: len(match["token"]))
    if worst["pattern"] == "repeat":
        return _("Repeated characters or words are easy to guess. Use a few unrelated words.")
    if worst["pattern"] in {"sequence", "spatial"}:
        return _("Runs like “abcdef” or “qwerty” are easy to guess. Use a few unrelated words.")
    if worst["pattern"] in {"date", "regex"}:
        return _("Dates and years are easy to guess. Use a few unrelated words.")
    return _("This password is easy to guess. Use a few unrelated words, or a password manager.")
