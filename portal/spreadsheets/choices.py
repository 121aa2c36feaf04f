"""What can be chosen in a cell: the words in its drop-down, and the value each stands for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

from babel import Locale

from portal.domain.answers import INCIDENT_OPTIONS
from portal.domain.questionnaire import Column, Question, Questionnaire, QuestionType
from portal.spreadsheets.words import Words

#: Key of the value, and its words; in the order of the drop-down.
Choices = tuple[tuple[str, str], ...]
#: Fixed words by key, as they stand in a workbook; kept in its metadata, since translations change.
Vocabulary = Mapping[str, str]

#: Keys that no option id can be.
DONT_KNOW, NOT_APPLICABLE, YES, NO = "*dont_know", "*not_applicable", "*yes", "*no"
#: Drop-downs show a line at a time; longer words stand in full beside the answer.
LONGEST_LABEL = 120
#: A rating with at most so many values gets a drop-down.
FEW = 10
#: Of the two-letter codes babel knows, these are no countries.
NO_COUNTRIES = frozenset(("EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"))
CODE_AT_END = re.compile(r"\(([A-Za-z]{2})\)$")


def vocabulary(words: Words) -> dict[str, str]:
    """The fixed words of answers, the same as on the pages."""
    _ = words
    return {
        DONT_KNOW: _("We don’t know"),
        NOT_APPLICABLE: _("This does not apply to us"),
        YES: _("Yes"),
        NO: _("No"),
        "checked_not_found": _("We looked properly in the last 12 months and did not find it"),
        "not_checked": _("Not that we know, but we have not looked properly"),
        "found_remedied": _("We found it; the people have full remedy and the cause is gone"),
        "found_remediating": _("We found it; remedy is under way on a dated plan"),
        "found_open": _("We found it, or know of it; no remedy yet"),
        "dont_know": _("Don’t know or prefer not to say"),
    }


def answer_choices(question: Question, fixed: Vocabulary) -> Choices:
    """What may stand as the answer of a question that is answered by choosing; "don't know" comes last."""
    match question.type:
        case QuestionType.MATURITY:
            return distinct([*_levels(question), *otherwise(question, fixed)])
        case QuestionType.INCIDENT:
            return distinct((key, fixed[key]) for key in INCIDENT_OPTIONS)
        case QuestionType.MULTI | QuestionType.TABLE:
            return distinct(otherwise(question, fixed))
        case _:
            options = [(option.id, short(option.label)) for option in question.options]
            return distinct([*options, *otherwise(question, fixed)])


def otherwise(question: Question, fixed: Vocabulary) -> Choices:
    """What can be said instead of an answer. A critical or red-flag question applies to every company."""
    said = (DONT_KNOW,) if question.flag else (DONT_KNOW, NOT_APPLICABLE)
    return tuple((key, fixed[key]) for key in said)


def yes_or_no(fixed: Vocabulary) -> Choices:
    return ((YES, fixed[YES]), (NO, fixed[NO]))


def column_choices(column: Column, questionnaire: Questionnaire, locale: Locale) -> Choices:
    """The drop-down of a table column; empty where one types."""
    match column.kind:
        case "choice":
            return distinct((option.id, short(option.label)) for option in column.options)
        case "question":
            return tuple((q.id, short(f"{q.id}: {q.short or q.ask}")) for q in questionnaire.questions)
        case "country":
            return countries(locale)
        case "integer" if _is_rating(column):
            assert column.minimum is not None and column.maximum is not None
            values = range(column.minimum, column.maximum + 1)
            return tuple((str(n), short(_anchored(str(n), column.anchors.get(str(n), "")))) for n in values)
        case _:
            return ()


@lru_cache(maxsize=32)
def countries(locale: Locale) -> Choices:
    """Every country with its code, sorted by name; English where the language has no name."""
    known = {str(code): str(name) for code, name in Locale("en").territories.items()}
    codes = [code for code in known if len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES]
    named = [(locale.territories.get(code) or known[code], code) for code in codes]
    return tuple((code, f"{name} ({code})") for name, code in sorted(named))


def country_code(text: str) -> str:
    """The code of "Thailand (TH)", "TH" or "th"; the text itself where there is none, for the check to refuse."""
    found = CODE_AT_END.search(text)
    return found[1].upper() if found else text.upper() if len(text) == 2 else text


def distinct(choices: Iterable[tuple[str, str]]) -> Choices:
    """The same choices; where two read the same, each says its key."""
    listed = tuple(choices)
    folded = [fold(label) for _, label in listed]
    keys = {fold(key) for key, _ in listed}
    return tuple(
        (key, f"{label} [{key}]" if folded.count(own) > 1 or (own in keys and own != fold(key)) else label)
        for (key, label), own in zip(listed, folded, strict=True)
    )


def chosen(choices: Choices, text: str) -> str | None:
    """The key of what stands in a cell: the words of the drop-down, or the key itself. None for anything else."""
    wanted = fold(text)
    for key, label in choices:
        if fold(label) == wanted:
            return key
    return next((key for key, _ in choices if key[0] != "*" and fold(key) == wanted), None)


def fold(text: str) -> str:
    """Text as people compare it: without regard to case, width, blanks and the shape of the apostrophe."""
    return " ".join(unicodedata.normalize("NFKC", text).replace("’", "'").split()).casefold()


def short(text: str) -> str:
    """The text on one line, cut at a word where it is too long for a drop-down."""
    line = " ".join(text.split())
    if len(line) <= LONGEST_LABEL:
        return line
    cut = line[: LONGEST_LABEL - 1]
    return f"{cut.rpartition(' ')[0] or cut}…"


def _levels(question: Question) -> list[tuple[str, str]]:
    return [(str(level), short(f"{level}: {words}")) for level, words in enumerate(question.levels)]


def _is_rating(column: Column) -> bool:
    low, high = column.minimum, column.maximum
    return low is not None and high is not None and high - low < FEW


def _anchored(number: str, anchor: str) -> str:
    return f"{number}: {anchor}" if anchor else number
