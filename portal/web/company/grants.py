"""Who works on which sections of an assessment: a matrix of contributors and sections, in one form."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.models import Assessment
from portal.services import assignments
from portal.web import current
from portal.web.company.blueprint import bp, own_assessment_or_404
from portal.web.languages import in_words_of_reader


@bp.route("/assessments/<uuid:assessment_id>/contributors", methods=["GET", "POST"])
def edit_contributors(assessment_id: UUID) -> ResponseReturnValue:
    assessment = own_assessment_or_404(assessment_id)
    if request.method == "GET":
        return _page(assessment, conflict=False)
    questionnaire = current.questionnaire(assessment.questionnaire)
    try:
        assignments.give_sections(
            current.session(),
            current.principal(),
            assessment,
            {section.id for section in questionnaire.sections},
            _wanted(),
            seen=request.form.get("seen", ""),
            at=current.now(),
        )
    except assignments.ChangedMeanwhile:
        return _page(assessment, conflict=True), 409
    flash(_("Saved. Contributors see the sections given to them from now on, and no others."))
    return redirect(url_for(".edit_contributors", assessment_id=assessment.id))


def _page(assessment: Assessment, *, conflict: bool) -> str:
    """The matrix as it stands; after a conflict it is what the colleague saved."""
    given = assignments.given_sections(current.session(), current.principal(), assessment)
    questionnaire = in_words_of_reader(current.questionnaire(assessment.questionnaire))
    return render_template(
        "company/contributors.html",
        assessment=assessment,
        questionnaire=questionnaire,
        contributors=assignments.contributors(current.session(), current.principal()),
        given=given,
        errors=[_("A colleague changed this in the meantime. Below is what stands now; make your changes again.")]
        if conflict
        else [],
    )


def _wanted() -> list[assignments.Grant]:
    """The ticked boxes: "<membership> <section>". What is no such pair gives nothing."""
    pairs = []
    for text in request.form.getlist("given"):
        member, _blank, section = text.partition(" ")
        try:
            pairs.append((UUID(member), section))
        except ValueError:
            continue
    return pairs
