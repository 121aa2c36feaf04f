"""The questions before the first: they belong to the profile, and decide what this questionnaire asks."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.domain.lifecycle import is_editable
from portal.models import Assessment
from portal.services.profiles import StaleProfile, profile_of, save_profile
from portal.web import activities, current
from portal.web.company.answer_forms import FieldError
from portal.web.company.blueprint import bp, own_assessment_or_404
from portal.web.company.profile_changes import changes_of, changes_page, seen_of
from portal.web.company.profile_forms import LINES, PLACES, Form, read_fields, shown_profile
from portal.web.company.progress import Progress, progress_of
from portal.web.countries import countries


@bp.route("/assessments/<uuid:assessment_id>/start", methods=["GET", "POST"])
def edit_screening(assessment_id: UUID) -> ResponseReturnValue:
    progress = progress_of(own_assessment_or_404(assessment_id))
    if not progress.screening:
        return redirect(_after(progress.assessment))
    profile = current.profile_of(progress.questionnaire)
    company = progress.assessment.organisation_id
    saved = profile_of(current.session(), current.principal(), company)
    if request.method == "GET":
        return _page(progress, shown_profile(profile, saved.values), saved.version, [], 200)
    if not is_editable(progress.assessment.status):
        flash(_("This assessment has been submitted; its answers can no longer change."), "error")
        return redirect(url_for(".show_assessment", assessment_id=assessment_id))
    version = request.form.get("version", type=int, default=-1)
    answers, errors = read_fields(progress.screening, request.form)
    errors += _unanswered(progress, answers, errors)
    if errors:
        return _page(progress, request.form, version, errors, 422)
    kept = {key: value for key, value in saved.values.items() if key not in {field.id for field in progress.screening}}
    if request.form.get("change"):
        return _page(progress, request.form, version, [], 200)
    stale = version != saved.version
    changes = [] if stale or progress.screening_open else changes_of(saved.values, kept | answers)
    if changes and request.form.get("seen") != seen_of(changes):
        return changes_page(changes, url_for(".edit_screening", assessment_id=assessment_id))
    try:
        save_profile(
            current.session(),
            current.principal(),
            profile,
            kept | answers,
            version=version,
            at=current.now(),
            company=company,
        )
    except StaleProfile as error:
        theirs = shown_profile(profile, error.theirs.values)
        return _page(progress, request.form, error.theirs.version, [], 409, theirs=theirs)
    flash(_("Saved. The questions below follow from it."))
    return redirect(_after(progress.assessment))


def _unanswered(progress: Progress, answers: dict[str, object], errors: list[FieldError]) -> list[FieldError]:
    wrong = {error.field for error in errors}
    return [
        FieldError(field.id, _("Answer this question: what is asked next depends on it."))
        for field in progress.screening
        if field.required and field.id not in answers and field.id not in wrong
    ]


def _page(
    progress: Progress,
    form: Form,
    version: int,
    errors: list[FieldError],
    status: int,
    theirs: Form | None = None,
) -> ResponseReturnValue:
    page = render_template(
        "company/screening.html",
        progress=progress,
        form=form,
        version=version,
        errors=errors,
        by_field={error.field: error.message for error in errors},
        theirs=theirs,
        editable=is_editable(progress.assessment.status),
        countries=countries(),
        activities=activities.choices(),
        lines=LINES,
        places=PLACES,
    )
    return page, status


def _after(assessment: Assessment) -> str:
    return url_for(".show_assessment", assessment_id=assessment.id)
