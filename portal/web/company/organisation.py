"""What the company says it is: name, country and number that a government verifies, and the group it belongs to."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.domain.lookalikes import number_key
from portal.services import organisations
from portal.services.organisations import Facts
from portal.services.verifications import standing_of
from portal.web import current
from portal.web.company.answer_forms import FieldError
from portal.web.company.blueprint import bp
from portal.web.countries import countries, country_code, country_name
from portal.web.typed import Mistyped, one_line

#: Names of companies and their numbers are shorter than this everywhere.
LONGEST_NAME, LONGEST_NUMBER = 200, 60


@bp.get("/organisation")
def show_organisation() -> ResponseReturnValue:
    return _page([])


@bp.post("/organisation")
def change_organisation() -> ResponseReturnValue:
    errors: list[FieldError] = []
    facts = Facts(
        name=_text(errors, "name", LONGEST_NAME, _("Enter the name of the company.")),
        local_name=_text(errors, "local_name", LONGEST_NAME),
        country=read_country(errors, "country"),
        registration_number=_text(errors, "registration_number", LONGEST_NUMBER, _("Enter the registration number.")),
    )
    if errors:
        return _page(errors), 422
    try:
        organisations.change_facts(
            current.session(), current.principal(), facts, seen=request.form.get("seen", ""), at=current.now()
        )
    except organisations.ChangedMeanwhile:
        return _changed()
    flash(_("Saved. A government of your country verifies what has changed."))
    return redirect(url_for(".show_organisation"))


@bp.post("/organisation/parent")
def name_parent() -> ResponseReturnValue:
    errors: list[FieldError] = []
    number = _text(errors, "parent_number", LONGEST_NUMBER)
    if number and not number_key(number):
        errors.append(FieldError("parent_number", _("Enter the registration number.")))
    country = read_country(errors, "parent_country") if number else ""
    if errors:
        return _page(errors), 422
    try:
        organisations.name_parent(
            current.session(), current.principal(), country, number, seen=request.form.get("seen", ""), at=current.now()
        )
    except organisations.ChangedMeanwhile:
        return _changed()
    flash(_("Saved. If that company is registered here, its owner is asked to confirm it.") if number else _("Saved."))
    return redirect(url_for(".show_organisation"))


@bp.post("/organisation/children/<uuid:company_id>/confirm")
def confirm_child(company_id: UUID) -> ResponseReturnValue:
    try:
        organisations.confirm_child(current.session(), current.principal(), company_id, at=current.now())
    except LookupError:
        abort(404)
    except organisations.InACircle:
        message = _("That company stands above yours in the group, so it cannot belong to yours.")
        return _page([FieldError("children", message)]), 422
    flash(_("Confirmed. The company now counts as part of your group."))
    return redirect(url_for(".show_organisation"))


@bp.post("/organisation/children/<uuid:company_id>/refuse")
def refuse_child(company_id: UUID) -> ResponseReturnValue:
    try:
        organisations.refuse_child(current.session(), current.principal(), company_id, at=current.now())
    except LookupError:
        abort(404)
    flash(_("Saved. The company does not count as part of your group."))
    return redirect(url_for(".show_organisation"))


def read_country(errors: list[FieldError], field: str) -> str:
    """A country as it was typed, as two letters; what is wrong goes into `errors`."""
    try:
        if code := country_code(request.form.get(field, "")):
            return code
        message = _("Enter the country.")
    except Mistyped as error:
        message = str(error)
    errors.append(FieldError(field, message))
    return ""


def _text(errors: list[FieldError], field: str, longest: int, missing: str = "") -> str:
    try:
        text = one_line(request.form.get(field, ""), longest=longest)
    except Mistyped as error:
        errors.append(FieldError(field, str(error)))
        return ""
    if not text and missing:
        errors.append(FieldError(field, missing))
    return text


def _changed() -> ResponseReturnValue:
    message = _("A colleague or a government changed this in the meantime. Compare with what stands now, then save.")
    return _page([FieldError("name", message)]), 409


def _page(errors: list[FieldError]) -> str:
    """The page; after a mistake with what was typed."""
    session, principal = current.session(), current.principal()
    own = organisations.own_organisation(session, principal)
    stands = {
        "name": own.name,
        "local_name": own.local_name,
        "country": country_name(own.country),
        "registration_number": own.registration_number,
        "parent_country": country_name(own.named_parent_country) if own.named_parent_country else "",
        "parent_number": own.named_parent_number,
    }
    return render_template(
        "company/organisation.html",
        organisation=own,
        seen=organisations.seen_of(own),
        standing=standing_of(own),
        parent=organisations.parent_of(session, own),
        children=organisations.children_of(session, principal) if current.may("company.confirm_child", "POST") else [],
        typed=stands | {name: text for name, text in request.form.items() if name in stands},
        countries=countries(),
        errors=errors,
        by_field={error.field: error.message for error in errors},
    )
