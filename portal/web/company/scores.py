"""What stands and what it is worth: the answers in one list, and the score with its working."""

from __future__ import annotations

from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.domain.lifecycle import is_editable
from portal.domain.scoring import score_bundle
from portal.models import Assessment
from portal.reports.content import report_of
from portal.reports.parts import AssessmentReport
from portal.services.submissions import blocking_questions, draft_bundle
from portal.web import current
from portal.web.company.blueprint import bp, own_assessment_or_404
from portal.web.company.progress import progress_of
from portal.web.company.what_ifs import card_of, range_of
from portal.web.languages import in_words_of_reader


@bp.get("/assessments/<uuid:assessment_id>/check")
def check_answers(assessment_id: UUID) -> ResponseReturnValue:
    progress = progress_of(own_assessment_or_404(assessment_id))
    return render_template(
        "company/check.html",
        progress=progress,
        report=draft_report(progress.assessment),
        blocking=blocking_questions(progress.questionnaire, progress.rules, progress.answers()),
        editable=is_editable(progress.assessment.status),
    )


@bp.get("/assessments/<uuid:assessment_id>/score")
def show_score(assessment_id: UUID) -> ResponseReturnValue:
    progress = progress_of(own_assessment_or_404(assessment_id))
    written = current.questionnaire(progress.assessment.questionnaire)
    return render_template(
        "company/score.html",
        progress=progress,
        report=draft_report(progress.assessment),
        still=range_of(written, card_of(progress.assessment)),
    )


def draft_report(assessment: Assessment) -> AssessmentReport:
    """The same view of the answers that the report is made of, for the draft as it stands today."""
    bundle = draft_bundle(current.session(), assessment, current.catalogue(), at=current.now())
    questionnaire = in_words_of_reader(current.questionnaire(assessment.questionnaire))
    return report_of(bundle, score_bundle(bundle, current.catalogue()), questionnaire, current.catalogue())
