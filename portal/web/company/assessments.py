"""What applies to a company, and one assessment as a task list."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.domain.applicability import rule_values
from portal.domain.laws import hints
from portal.domain.lifecycle import is_editable
from portal.domain.questionnaire import Profile
from portal.domain.versions import newest_of
from portal.services import comments, deadlines
from portal.services.assessments import AlreadyStarted, list_assessments, start_assessment
from portal.services.organisations import absorbed_names
from portal.services.profiles import profile_of
from portal.services.work import list_work
from portal.web import current
from portal.web.company.blueprint import bp, own_assessment_or_404
from portal.web.company.last_times import has_last_time
from portal.web.company.offers import offers_to
from portal.web.company.profile_forms import missing_fields
from portal.web.company.progress import progress_of
from portal.web.typed import Mistyped, day


@bp.get("/questionnaires")
def list_questionnaires() -> ResponseReturnValue:
    """Which questionnaires apply, and which profile answer says so."""
    return _questionnaires_page({}, 200)


@bp.post("/assessments")
def begin_assessment() -> ResponseReturnValue:
    questionnaire = current.questionnaire(request.form.get("questionnaire", ""))
    try:
        period = _period(request.form.get("start", ""), request.form.get("end", ""))
        assessment = start_assessment(
            current.session(), current.principal(), questionnaire, period=period, at=current.now()
        )
    except Mistyped as error:
        return _questionnaires_page({questionnaire.reference: str(error)}, 422)
    except AlreadyStarted:
        message = _("You already have an assessment with this questionnaire and start date. Go on with that one.")
        return _questionnaires_page({questionnaire.reference: message}, 422)
    flash(_("Your assessment has begun. Everything is saved as you go."))
    first = ".edit_screening" if progress_of(assessment).screening_open else ".show_assessment"
    return redirect(url_for(first, assessment_id=assessment.id))


@bp.get("/assessments/<uuid:assessment_id>")
def show_assessment(assessment_id: UUID) -> ResponseReturnValue:
    progress = progress_of(own_assessment_or_404(assessment_id))
    given = list_work(current.session(), current.principal(), progress.assessment)
    asked = {question.id for question in progress.asked}
    named = comments.open_for(current.session(), current.principal(), progress.assessment)
    own = [one for one in given if one.holder_id == current.actor() and not one.handed_back_at]
    return render_template(
        "company/assessment.html",
        progress=progress,
        absorbed=absorbed_names(current.session(), current.principal()),
        mine=own if is_editable(progress.assessment.status) else [],
        for_me=sum(question_id in asked for question_id in named),
        today=current.now().date(),
        has_last_time=has_last_time(progress.assessment),
    )


@bp.post("/assessments/<uuid:assessment_id>/deadline")
def set_deadline(assessment_id: UUID) -> ResponseReturnValue:
    assessment = own_assessment_or_404(assessment_id)
    try:
        due_on = day(request.form.get("due_on", ""))
        if due_on and due_on < current.now().date():
            raise Mistyped(_("The day must not lie in the past. Leave it empty for no such day."))
    except Mistyped as error:
        flash(str(error), "error")
        return redirect(url_for(".show_assessment", assessment_id=assessment_id))
    deadlines.set_deadline(current.session(), current.principal(), assessment, due_on, at=current.now())
    flash(_("Saved. Everybody who holds something is reminded in time."))
    return redirect(url_for(".show_assessment", assessment_id=assessment_id))


def newest_profile() -> Profile:
    """The profile that companies fill in: the newest published one, or the newest draft where none is."""
    catalogue = current.catalogue()
    drafted = list(catalogue.profiles.values())
    published = [item for item in drafted if item.reference in catalogue.published]
    return newest_of(published or drafted) if drafted else abort(404)


def _questionnaires_page(errors: dict[str, str], status: int) -> ResponseReturnValue:
    profile = newest_profile()
    values = profile_of(current.session(), current.principal()).values
    own = list_assessments(current.session(), current.principal())
    offers = offers_to(current.catalogue(), profile, values, own)
    choice = [offer for offer in offers if offer.entry.one_of]
    rules = rule_values(profile, values)
    page = render_template(
        "company/questionnaires.html",
        choice=choice,
        others=[offer for offer in offers if not offer.entry.one_of],
        high_risk=rules.get("high_risk_small", False),
        laws=hints(current.catalogue().laws, profile, values),
        missing=missing_fields(profile, values),
        period=values.get("PRO-27") or {},
        typed=request.form,
        errors=errors,
    )
    return page, status


def _period(start: str, end: str) -> tuple[date, date]:
    first, last = day(start), day(end)
    if first is None or last is None:
        raise Mistyped(_("Enter the first and the last day of the reporting period."))
    if last < first:
        raise Mistyped(_("The last day of the period must not be before the first."))
    if (last - first).days > 732:
        raise Mistyped(_("A reporting period is at most two years long."))
    return first, last
