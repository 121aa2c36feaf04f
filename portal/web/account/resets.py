"""Somebody has lost all factors: a manager asks for a new beginning, a second person approves it."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.services import factor_resets
from portal.web import current, letters
from portal.web.account.blueprint import bp


@bp.get("/factor-resets")
def list_factor_resets() -> ResponseReturnValue:
    return _page("", 200)


@bp.post("/factor-resets/of/<uuid:membership_id>")
def ask_factor_reset(membership_id: UUID) -> ResponseReturnValue:
    try:
        address = factor_resets.ask(current.session(), current.principal(), membership_id, at=current.now())
    except LookupError:
        abort(404)
    except factor_resets.OwnFactors:
        return _page(_("You cannot ask for yourself. Another manager or an administrator has to."), 409)
    except factor_resets.NothingToReset:
        return _page(_("This person has no second factor that could be removed."), 409)
    except factor_resets.AskedAlready:
        return _page(_("This was asked for already and waits for its approval."), 409)
    _tell(
        address,
        _("Somebody asked to remove your second factors"),
        _(
            "A manager of your organisation says that you have lost your second factors at %(portal)s, and asked to "
            "remove them. A second person has to approve it.\n\n"
            "If you have not lost them, tell your organisation and those who run the portal at once.\n",
            portal=current.settings().name,
        ),
    )
    flash(_("Asked. Nothing changes until a second person approves it."))
    return redirect(url_for(".list_factor_resets"))


@bp.post("/factor-resets/<uuid:approval_id>/approval")
def approve_factor_reset(approval_id: UUID) -> ResponseReturnValue:
    try:
        address = factor_resets.approve(current.session(), current.principal(), approval_id, at=current.now())
    except LookupError:
        abort(404)
    except factor_resets.SamePerson:
        return _page(_("You asked for it yourself. Somebody else has to approve it."), 409)
    except factor_resets.OwnFactors:
        return _page(_("This is about your own account. Somebody else has to approve it."), 409)
    except factor_resets.NeedsAdministrator:
        return _page(_("This person works for other organisations too. An administrator has to approve it."), 409)
    _tell(
        address,
        _("Your second factors were removed"),
        _(
            "All authenticator apps, passkeys and recovery codes of your account at %(portal)s were removed, as your "
            "organisation asked. Sign in with your password, then add a new one.\n\n"
            "If you have not lost them, change your password at once and tell those who run the portal.\n",
            portal=current.settings().name,
        ),
    )
    flash(_("Removed. The person signs in with their password and adds a new second factor."))
    return redirect(url_for(".list_factor_resets"))


@bp.post("/factor-resets/<uuid:approval_id>/withdrawal")
def withdraw_factor_reset(approval_id: UUID) -> ResponseReturnValue:
    try:
        factor_resets.withdraw(current.session(), current.principal(), approval_id, at=current.now())
    except LookupError:
        abort(404)
    flash(_("The request has been taken back. Nothing was removed."))
    return redirect(url_for(".list_factor_resets"))


def _tell(address: str, subject: str, body: str) -> None:
    letters.post_all([address], subject, body, kind="factors")


def _page(error: str, status: int) -> ResponseReturnValue:
    lines = factor_resets.open_requests(current.session(), current.principal(), at=current.now())
    return render_template("account/resets.html", lines=lines, error=error), status
