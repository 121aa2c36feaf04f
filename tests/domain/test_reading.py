"""LIX, worked out by hand."""

from __future__ import annotations

from portal.domain.reading import Reading, reading_of


def test_lix_is_words_in_a_sentence_plus_the_share_of_long_words():
    """Ten words in two sentences, two of them longer than six letters: 5 + 20."""
    assert reading_of(["We ask workers every year. They answer in private rooms."]) == Reading(10, 25, 5)


def test_each_text_begins_a_sentence_of_its_own():
    assert reading_of(["No", "Yes"]) == Reading(2, 1, 1)


def test_nothing_is_not_hard():
    assert reading_of(["", "100 %"]) == Reading(0, 0, 0)


def test_a_word_with_an_apostrophe_is_one():
    assert reading_of(["Workers\u2019 well-being"]).words == 2
