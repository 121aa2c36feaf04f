"""Questions as markup: cached fixed parts, filled with what is stored or with what was just typed."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from portal.domain.lifecycle import is_editable
from portal.domain.prefill import Suggestion, groups
from portal.domain.questionnaire import Question
from portal.models import Assessment
from portal.services.assessments import NEVER_ANSWERED, SavedAnswer
from portal.web import current, fragments
from portal.web.company.answer_forms import FieldError, posted_values, values_of
from portal.web.company.honesty import limit_html
from portal.web.company.progress import Progress
from portal.web.company.statements import READ_BY_WORKERS
from portal.web.company.suggestions import line_names, open_suggestions, ready_rows, suggestion_html


def suggestions_on(progress: Progress, questions: Sequence[Question]) -> dict[str, Suggestion]:
    return open_suggestions(progress, questions) if is_editable(progress.assessment.status) else {}


def parts_of(
    progress: Progress, questions: Sequence[Question], errors: list[FieldError], suggested: dict[str, Suggestion]
) -> list[Markup]:
    """The questions of a section, one after the other."""
    words = _words_of(progress)
    return [_question_html(progress, question, errors, suggested.get(question.id), words) for question in questions]


def part_of(progress: Progress, question: Question, errors: list[FieldError], suggested: Suggestion | None) -> Markup:
    """A question that has its page to itself, and is the heading of it."""
    asked = progress.asked
    place, count = asked.index(question) + 1, len(asked)
    words = _words_of(progress) | {"numbered": [_("Question %(place)s of %(count)s", place=place, count=count)]}
    return _question_html(progress, question, errors, suggested, words)


def _words_of(progress: Progress) -> dict[str, list[str]]:
    """What the holes of every question of a page are filled with alike."""
    place = url_for("company.show_assessment", assessment_id=progress.assessment.id)
    return {"place": [place], "mark": [_("Mark to come back to")], "marked": [_("Marked: take the mark away")]}


def _question_html(
    progress: Progress,
    question: Question,
    errors: list[FieldError],
    suggested: Suggestion | None,
    words: dict[str, list[str]],
) -> Markup:
    """One question: its cached fixed parts, filled with the stored answer, or with what was just typed."""
    saved = progress.saved.get(question.id, NEVER_ANSWERED)
    ready = ready_rows(progress, question, saved)
    values = values_of(question, saved, ready)
    mine = [error for error in errors if error.field.startswith(f"{question.id}-")]
    if mine:
        values = posted_values(question, request.form)
    values |= words
    if question.id in progress.marks.bookmarks:
        values["mark"] = words["marked"]
    blocks = _blocks(progress.assessment, saved, mine)
    if limit := limit_html(progress, question):
        blocks["limit"] = limit
    if noted := _noted(progress, question):
        blocks["noted"] = noted
    if suggested:
        blocks["suggestion"] = suggestion_html(progress, question, suggested)
    alone = "numbered" in words
    if question.type != "table":
        return fragments.fill(fragments.fragment_of(progress.questionnaire, question, 0, alone=alone), values, blocks)
    rows = saved.answer.value or ready
    standing = groups(question, rows)
    count = max(fragments.ROWS, len(rows) + 2)
    fragment = fragments.fragment_of(progress.questionnaire, question, count, standing, alone=alone)
    return fragments.fill(fragment, values, blocks | line_names(question, rows, standing))


def _blocks(assessment: Assessment, saved: SavedAnswer, errors: list[FieldError]) -> dict[str, str]:
    blocks = {}
    if errors:
        blocks["errors"] = render_template("fields/errors.html", errors=errors)
    if saved.answer.files:
        blocks["files"] = render_template("fields/files.html", files=saved.answer.files, assessment=assessment)
    return blocks


def _noted(progress: Progress, question: Question) -> str:
    marks = progress.marks
    comments, holders = marks.comments.get(question.id, 0), marks.holders.get(question.id, ())
    workers = question.id in READ_BY_WORKERS and current.may("company.list_statements")
    if not comments and not holders and not workers:
        return ""
    words = {"comments": comments, "holders": holders, "workers": workers}
    return render_template("fields/noted.html", assessment=progress.assessment, question=question, **words)
