"""The profile: who the company is; decides what is asked."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.domain.applicability import asked_elsewhere, rule_values
from portal.domain.laws import REPORTED, hints
from portal.domain.offers import offered_questionnaires
from portal.services.profiles import StaleProfile, profile_of, save_profile
from portal.web import activities, current
from portal.web.company.answer_forms import FieldError
from portal.web.company.assessments import newest_profile
from portal.web.company.blueprint import bp
from portal.web.company.profile_changes import changes_of, changes_page, seen_of
from portal.web.company.profile_forms import (
    LINES,
    PLACES,
    Form,
    missing_fields,
    read_profile,
    shown_profile,
)
from portal.web.countries import countries


@bp.route("/profile", methods=["GET", "POST"])
def edit_profile() -> ResponseReturnValue:
    profile = newest_profile()
    saved = profile_of(current.session(), current.principal())
    if request.method == "GET":
        return _page(shown_profile(profile, saved.values), saved.version, [], 200)
    values, errors = read_profile(profile, request.form)
    values |= asked_elsewhere(profile, saved.values)
    version = request.form.get("version", type=int, default=-1)
    if errors:
        return _page(request.form, version, errors, 422)
    if request.form.get("change"):
        return _page(request.form, version, [], 200)
    if values == saved.values and version == saved.version:
        return redirect(_after())
    changes = changes_of(saved.values, values) if version == saved.version else []
    if changes and request.form.get("seen") != seen_of(changes):
        return changes_page(changes, url_for(".edit_profile"))
    try:
        save_profile(current.session(), current.principal(), profile, values, version=version, at=current.now())
    except StaleProfile as error:
        theirs = shown_profile(profile, error.theirs.values)
        return _page(request.form, error.theirs.version, [], 409, theirs=theirs)
    _tell_what_changed(saved.values, values)
    return redirect(_after())


def _page(
    form: Form, version: int, errors: list[FieldError], status: int, theirs: Form | None = None
) -> ResponseReturnValue:
    """The form with what was typed; after a conflict also what a colleague saved, field by field."""
    profile = newest_profile()
    values = profile_of(current.session(), current.principal()).values
    laws = hints(current.catalogue().laws, profile, values)
    page = render_template(
        "company/profile.html",
        profile=profile,
        laws=laws,
        suggested={REPORTED: {hint.law.id: hint.law.because for hint in laws}},
        form=form,
        version=version,
        errors=errors,
        by_field={error.field: error.message for error in errors},
        theirs=theirs,
        missing={field.id for field in missing_fields(profile, values)} if values else set(),
        countries=countries(),
        activities=activities.choices(),
        lines=LINES,
        places=PLACES,
    )
    return page, status


def _tell_what_changed(before: dict[str, object], after: dict[str, object]) -> None:
    """Say when questions appear or disappear because of the change; answers are kept either way."""
    profile = newest_profile()
    old, new = rule_values(profile, before), rule_values(profile, after)
    more = sum(new[name] and not old[name] for name in new)
    fewer = sum(old[name] and not new[name] for name in new)
    flash(_("Your profile has been saved."))
    if before and (more or fewer) and offered_questionnaires(profile, after):
        flash(_("Because of the change, other questions apply now. Answers you gave before are kept."))


def _after() -> str:
    return url_for(".edit_profile") if request.form.get("go") == "stay" else url_for(".list_questionnaires")
