"""Two versions of a text, word by word."""

from __future__ import annotations

import pytest

from portal.domain.redline import MOST_WORDS, compare_words

TEXTS = [
    ("", ""),
    ("Only spoken.", "Only said aloud."),
    ("", "New."),
    ("Gone.", ""),
    ("One two three", "Three two one"),
    ("ภาษาไทย 1", "ภาษาไทย 2"),
    ("a " * MOST_WORDS, "b " * MOST_WORDS),
    ("Same, same.", "Same, same."),
]


@pytest.mark.parametrize(("old", "new"), TEXTS)
def test_the_pieces_are_both_texts(old: str, new: str) -> None:
    pieces = compare_words(old, new)

    assert "".join(piece.text for piece in pieces if piece.kind != "new") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "old") == new
    assert all(piece.text for piece in pieces)


def test_only_the_words_that_changed_are_marked() -> None:
    pieces = compare_words("Is one person in charge of this?", "Is one named person in charge of this work?")

    assert [(piece.kind, piece.text) for piece in pieces if piece.kind != "same"] == [
        ("new", " named"),
        ("new", " work"),
    ]


def test_texts_with_little_in_common_are_shown_whole() -> None:
    pieces = compare_words("No.", "Looked at every year together with workers")

    assert [piece.kind for piece in pieces] == ["old", "new"]
