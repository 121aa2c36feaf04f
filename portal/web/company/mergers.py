"""Become part of another company, or take one in: asked, accepted or declined by owners."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.domain.lookalikes import number_key
from portal.services import mergers
from portal.services.organisations import owner_addresses
from portal.web import current, letters
from portal.web.company.answer_forms import FieldError
from portal.web.company.blueprint import bp
from portal.web.company.organisation import LONGEST_NUMBER, read_country
from portal.web.countries import countries
from portal.web.typed import Mistyped, one_line


@bp.get("/organisation/mergers")
def show_mergers() -> ResponseReturnValue:
    return _page([])


@bp.post("/organisation/mergers")
def ask_merger() -> ResponseReturnValue:
    errors: list[FieldError] = []
    country, number = read_country(errors, "country"), _number(errors)
    if not request.form.get("understood"):
        errors.append(FieldError("understood", _("Read what a merger does and tick the box.")))
    if errors:
        return _page(errors), 422
    try:
        target = mergers.ask_merger(current.session(), current.principal(), country, number, at=current.now())
    except mergers.AskedAlready:
        return _page([FieldError("number", _("Your company waits for an answer already. Withdraw that first."))]), 409
    if target:
        name = current.principal().organisation_name
        words = _("%(company)s asks to become part of your company. Read the request, then accept or decline.")
        _tell(target, words % {"company": name}, "merger_asked")
    flash(_("Asked. If a verified company with this number is registered here, its owners decide."))
    return redirect(url_for(".show_mergers"))


@bp.post("/organisation/mergers/<uuid:merger_id>/withdraw")
def withdraw_merger(merger_id: UUID) -> ResponseReturnValue:
    try:
        mergers.withdraw_merger(current.session(), current.principal(), merger_id, at=current.now())
    except LookupError:
        abort(404)
    flash(_("The request is withdrawn."))
    return redirect(url_for(".show_mergers"))


@bp.post("/organisation/mergers/<uuid:merger_id>/decline")
def decline_merger(merger_id: UUID) -> ResponseReturnValue:
    try:
        asking = mergers.decline_merger(current.session(), current.principal(), merger_id, at=current.now())
    except LookupError:
        abort(404)
    _tell(asking, _("The other company has declined your request to merge."), "merger_declined")
    flash(_("The request is declined. Nothing has changed."))
    return redirect(url_for(".show_mergers"))


@bp.post("/organisation/mergers/<uuid:merger_id>/accept")
def accept_merger(merger_id: UUID) -> ResponseReturnValue:
    """The mail goes to people who are members no longer once it is accepted, so their addresses are read before."""
    waiting = {item.id: item for item in mergers.requests_received(current.session(), current.principal())}
    if merger_id not in waiting:
        abort(404)
    addresses = owner_addresses(current.session(), waiting[merger_id].asking_id)
    try:
        mergers.accept_merger(current.session(), current.principal(), merger_id, at=current.now())
    except LookupError:
        abort(404)
    except mergers.Impossible:
        current.release_lock()
        message = _("One of the two companies was merged or erased in the meantime. Nothing has changed.")
        return _page([FieldError("received", message)]), 409
    words = _("Your company is now part of %(company)s.", company=current.principal().organisation_name)
    letters.post_all(addresses, _("Merger of companies"), words, kind="merger_accepted")
    flash(_("The company is now part of yours. Its assessments and submissions stand among yours; no share was kept."))
    return redirect(url_for(".show_mergers"))


def _tell(company_id: UUID, words: str, kind: str) -> None:
    body = f"{words}\n\n{letters.address_of('/company/organisation/mergers')}"
    letters.post_all(owner_addresses(current.session(), company_id), _("Merger of companies"), body, kind=kind)


def _number(errors: list[FieldError]) -> str:
    try:
        number = one_line(request.form.get("number", ""), longest=LONGEST_NUMBER)
    except Mistyped as error:
        errors.append(FieldError("number", str(error)))
        return ""
    if not number_key(number):
        errors.append(FieldError("number", _("Enter the registration number.")))
    return number


def _page(errors: list[FieldError]) -> str:
    session, principal = current.session(), current.principal()
    made = mergers.requests_made(session, principal)
    return render_template(
        "company/mergers.html",
        made=made,
        waits=any(item.is_open for item in made),
        received=mergers.requests_received(session, principal),
        typed=request.form,
        countries=countries(),
        errors=errors,
        by_field={error.field: error.message for error in errors},
    )
