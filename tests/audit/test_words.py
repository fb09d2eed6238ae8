"""Every event says in words what happened."""

from idp.audit.tags import Tag
from idp.audit.words import WORDS, words_of


def test_every_event_has_its_words(context):
    assert set(WORDS) == set(Tag)
    assert len({str(words) for words in WORDS.values()}) == len(WORDS)
    assert words_of("of.tomorrow") == "of.tomorrow"
