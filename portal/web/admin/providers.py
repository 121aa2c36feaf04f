"""The identity provider of an organisation: set by one administrator, approved by another, switched off by any."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.models import Organisation
from portal.services import administration, provider_requests
from portal.web import current, letters
from portal.web.admin.blueprint import bp
from portal.web.typed import Mistyped, one_line

LONGEST = 500


@bp.get("/organisations/<uuid:organisation_id>/provider")
def show_provider(organisation_id: UUID) -> ResponseReturnValue:
    return _page(_organisation_or_404(organisation_id), {})


@bp.post("/organisations/<uuid:organisation_id>/provider")
def set_provider(organisation_id: UUID) -> ResponseReturnValue:
    organisation = _organisation_or_404(organisation_id)
    errors: dict[str, str] = {}
    issuer, client_id = _line(errors, "issuer"), _line(errors, "client_id")
    secret = _line(errors, "client_password")
    if "issuer" not in errors and not _is_address(issuer):
        errors["issuer"] = _("Enter the address of the provider, beginning with https://")
    if "client_id" not in errors and not client_id:
        errors["client_id"] = _("Enter the client id.")
    known = provider_requests.state_of(current.session(), current.principal(), organisation_id)
    if "client_password" not in errors and not secret and not known.has_secret:
        errors["client_password"] = _("Enter the client secret.")
    if errors:
        return _page(organisation, errors), 422
    provider_requests.ask_provider(
        current.session(),
        current.sealer(),
        current.principal(),
        organisation_id,
        issuer=issuer,
        client_id=client_id,
        secret=secret,
        at=current.now(),
    )
    _tell(organisation, _("An administrator wants to let this identity provider sign your people in:"), issuer)
    flash(_("Saved. It signs nobody in before another administrator approves it."))
    return redirect(url_for(".show_provider", organisation_id=organisation_id))


@bp.post("/organisations/<uuid:organisation_id>/provider/<uuid:request_id>/approval")
def approve_provider(organisation_id: UUID, request_id: UUID) -> ResponseReturnValue:
    organisation = _organisation_or_404(organisation_id)
    session, principal = current.session(), current.principal()
    try:
        provider_requests.approve_provider(session, principal, organisation_id, request_id, at=current.now())
    except LookupError:
        abort(404)
    except provider_requests.SamePerson:
        return _page(organisation, {"": _("You set it yourself. Another administrator has to approve it.")}), 422
    issuer = provider_requests.state_of(session, principal, organisation_id).issuer
    _tell(organisation, _("From now on this identity provider signs your people in:"), issuer)
    flash(_("Approved. The provider signs the people of this organisation in."))
    return redirect(url_for(".show_provider", organisation_id=organisation_id))


@bp.post("/organisations/<uuid:organisation_id>/provider/off")
def disable_provider(organisation_id: UUID) -> ResponseReturnValue:
    _organisation_or_404(organisation_id)
    try:
        provider_requests.switch_off(current.session(), current.principal(), organisation_id, at=current.now())
    except LookupError:
        abort(404)
    flash(_("Switched off. Sign-ins it vouched for have ended."))
    return redirect(url_for(".show_provider", organisation_id=organisation_id))


def _tell(organisation: Organisation, words: str, issuer: str) -> None:
    """The managers read it outside the portal: a provider that is not theirs must not go unnoticed."""
    body = f"{words}\n\n{issuer}\n\n" + _("If you did not ask for this, write to those who run the portal at once.")
    addresses = provider_requests.manager_addresses(current.session(), organisation.id)
    letters.post_all(addresses, _("Sign-in of your organisation"), body, kind="provider")


def _is_address(text: str) -> bool:
    parts = urlsplit(text)
    local = (
        parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1") and not current.settings().https_only
    )
    return bool(parts.hostname) and (parts.scheme == "https" or local) and not (parts.query or parts.fragment)


def _line(errors: dict[str, str], field: str) -> str:
    try:
        return one_line(request.form.get(field, ""), longest=LONGEST)
    except Mistyped as error:
        errors[field] = str(error)
        return ""


def _organisation_or_404(organisation_id: UUID) -> Organisation:
    found = administration.find_organisation(current.session(), current.principal(), organisation_id)
    if found is None or found.organisation.merged_into_id:
        abort(404)
    return found.organisation


def _page(organisation: Organisation, errors: dict[str, str]) -> str:
    return render_template(
        "admin/provider.html",
        organisation=organisation,
        state=provider_requests.state_of(current.session(), current.principal(), organisation.id),
        errors=errors,
        typed=request.form,
    )
