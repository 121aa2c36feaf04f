"""What people type is safe to set in type, and reads the same."""

from __future__ import annotations

import unicodedata

import pytest

from portal.reports import text

LANGUAGES = {
    "khmer": "ភាសាខ្មែរជាភាសាផ្លូវការនៃព្រះរាជាណាចក្រកម្ពុជា",
    "lao": "ພາສາລາວເປັນພາສາທາງການຂອງສາທາລະນະລັດປະຊາທິປະໄຕປະຊາຊົນລາວ",
    "burmese": "မြန်မာဘာသာစကားသည်မြန်မာနိုင်ငံ၏ရုံးသုံးဘာသာစကားဖြစ်သည်",
    "thai": "บริษัทของเราได้ทำการสำรวจความเสี่ยงต่อแรงงานข้ามชาติทุกคนในโรงงานและได้รับคำตอบ",
    "bengali": "আমরাপ্রত্যেকশ্রমিকেরসাথেকথাবলেছিএবংসমস্তঅর্থফেরতদিয়েছি",
}


@pytest.mark.parametrize("words", LANGUAGES.values(), ids=LANGUAGES)
def test_a_long_run_can_break_and_loses_nothing(words: str) -> None:
    broken = text.breakable(words)

    assert text.BREAK in broken
    assert broken.replace(text.BREAK, "") == words
    assert max(len(run) for run in broken.split(text.BREAK)) <= text.RUN


@pytest.mark.parametrize("words", LANGUAGES.values(), ids=LANGUAGES)
def test_no_letter_is_torn(words: str) -> None:
    parts = text.breakable(words * 20).split(text.BREAK)

    assert not any(unicodedata.category(part[0]) in ("Mn", "Mc", "Me") for part in parts)
    assert not any(part[-1] in "\u17d2\u1039\u09cd\u200d" for part in parts)
    assert not any(part[-1] in "เแโใไເແໂໃໄ" for part in parts)


def test_a_burmese_syllable_keeps_its_final_consonant() -> None:
    parts = text.breakable(LANGUAGES["burmese"] * 20).split(text.BREAK)

    assert not any(part[1:2] in ("\u103a", "\u1039") for part in parts)


def test_joined_pictures_stay_joined() -> None:
    family = "👩\u200d👩\u200d👧"

    parts = text.breakable(family * 30).split(text.BREAK)

    assert all(len(part) % len(family) == 0 for part in parts)


def test_ordinary_words_are_left_alone() -> None:
    words = "Nine of the twelve workers paid a broker at home – “two parts” (of 8) have been paid."

    assert text.paragraphs(words) == (words,)


@pytest.mark.parametrize("letter", ["x", "ខ", "ก", "ກ", "က", "字", "🙂"])
def test_fifty_thousand_of_one_letter_become_paragraphs_that_break(letter: str) -> None:
    parts = text.paragraphs(letter * 50_000)

    assert len(parts) == 25
    assert "".join(parts).replace(text.BREAK, "") == letter * 50_000
    assert all(len(run) <= text.RUN for part in parts for run in part.split(text.BREAK))


def test_a_paragraph_is_cut_between_words_where_it_can_be() -> None:
    parts = text.paragraphs("wage " * 1000)

    assert len(parts) == 3
    assert all(part.split() == ["wage"] * len(part.split()) for part in parts)


def test_blanks_newlines_and_marks_do_not_pile_up() -> None:
    assert text.clean("a" + " " * 200_000 + "b") == "a  b"
    assert text.clean("a\n\n\n\n\n\n\nb") == "a\n\n\nb"
    assert text.clean("a" + "\u0301" * 500) == "a" + "\u0301" * 8


@pytest.mark.parametrize(
    "hidden",
    [
        "\x00",
        "\x0b",
        "\x1b",
        "\x85",
        "\u202e",
        "\u2066",
        "\u200f",
        "\ufeff",
        "\ufffe",
        "\U0001ffff",
        "\ud83d",
        "\U000e0041",
    ],
)
def test_invisible_and_reversing_characters_are_dropped(hidden: str) -> None:
    assert text.clean(f"wages{hidden}paid") == "wagespaid"


def test_joiners_that_spelling_needs_are_kept() -> None:
    persian = "می\u200cخواهم"

    assert text.clean(persian) == persian


def test_a_name_is_one_line() -> None:
    assert text.line("  Thalay\n Net\tWorks  ") == "Thalay Net Works"
