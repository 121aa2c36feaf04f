"""The workbook of one assessment, with its current answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from portal.domain.answers import Answer
from portal.domain.prefill import starting_rows
from portal.domain.questionnaire import Question, Questionnaire, QuestionType
from portal.spreadsheets.answer_sheet import write_answers
from portal.spreadsheets.book import Book
from portal.spreadsheets.metadata import Metadata, moment, written
from portal.spreadsheets.readme_sheet import write_readme
from portal.spreadsheets.sameness import comparable, fingerprint
from portal.spreadsheets.table_sheet import write_table
from portal.spreadsheets.words import words_in


@dataclass(frozen=True, slots=True)
class Draft:
    """What goes into the workbook: whose it is, which questions are asked, and what stands there now."""

    assessment: UUID
    company: UUID
    company_name: str
    #: First and last day, as they are to be read.
    period: str
    version: int
    questions: frozenset[str]
    #: Question id -> answer and its version; without those never answered.
    answers: Mapping[str, tuple[Answer, int]]
    profile: Mapping[str, Any]


def assessment_workbook(
    questionnaire: Questionnaire, draft: Draft, *, key: bytes, at: datetime, language: str = "en"
) -> bytes:
    """Return an .xlsx file with the questions this company is asked. `key` signs what the portal must recognise.

    Raises UnknownLanguage.
    """
    words = words_in(language)
    book = Book(words, title=f"{questionnaire.title} – {draft.company_name}", at=at)
    answers = {key: comparable(questionnaire.by_id[key], answer) for key, (answer, _) in draft.answers.items()}
    asked = [question for question in questionnaire.questions if question.id in draft.questions]
    write_readme(book, questionnaire, _facts(questionnaire, draft, at, book), blank=False)
    write_answers(book, questionnaire, draft.questions, answers, {})
    for question in asked:
        if question.type is QuestionType.TABLE:
            rows = answers.get(question.id, Answer()).value or starting_rows(question, draft.profile)
            write_table(book, questionnaire, question, rows)
    stood = {question.id: _stood(question, draft) for question in asked}
    metadata = Metadata(
        questionnaire=questionnaire.reference,
        digest=questionnaire.digest,
        words=book.vocabulary,
        made_at=moment(at),
        assessment=draft.assessment,
        company=draft.company,
        version=draft.version,
        answers=stood,
    )
    return book.close(*written(metadata, key))


def _stood(question: Question, draft: Draft) -> tuple[int, str]:
    answer, version = draft.answers.get(question.id, (Answer(), 0))
    return version, fingerprint(question, answer)


def _facts(questionnaire: Questionnaire, draft: Draft, at: datetime, book: Book) -> list[tuple[str, str]]:
    _ = book.words
    return [
        (_("Company"), draft.company_name),
        (_("Period"), draft.period),
        (_("Questionnaire"), questionnaire.reference),
        (_("Downloaded on"), _("%(day)s, %(time)s UTC", day=f"{at:%Y-%m-%d}", time=f"{at:%H:%M}")),
    ]
