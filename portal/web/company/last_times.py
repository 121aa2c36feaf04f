"""Carrying over: what was said last time, question by question, to be confirmed or answered anew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.domain.answers import has_answer
from portal.domain.carrying import EarlierAnswer, LastTime, confirmable, last_time
from portal.domain.lifecycle import is_editable
from portal.models import Assessment, CorrectiveAction
from portal.services import actions
from portal.services.assessments import NEVER_ANSWERED, NotEditable, SavedAnswer
from portal.services.last_times import Before, answers_before, assessment_before, confirm_answers
from portal.services.library.versions import changes_between
from portal.web import current
from portal.web.changed_fields import field_words
from portal.web.company.blueprint import bp, own_assessment_or_404
from portal.web.company.progress import Progress, progress_of
from portal.web.languages import in_words_of_reader

#: What the page may be narrowed to -> whether those lines are still open.
SHOWN = {"open": True, "done": False}


@dataclass(frozen=True, slots=True)
class Line:
    """One question of the page: what was said, what stands now."""

    earlier: EarlierAnswer
    now: SavedAnswer
    files: int

    @property
    def is_open(self) -> bool:
        return not has_answer(self.now.answer)

    @property
    def is_as_before(self) -> bool:
        said, now = self.earlier.answer, self.now.answer
        return said is not None and (said.value, said.not_applicable) == (now.value, now.not_applicable)


@bp.get("/assessments/<uuid:assessment_id>/last-time")
def list_last_time(assessment_id: UUID) -> ResponseReturnValue:
    assessment = own_assessment_or_404(assessment_id)
    if not has_last_time(assessment):
        return render_template("company/no_last_time.html", progress=progress_of(assessment))
    progress, before = _before_or_404(assessment)
    return _page(progress, before, [], 200)


@bp.post("/assessments/<uuid:assessment_id>/last-time")
def confirm_last_time(assessment_id: UUID) -> ResponseReturnValue:
    """Store the answers that were ticked, or the one whose button was pressed; each needs what stood on the page."""
    progress, before = _before_or_404(own_assessment_or_404(assessment_id))
    if not is_editable(progress.assessment.status):
        return _closed(assessment_id)
    one, section = request.form.get("one", ""), request.form.get("section", "")
    wanted = {one} if one else set(request.form.getlist("confirm"))
    if not wanted:
        return _page(progress, before, [_("Tick the answers that are still true, then confirm them.")], 422)
    seen, versions = _seen()
    chosen = confirmable(_last_time(progress, before).answers, wanted, seen)
    session, principal = current.session(), current.principal()
    try:
        late = confirm_answers(
            session, principal, progress.assessment, before, chosen.values(), versions, at=current.now()
        )
    except NotEditable:
        return _closed(assessment_id)
    errors = [_changed(sorted(wanted - chosen.keys()))] if wanted - chosen.keys() else []
    errors += [_answered(late)] if late else []
    if errors:
        current.keep_changes()
        return _page(progress_of(progress.assessment), before, errors, 409)
    number = len(chosen)
    flash(ngettext("%(num)d answer has been confirmed.", "%(num)d answers have been confirmed.", number))
    return redirect(
        url_for(".list_last_time", assessment_id=assessment_id, show=request.form.get("show") or None, _anchor=section)
    )


def has_last_time(assessment: Assessment) -> bool:
    """Whether there is something to carry over."""
    if not current.may("company.list_last_time"):
        return False
    return assessment_before(current.session(), current.principal(), assessment, current.catalogue()) is not None


def _before_or_404(assessment: Assessment) -> tuple[Progress, Before]:
    session, principal, catalogue = current.session(), current.principal(), current.catalogue()
    found = assessment_before(session, principal, assessment, catalogue) or abort(404)
    return progress_of(assessment), answers_before(session, found, catalogue)


def _last_time(progress: Progress, before: Before) -> LastTime:
    catalogue = current.catalogue()
    own = catalogue.questionnaires[progress.assessment.questionnaire]
    changes = changes_between(catalogue, before.questionnaire, own)
    asked = {question.id for question in progress.asked}
    return last_time(own, before.questionnaire, before.given, changes, asked=asked, today=current.now().date())


def _seen() -> tuple[dict[str, str], dict[str, int]]:
    """Question id -> token of what was shown, and version of the answer that stood there."""
    tokens, versions = {}, {}
    for text in request.form.getlist("seen"):
        key, _space, rest = text.partition(" ")
        token, _space, version = rest.partition(" ")
        tokens[key] = token
        versions[key] = int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else -1
    return tokens, versions


def _page(progress: Progress, before: Before, errors: list[str], status: int) -> ResponseReturnValue:
    said = _last_time(progress, before)
    lines = [
        Line(
            _in_words(item, progress, before),
            progress.saved.get(item.question.id, NEVER_ANSWERED),
            len(before.saved[item.question.id].answer.files),
        )
        for item in said.answers
    ]
    show = request.values.get("show", "") if request.values.get("show") in SHOWN else ""
    page = render_template(
        "company/last_time.html",
        progress=progress,
        before=before.assessment,
        source=in_words_of_reader(before.questionnaire),
        said=said,
        looked_at=sum(not line.is_open for line in lines),
        count=len(lines),
        sections=_by_section(progress, [line for line in lines if not show or line.is_open == SHOWN[show]]),
        show=show,
        errors=errors,
        editable=is_editable(progress.assessment.status) and current.may("company.confirm_last_time", "POST"),
        open_actions=_open_actions(),
        field_words=field_words,
    )
    return page, status


def _in_words(item: EarlierAnswer, progress: Progress, before: Before) -> EarlierAnswer:
    """In the language of the reader; what is compared and stored is as written."""
    key, source = item.question.id, in_words_of_reader(before.questionnaire)
    given = replace(item.given, questionnaire=source, question=source.by_id[item.given.question.id])
    return replace(item, question=progress.questionnaire.by_id[key], suggestion=replace(item.suggestion, given=given))


def _by_section(progress: Progress, lines: list[Line]) -> list[tuple[object, list[Line], int]]:
    """Section, its lines, and how many of them can be ticked together."""
    found: list[tuple[object, list[Line], int]] = []
    for section in progress.questionnaire.sections:
        if mine := [line for line in lines if line.earlier.section.id == section.id]:
            together = sum(line.is_open and bool(line.earlier.answer) and not line.earlier.is_alone for line in mine)
            found.append((section, mine, together))
    return found


def _open_actions() -> dict[str, list[CorrectiveAction]]:
    """Question id -> the corrective actions about it that go on, whatever period they began in."""
    found: dict[str, list[CorrectiveAction]] = {}
    for one in actions.list_actions(current.session(), current.principal()):
        if one.status not in actions.CLOSED:
            found.setdefault(one.question_id, []).append(one)
    return found


def _changed(ids: list[str]) -> str:
    return _(
        "Not confirmed, because it has changed since you opened the page or is to be confirmed by itself: %(ids)s. "
        "Look at it once more.",
        ids=", ".join(ids),
    )


def _answered(ids: list[str]) -> str:
    return _("Answered by a colleague in the meantime, and left as it is: %(ids)s.", ids=", ".join(ids))


def _closed(assessment_id: UUID) -> ResponseReturnValue:
    flash(_("This assessment has been submitted; its answers can no longer change."), "error")
    return redirect(url_for(".list_last_time", assessment_id=assessment_id))
