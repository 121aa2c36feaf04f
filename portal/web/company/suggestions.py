"""What a section page begins with: answers given elsewhere, to confirm, and table lines that stand ready."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext as _
from markupsafe import escape

from portal.domain.answers import Answer, has_answer
from portal.domain.prefill import Suggestion, starting_rows
from portal.domain.questionnaire import Column, Question, QuestionType
from portal.domain.tables import Row
from portal.services.assessments import SavedAnswer
from portal.services.prefill import suggestions_for
from portal.web import current
from portal.web.company.answer_forms import FieldError, InvalidForm, Values, read_comment
from portal.web.company.progress import Progress
from portal.web.countries import country_name
from portal.web.languages import in_words_of_reader

#: The value of the button that uses every answer shown on the page.
ALL = "all"


def open_suggestions(progress: Progress, questions: Iterable[Question]) -> dict[str, Suggestion]:
    """Question id -> what was said elsewhere, for the questions that have no answer yet."""
    still_open = [
        question
        for question in questions
        if question.id not in progress.saved or not has_answer(progress.saved[question.id].answer)
    ]
    return _suggestions(progress, still_open) if still_open else {}


def confirmed(progress: Progress, questions: Iterable[Question]) -> dict[str, Answer]:
    """Question id -> the answer a person just chose to use.

    Only what stood on their page: an answer that changed elsewhere in between is shown again, not stored.
    """
    wanted = set(request.form.getlist("use"))
    if not wanted:
        return {}
    seen = {pair for pair in (tuple(text.split(" ")) for text in request.form.getlist("seen")) if len(pair) == 2}
    chosen = [
        item for item in questions if item.id in wanted or (ALL in wanted and item.id in {one for one, _ in seen})
    ]
    found = _suggestions(progress, chosen)
    fresh = {key: item.answer for key, item in found.items() if item.answer and (key, item.token) in seen}
    if len(fresh) < len(chosen):
        flash(_("An answer given elsewhere has changed since you opened this page. Look at it once more."), "error")
    return fresh


def with_comment(answer: Answer, question: Question, posted: Values) -> Answer:
    """The answer from elsewhere with the comment typed here. Raises InvalidForm."""
    errors: list[FieldError] = []
    comment = read_comment(errors, question, posted)
    if errors:
        raise InvalidForm(tuple(errors))
    return replace(answer, comment=comment or "")


def suggestion_html(progress: Progress, question: Question, item: Suggestion) -> str:
    source = in_words_of_reader(item.given.questionnaire)
    return render_template(
        "fields/suggestion.html",
        questionnaire=progress.questionnaire,
        question=question,
        given=replace(item.given, questionnaire=source, question=source.by_id[item.given.question.id]),
        answer=item.answer,
        token=item.token,
    )


def ready_rows(progress: Progress, question: Question, saved: SavedAnswer) -> list[dict[str, Any]]:
    """The lines an unanswered table begins with."""
    if question.type is not QuestionType.TABLE or saved.answer.value is not None:
        return []
    return starting_rows(question, progress.profile)


def line_names(question: Question, rows: Sequence[Row], groups: Sequence[int]) -> dict[str, str]:
    """The names of the lines that stand ready, and of the ways they belong to, as blocks of the page."""
    lines = [column for column in question.columns if column.prefill == "options"]
    ways = [column for column in question.columns if column.prefill and column not in lines]
    blocks: dict[str, str] = {}
    large = len(groups) > 1 and max(groups) > 1
    for place, row in enumerate(rows[: sum(groups)]):
        blocks[f"way-{place}"] = str(escape(_named(ways, row) or _("Not said where")))
        blocks[f"line-{place}"] = str(escape(_named(lines if large else [*ways, *lines], row)))
    return blocks


def _named(columns: Iterable[Column], row: Row) -> str:
    return " → ".join(_cell(column, row[column.id]) for column in columns if row.get(column.id))


def _cell(column: Column, value: Any) -> str:
    if column.kind == "country":
        return country_name(str(value))
    return next((option.label for option in column.options if option.id == value), str(value))


def _suggestions(progress: Progress, questions: Iterable[Question]) -> dict[str, Suggestion]:
    return suggestions_for(current.session(), current.principal(), progress.assessment, current.catalogue(), questions)
