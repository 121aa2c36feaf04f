"""Organisations that take part: found, looked at, added."""

from __future__ import annotations

import re
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.models import OrganisationKind
from portal.services import administration
from portal.services.administration import OrganisationLine
from portal.services.verifications import standing_of
from portal.web import current, letters
from portal.web.admin.blueprint import bp
from portal.web.countries import countries, country_code
from portal.web.roles import role_name
from portal.web.typed import Mistyped, clean, one_line

#: What administrators add; the administration itself is made when the portal is set up.
KINDS = (OrganisationKind.COMPANY, OrganisationKind.GOVERNMENT)
LONGEST_SEARCH, LAST_PAGE, LONGEST_ADDRESS = 200, 1_000_000, 254
ADDRESS = re.compile(r"[^@\s<>\"',;:()]+@[^@\s<>\"',;:()]+")


@bp.get("/organisations")
def list_organisations() -> ResponseReturnValue:
    text, kind = _searched(), request.args.get("kind", "")
    page = min(LAST_PAGE, request.args.get("page", 1, type=int))
    return render_template(
        "admin/organisations.html",
        found=administration.list_organisations(
            current.session(), current.principal(), text=text, kind=kind, page=page
        ),
        text=text,
        kind=kind,
        narrowing={name: value for name, value in (("text", text), ("kind", kind)) if value},
        standing_of=standing_of,
    )


@bp.get("/organisations/<uuid:organisation_id>")
def show_organisation(organisation_id: UUID) -> ResponseReturnValue:
    return _page(_line_or_404(organisation_id))


@bp.post("/organisations/<uuid:organisation_id>/invitation")
def invite_first(organisation_id: UUID) -> ResponseReturnValue:
    """The answer does not tell whether the address has an account."""
    line = _line_or_404(organisation_id)
    email = request.form.get("email", "").strip()
    if not ADDRESS.fullmatch(email) or len(email) > LONGEST_ADDRESS:
        return _page(line, _("Enter an e-mail address, such as name@company.com")), 422
    try:
        sent = administration.invite_first(
            current.session(), current.principal(), line.organisation, email, at=current.now()
        )
    except administration.HasPeople:
        return _page(line, _("Somebody works there already. Its own managers invite.")), 409
    letters.send_invitation(sent)
    flash(_("Invited. The link in the mail works for seven days."))
    return redirect(url_for(".show_organisation", organisation_id=organisation_id))


@bp.route("/organisations/new", methods=["GET", "POST"])
def add_organisation() -> ResponseReturnValue:
    if request.method == "GET":
        return _form({})
    errors: dict[str, str] = {}
    kind = request.form.get("kind", "")
    if kind not in KINDS:
        errors["kind"] = _("Choose what kind of organisation it is.")
    name = _line(errors, "name")
    if not name:
        errors.setdefault("name", _("Enter the name."))
    number, chosen = _line(errors, "registration_number"), _countries(errors, kind)
    if errors:
        return _form(errors), 422
    try:
        added = administration.add_organisation(
            current.session(),
            current.principal(),
            OrganisationKind(kind),
            name,
            countries=chosen,
            registration_number=number if kind == OrganisationKind.COMPANY else "",
            at=current.now(),
        )
    except administration.NameTaken:
        return _form({"name": _("There is an organisation with this name already.")}), 422
    flash(_("Added. Nobody belongs to it yet: invite its first person."))
    return redirect(url_for(".show_organisation", organisation_id=added.id))


def _line_or_404(organisation_id: UUID) -> OrganisationLine:
    return administration.find_organisation(current.session(), current.principal(), organisation_id) or abort(404)


def _page(line: OrganisationLine, error: str = "") -> str:
    return render_template(
        "admin/organisation.html",
        line=line,
        standing_of=standing_of,
        is_new=administration.is_new(current.session(), line.organisation),
        first_role=role_name(administration.FIRST[line.organisation.kind]),
        errors=[error] if error else [],
        typed=request.form,
    )


def _countries(errors: dict[str, str], kind: str) -> list[str]:
    """One country a line; a company has exactly one."""
    try:
        lines = clean(request.form.get("countries", ""), longest=2000).splitlines()
        codes = dict.fromkeys(code for text in lines if (code := country_code(text)))
    except Mistyped as error:
        errors["countries"] = str(error)
        return []
    if not codes:
        errors["countries"] = _("Enter the country.")
    elif kind == OrganisationKind.COMPANY and len(codes) > 1:
        errors["countries"] = _("A company is registered in one country. Name that one.")
    return list(codes)


def _line(errors: dict[str, str], field: str) -> str:
    try:
        return one_line(request.form.get(field, ""))
    except Mistyped as error:
        errors[field] = str(error)
        return ""


def _form(errors: dict[str, str]) -> str:
    return render_template("admin/organisation_form.html", errors=errors, typed=request.form, countries=countries())


def _searched() -> str:
    try:
        return clean(request.args.get("text", ""), longest=LONGEST_SEARCH)
    except Mistyped:
        return ""
