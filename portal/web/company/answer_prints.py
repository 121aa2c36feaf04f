"""All that was answered, on one page made to be printed."""

from __future__ import annotations

from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.services import comments
from portal.services.comments import Said
from portal.web import current
from portal.web.company.blueprint import bp, own_assessment_or_404
from portal.web.company.progress import progress_of
from portal.web.company.scores import draft_report


@bp.get("/assessments/<uuid:assessment_id>/print")
def print_answers(assessment_id: UUID) -> ResponseReturnValue:
    """What stands today, with the names of files and what colleagues said; questions without an answer are left out."""
    progress = progress_of(own_assessment_or_404(assessment_id))
    said: dict[str, list[Said]] = {}
    session, principal = current.session(), current.principal()
    for one in comments.all_comments(session, principal, progress.assessment, progress.questionnaire):
        if one.withdrawn_at is None:
            said.setdefault(one.question_id, []).append(one)
    answered = [
        (part, [q for q in part.questions if q.status != "unanswered" or q.id in said])
        for part in draft_report(progress.assessment).answers
    ]
    return render_template(
        "company/print.html",
        progress=progress,
        parts=[(part, questions) for part, questions in answered if questions],
        said=said,
        now=current.now(),
    )
