"""Before signing: everything that is missing or weak in one list, each with the way to its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.domain.answers import Answer, has_answer
from portal.domain.lifecycle import is_editable
from portal.domain.questionnaire import Question
from portal.domain.scoring import score_bundle
from portal.services.submissions import blocking_questions, draft_bundle
from portal.web import current
from portal.web.company.blueprint import bp, own_assessment_or_404
from portal.web.company.profile_forms import missing_fields
from portal.web.company.progress import Progress, progress_of
from portal.web.company.questions import needs_evidence


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at: what is the matter, with what, and where to mend it."""

    matter: str
    what: str
    address: str
    blocks: bool = False


@bp.get("/assessments/<uuid:assessment_id>/preflight")
def show_preflight(assessment_id: UUID) -> ResponseReturnValue:
    progress = progress_of(own_assessment_or_404(assessment_id))
    found = findings(progress)
    return render_template(
        "company/preflight.html",
        progress=progress,
        blocking=[one for one in found if one.blocks],
        advised=[one for one in found if not one.blocks],
        editable=is_editable(progress.assessment.status),
    )


def findings(progress: Progress) -> list[Finding]:
    """What blocks signing first, then what weakens the submission, in the order of the questions."""
    return [*_before(progress), *_blocking(progress), *_weak(progress)]


def _before(progress: Progress) -> Iterator[Finding]:
    assessment = progress.assessment.id
    profile = current.profile_of(progress.questionnaire)
    for field in missing_fields(profile, progress.profile):
        address = url_for(".edit_profile", _anchor=field.id)
        yield Finding(_("Missing in the profile"), field.ask, address, blocks=True)
    for field in progress.screening_open:
        address = url_for(".edit_screening", assessment_id=assessment, _anchor=field.id)
        yield Finding(_("Decides which questions you are asked"), field.ask, address, blocks=True)


def _blocking(progress: Progress) -> Iterator[Finding]:
    for question_id in blocking_questions(progress.questionnaire, progress.rules, progress.answers()):
        question = progress.questionnaire.by_id[question_id]
        matter = _("Question about harm without an answer") if question.flag == "red_flag" else ""
        yield _of(progress, question, matter or _("Critical control without an answer"), blocks=True)


def _weak(progress: Progress) -> Iterator[Finding]:
    over_limit = _over_limit(progress)
    for question in progress.asked:
        answer = progress.saved[question.id].answer if question.id in progress.saved else Answer()
        for matter in _matters(progress, question, answer, over_limit):
            yield _of(progress, question, matter)


def _matters(progress: Progress, question: Question, answer: Answer, over_limit: set[str]) -> Iterator[str]:
    marks, today = progress.marks, current.now().date()
    if not has_answer(answer) and not question.flag:
        yield _("Not answered: counts 0")
    if answer.dont_know:
        yield _("“We don’t know”: counts 0")
    if question.id in over_limit:
        yield _("“Does not apply” beyond the limit of its section: counts 0 until a reviewer confirms")
    if needs_evidence(question, answer):
        yield _("Says more than it shows: a file is missing")
    if answer.value == "found_remediating" and _is_late(answer.plan_end, today):
        yield _("The remedy has no end date, or it has passed: counts as no remedy")
    if question.id in marks.bookmarks:
        yield _("Marked to come back to")
    if count := marks.comments.get(question.id, 0):
        yield _("Open comments: %(num)s", num=count)
    for holder in marks.holders.get(question.id, ()):
        yield _("Still with %(name)s", name=holder.name)


def _is_late(end: date | None, today: date) -> bool:
    return end is None or end < today


def _over_limit(progress: Progress) -> set[str]:
    """Questions said not to apply whose section is over its limit, as the score counts them."""
    said = {question_id for question_id, one in progress.saved.items() if one.answer.not_applicable is not None}
    if not said:
        return set()
    bundle = draft_bundle(current.session(), progress.assessment, current.catalogue(), at=current.now())
    scored = score_bundle(bundle, current.catalogue()).questions
    return {question_id for question_id in said if question_id in scored and scored[question_id].points is not None}


def _of(progress: Progress, question: Question, matter: str, *, blocks: bool = False) -> Finding:
    address = url_for(".edit_question", assessment_id=progress.assessment.id, question_id=question.id)
    return Finding(matter, question.ask, address, blocks)
