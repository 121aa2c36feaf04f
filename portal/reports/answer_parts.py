"""What there is to read about one answer: frozen data for `answers/question.html`, in pages and in the PDF.

Texts of the company arrive filtered for print (`portal.reports.text`); texts of the questionnaire arrive as they are.
Codes (states, reasons, effects, marks) become sentences in the templates, through gettext.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Article:
    code: str
    title: str
    #: False: the number was not checked at its source, and the report says so.
    verified: bool


@dataclass(frozen=True, slots=True)
class FileRow:
    name: str
    bytes: int
    type: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One written level or option of a question. `mark`: empty, or what the choice of the company made of it."""

    id: str
    #: The level it stands for, or empty.
    key: str
    text: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """One consequence of an answer for the score, as a code with what its sentence needs."""

    code: str
    level: int = 0
    declared: int = 0
    limit: str = ""
    cap: str = ""
    section: str = ""
    until: date | None = None
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A reviewer's decision on one question."""

    level: int | None
    state: str | None
    reason: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Who:
    name: str
    on: date


@dataclass(frozen=True, slots=True)
class Table:
    heads: tuple[str, ...]
    #: Whether a column holds numbers.
    numeric: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """One question with its answer, as both the PDF and the pages show it."""

    id: str
    type: str
    ask: str
    weight: int
    stage: str
    flag: str | None
    #: As in the scorecard: answered, unanswered, dont_know, na_system, na_user, na_confirmed, na_rejected.
    status: str
    points: int | None
    declared: int
    counted: int | None
    choices: tuple[Choice, ...] = ()
    table: Table | None = None
    #: A number answer with its unit, as it was given.
    number: str = ""
    #: Red-flag state and how it came about; see `harm_reason`.
    state: str | None = None
    reason: str = ""
    plan_end: date | None = None
    #: none, attached, accepted, or exempt where none is asked.
    evidence: str = "none"
    files: tuple[FileRow, ...] = ()
    comment: tuple[str, ...] = ()
    not_applicable: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()
    articles: tuple[Article, ...] = ()
    judgement: Judgement | None = None
    who: Who | None = None
