"""The companies of the countries a government serves: verify the registration, send it back, withdraw it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.models import Organisation
from portal.services import verifications
from portal.services.organisations import ChangedMeanwhile, owner_addresses, parent_of, seen_of
from portal.services.verifications import LONGEST_REASON, Standing
from portal.web import current, letters
from portal.web.government.blueprint import bp
from portal.web.government.forms import LAST_PAGE, LONGEST_SEARCH
from portal.web.typed import Mistyped, clean


@bp.get("/companies")
def list_companies() -> ResponseReturnValue:
    text, standing = _searched(), request.args.get("standing", "")
    page = min(LAST_PAGE, request.args.get("page", 1, type=int))
    register = verifications.register_of(
        current.session(), current.principal(), text=text, standing=standing, page=page
    )
    return render_template(
        "government/companies.html",
        register=register,
        standing_of=verifications.standing_of,
        narrowing={name: value for name, value in (("text", text), ("standing", standing)) if value},
        text=text,
        standing=standing,
    )


@bp.get("/companies/<uuid:company_id>")
def show_company(company_id: UUID) -> ResponseReturnValue:
    return _page(_company_or_404(company_id))


@bp.post("/companies/<uuid:company_id>/verify")
def verify_company(company_id: UUID) -> ResponseReturnValue:
    company = _company_or_404(company_id)

    def verify(_reason: str) -> None:
        verifications.verify(
            current.session(), current.principal(), company, seen=request.form.get("seen", ""), at=current.now()
        )

    return _settled(company, verify, _("The company is verified. From now on its submissions may count."), "")


@bp.post("/companies/<uuid:company_id>/return")
def send_back_company(company_id: UUID) -> ResponseReturnValue:
    company = _company_or_404(company_id)

    def send_back(reason: str) -> None:
        verifications.send_back(
            current.session(), current.principal(), company, reason, seen=request.form.get("seen", ""), at=current.now()
        )

    return _settled(company, send_back, _("Sent back. The company reads your reason."), "verification_sent_back")


@bp.post("/companies/<uuid:company_id>/withdraw")
def withdraw_verification(company_id: UUID) -> ResponseReturnValue:
    company = _company_or_404(company_id)

    def withdraw(reason: str) -> None:
        verifications.withdraw(
            current.session(), current.principal(), company, reason, seen=request.form.get("seen", ""), at=current.now()
        )

    message = _("The verification is withdrawn. The company reads your reason and counts in no further release.")
    return _settled(company, withdraw, message, "verification_withdrawn")


def _settled(company: Organisation, settle: Callable[[str], None], message: str, kind: str) -> ResponseReturnValue:
    """Carry a decision out and tell the company; what is not right comes back with what was typed."""
    try:
        reason = clean(request.form.get("reason", ""), longest=LONGEST_REASON)
        settle(reason)
    except Mistyped as error:
        return _page(company, str(error)), 422
    except verifications.ReasonTooShort:
        return _page(company, _("Say what the company should mend: at least ten characters.")), 422
    except verifications.NoNumber:
        return _page(company, _("The company has given no registration number. Send it back with a reason.")), 422
    except ChangedMeanwhile:
        changed = _("The company or a colleague changed this since you opened the page. Read it once more.")
        return _page(_company_or_404(company.id), changed), 409
    _tell(company, kind, reason)
    flash(message)
    return redirect(url_for(".show_company", company_id=company.id))


def _tell(company: Organisation, kind: str, reason: str) -> None:
    """Mail the owners of the company."""
    government = current.principal().organisation_name
    lines = {
        "": _("%(government)s has verified the registration of your company.", government=government),
        "verification_sent_back": _(
            "%(government)s could not verify the registration of your company.", government=government
        ),
        "verification_withdrawn": _(
            "%(government)s has withdrawn the verification of your company.", government=government
        ),
    }
    parts = [lines[kind], reason, letters.address_of("/company/organisation")]
    letters.post_all(
        owner_addresses(current.session(), company.id),
        _("The registration of your company"),
        "\n\n".join(part for part in parts if part),
        kind=kind or "verification_given",
    )


def _page(company: Organisation, error: str = "") -> str:
    likenesses = verifications.likenesses_of(current.session(), current.principal(), [company])
    return render_template(
        "government/company.html",
        company=company,
        seen=seen_of(company),
        standing=verifications.standing_of(company),
        standings=Standing,
        parent=parent_of(current.session(), company),
        likenesses=likenesses[company.id],
        errors=[error] if error else [],
        typed=request.form,
    )


def _company_or_404(company_id: UUID) -> Organisation:
    """A company of a country this government serves; any other is as unknown as none."""
    return verifications.find_company(current.session(), current.principal(), company_id) or abort(404)


def _searched() -> str:
    try:
        return clean(request.args.get("text", ""), longest=LONGEST_SEARCH)
    except Mistyped:
        return ""
