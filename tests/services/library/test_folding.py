"""Words are found whatever their case and accents, and marked where they stand."""

from __future__ import annotations

import pytest

from portal.services.library.folding import folded, text_of, words_of


@pytest.mark.parametrize(
    ("text", "plain"),
    [("WÖRKERS", "workers"), ("Ça va", "ca va"), ("ILO’s “fee”", 'ilo\'s "fee"'), ("ß", "ss"), ("ﬁsh", "fish")],
)
def test_case_accents_and_quotes_do_not_matter(text: str, plain: str) -> None:
    assert folded(text) == plain


def test_words_are_taken_once_and_not_without_end() -> None:
    assert words_of('  Fees, fees! "paid" ') == ("fees", "paid")
    assert len(words_of(" ".join(f"w{number}" for number in range(100)))) == 12
    assert words_of(" . , ") == ()


@pytest.mark.parametrize(
    ("text", "words", "marked"),
    [
        ("Fees paid by workers", ["paid"], ["paid"]),
        ("Été, ÉTÉ and ete", ["ete"], ["Été", "ÉTÉ", "ete"]),
        ("e\u0301te\u0301", ["ete"], ["e\u0301te\u0301"]),
        ("recruitment and recruiters", ["recruit"], ["recruit", "recruit"]),
        ("wages, age", ["age"], ["age"]),
        ("fee fees", ["fee", "fees"], ["fee", "fees"]),
        ("ﬁshing", ["fish"], ["ﬁsh"]),
        ("ค่าจ้างแรงงาน", ["แรงงาน"], ["แรงงาน"]),
        ("HRS-FIX-03", ["fix"], ["FIX"]),
        ("nothing", ["zebra"], []),
    ],
)
def test_what_was_looked_for_is_marked_in_the_text_as_it_is(text: str, words: list[str], marked: list[str]) -> None:
    pieces = text_of(text).marked([folded(word) for word in words])

    assert "".join(pieces) == text
    assert list(pieces[1::2]) == marked


def test_an_excerpt_holds_the_word_and_says_what_it_leaves_out() -> None:
    text = text_of("start " * 40 + "needle " + "end " * 60)

    part = text.around(["needle"], 80)

    assert part.has("needle")
    assert part.plain.startswith("… ")
    assert part.plain.endswith(" …")
    assert len(part.plain) < 90


def test_a_short_text_is_its_own_excerpt() -> None:
    assert text_of("Fees paid.").around(["paid"], 80).plain == "Fees paid."
