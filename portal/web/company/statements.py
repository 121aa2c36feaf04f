"""What worker representatives say about an assessment: they write it, everybody in the company reads it."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.domain.lifecycle import is_editable
from portal.domain.questionnaire import Question
from portal.models import Assessment
from portal.services import statements
from portal.web import current
from portal.web.company.blueprint import bp, own_assessment_or_404
from portal.web.company.progress import Progress
from portal.web.typed import Mistyped, clean, one_line

#: Questions that ask whether workers have read the assessment: here they can, and say what they think of it.
READ_BY_WORKERS = frozenset({"HRC-GOV-09"})


def statement_panel(progress: Progress, question: Question) -> str:
    """Where a question asks whether workers read the answers: how they come to read them, and what they said."""
    if question.id not in READ_BY_WORKERS or not current.may("company.list_statements"):
        return ""
    said = statements.list_statements(current.session(), current.principal(), progress.assessment)
    return render_template("company/panels/statements.html", assessment=progress.assessment, said=said)


@bp.get("/assessments/<uuid:assessment_id>/worker-statements")
def list_statements(assessment_id: UUID) -> ResponseReturnValue:
    return _page(own_assessment_or_404(assessment_id), {}, 200)


@bp.post("/assessments/<uuid:assessment_id>/worker-statements")
def write_statement(assessment_id: UUID) -> ResponseReturnValue:
    assessment = own_assessment_or_404(assessment_id)
    if not is_editable(assessment.status):
        flash(_("This assessment has been submitted; nothing can be added to it."), "error")
        return redirect(url_for(".list_statements", assessment_id=assessment_id))
    errors: dict[str, str] = {}
    try:
        body = one_line(request.form.get("body_name", ""))
        words = clean(request.form.get("words", ""), longest=5000)
        if not body:
            errors["body_name"] = _("Say for whom you speak, such as a works council or a union.")
        if not words:
            errors["words"] = _("Write what you want to say.")
    except Mistyped as error:
        errors["words"] = str(error)
    if errors:
        return _page(assessment, errors, 422)
    version = request.form.get("version", type=int, default=-1)
    try:
        session, principal = current.session(), current.principal()
        statements.write_statement(session, principal, assessment, body, words, version=version, at=current.now())
    except statements.ChangedMeanwhile:
        return _page(assessment, {"words": _("You changed this in another window. Read both, then save again.")}, 409)
    flash(_("Saved. It goes along with the answers when they are signed, without your name."))
    return redirect(url_for(".list_statements", assessment_id=assessment_id))


def _page(assessment: Assessment, errors: dict[str, str], status: int) -> ResponseReturnValue:
    page = render_template(
        "company/statements.html",
        assessment=assessment,
        mine=statements.own_statement(current.session(), current.principal(), assessment),
        said=statements.list_statements(current.session(), current.principal(), assessment),
        editable=is_editable(assessment.status),
        errors=errors,
        typed=request.form if errors else None,
    )
    return page, status
