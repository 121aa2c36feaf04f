"""Every text of a version that people read, each with its path, and the same version in other words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from portal.domain.questionnaire import (
    ApplicableQuestionnaire,
    Column,
    Option,
    Profile,
    ProfileField,
    Question,
    Questionnaire,
    Section,
)

#: From the path of a text and the text to what stands there instead.
Word = Callable[[str, str], str]
V = TypeVar("V", Questionnaire, Profile)
Part = TypeVar("Part", ApplicableQuestionnaire, Column, Option, Profile, ProfileField, Question, Questionnaire, Section)

#: The language in which versions are written.
SOURCE = "en"


class Said(str):
    """A text that knows which language it is in: a page half translated marks each text with its own."""

    __slots__ = ("language",)
    language: str

    def __new__(cls, text: str, language: str) -> Said:
        said = super().__new__(cls, text)
        said.language = language
        return said


def language_of(text: str) -> str:
    return text.language if isinstance(text, Said) else SOURCE


def translated(version: V, messages: Mapping[str, str], language: str) -> V:
    """Return the version with the text of each path in `messages`; all else stays as written, the digest too."""

    def word(path: str, text: str) -> str:
        other = messages.get(path)
        return Said(other, language) if other else text

    return reworded(version, word)


def wordings(version: Questionnaire | Profile) -> dict[str, str]:
    """Return path -> text, in the order in which they are read: "HRS-COM-01.levels.3" -> the anchor of level 3."""
    found: dict[str, str] = {}

    def note(path: str, text: str) -> str:
        found[path] = text
        return text

    if isinstance(version, Profile):
        reworded(version, note)
    else:
        reworded(version, note)
    return found


def reworded(version: V, word: Word) -> V:
    """Return the version with every text that people read replaced by what `word` makes of it.

    Paths are the keys of the files, beginning with the id of the question, profile field or section.
    """
    if isinstance(version, Profile):
        return _profile(version, word)
    said = _said(version, "", word, "title", "short_title", "purpose", "who")
    return replace(said, sections=tuple(_section(section, word) for section in version.sections))


def _said(part: Part, path: str, word: Word, *names: str) -> Part:
    """A text that is not there stays away: there is nothing to translate."""
    changes: dict[str, Any] = {name: word(path + name, text) for name in names if (text := getattr(part, name))}
    return replace(part, **changes)


def _section(section: Section, word: Word) -> Section:
    said = _said(section, f"{section.id}.", word, "title")
    return replace(said, questions=tuple(_question(question, word) for question in section.questions))


def _question(question: Question, word: Word) -> Question:
    path = f"{question.id}."
    said = _said(question, path, word, "ask", "why", "short", "counts_as", "unit")
    return replace(
        _said(said, path, word, "evidence", "remedial"),
        levels=tuple(word(f"{path}levels.{level}", text) for level, text in enumerate(question.levels)),
        options=_options(question.options, f"{path}options.", word),
        columns=_columns(question.columns, path, word),
    )


def _options(options: tuple[Option, ...], path: str, word: Word) -> tuple[Option, ...]:
    return tuple(_said(option, f"{path}{option.id}.", word, "label", "hint") for option in options)


def _columns(columns: tuple[Column, ...], path: str, word: Word) -> tuple[Column, ...]:
    return tuple(_column(column, f"{path}columns.{column.id}.", word) for column in columns)


def _column(column: Column, path: str, word: Word) -> Column:
    return replace(
        _said(column, path, word, "label", "hint"),
        options=_options(column.options, f"{path}options.", word),
        anchors={value: word(f"{path}anchors.{value}", text) for value, text in column.anchors.items()},
    )


def _profile(profile: Profile, word: Word) -> Profile:
    return replace(
        _said(profile, "", word, "title"),
        groups={key: word(f"groups.{key}.title", title) for key, title in profile.groups.items()},
        fields=tuple(_field(item, word) for item in profile.fields),
        rule_labels={name: word(f"rules.{name}.label", label) for name, label in profile.rule_labels.items()},
        applicable=tuple(
            _said(item, f"questionnaires.{item.id}.", word, "title", "because") for item in profile.applicable
        ),
    )


def _field(item: ProfileField, word: Word) -> ProfileField:
    path = f"{item.id}."
    return replace(
        _said(item, path, word, "ask", "hint"),
        options=_options(item.options, f"{path}options.", word),
        columns=_columns(item.columns, path, word),
        rows=_options(item.rows, f"{path}rows.", word),
        parts={key: word(f"{path}parts.{key}", label) for key, label in item.parts.items()},
    )
