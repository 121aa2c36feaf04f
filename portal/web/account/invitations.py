"""Invite people, take invitations back, and accept one."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.services import invitations, logins, passwords, throttles
from portal.services.invitations import Offer, Sent
from portal.services.logins import Proof
from portal.services.throttles import SignInBlocked
from portal.web import current, letters, new_passwords
from portal.web.account import devices, waiting
from portal.web.account import logins as sign_ins
from portal.web.account.blueprint import bp
from portal.web.account.people_forms import AcceptForm
from portal.web.roles import role_name


@bp.post("/members/invitations/<uuid:invitation_id>/withdrawal")
def withdraw_invitation(invitation_id: UUID) -> ResponseReturnValue:
    try:
        invitations.withdraw(current.session(), current.principal(), invitation_id, at=current.now())
    except LookupError:
        abort(404)
    flash(_("The invitation has been taken back. Its link opens nothing any more."))
    return redirect(url_for(".list_members"))


@bp.post("/members/invitations/<uuid:invitation_id>/again")
def send_invitation_again(invitation_id: UUID) -> ResponseReturnValue:
    try:
        sent = invitations.send_again(current.session(), current.principal(), invitation_id, at=current.now())
    except LookupError:
        abort(404)
    try:
        throttle(sent.email)
    except SignInBlocked as error:
        current.session().rollback()
        flash(waiting.words_about_invitations(error), "error")
        return redirect(url_for(".list_members"))
    send(sent)
    flash(_("Sent again, with a new link. The old one opens nothing any more."))
    return redirect(url_for(".list_members"))


@bp.get("/invitations/<token>")
def show_invitation(token: str) -> ResponseReturnValue:
    return _page(token, _offer(token), AcceptForm(formdata=None), 200)


@bp.post("/invitations/<token>")
def accept_invitation(token: str) -> ResponseReturnValue:
    """For somebody with an account one button is enough; a new person chooses a name and a password."""
    offer = _offer(token)
    if current.principal().is_signed_in and not current.principal().owes_factor:
        return _accepted(offer)
    if offer.has_account:
        return redirect(url_for("account.sign_in", next=url_for(".show_invitation", token=token)))
    form = AcceptForm()
    if not form.validate():
        return _page(token, offer, form, 422)
    about = (current.settings().name, offer.email, form.name.data, offer.organisation)
    if complaint := new_passwords.complaint(form.password.data, about):
        form.password.errors = [complaint]
        return _page(token, offer, form, 422)
    return _joined(offer, form.name.data, form.password.data)


def throttle(email: str) -> None:
    """Count an invitation about to be sent. Raises SignInBlocked."""
    keys = throttles.invitation_keys(email, current.principal().organisation)
    throttles.attempt(current.session(), keys, at=current.now())


def send(sent: Sent) -> None:
    letters.send_invitation(sent)


def _accepted(offer: Offer) -> ResponseReturnValue:
    try:
        membership_id = invitations.accept(current.session(), offer, current.actor(), at=current.now())
    except LookupError:
        abort(404)
    except invitations.OtherAddress:
        return render_template("account/other_address.html", offer=offer), 409
    if current.principal().provider_id is None:  # an identity provider vouches for its own organisation only
        logins.work_for(current.session(), current.principal(), membership_id)
    flash(_("Welcome. You work for this organisation now."))
    return redirect(url_for("account.choose_organisation", go=1))


def _joined(offer: Offer, name: str, password: str) -> ResponseReturnValue:
    current.release_lock()
    hashed = passwords.hash_password(password)
    try:
        user_id = invitations.accept_as_new(current.session(), offer, name=name, password_hash=hashed, at=current.now())
    except LookupError:
        abort(404)
    return sign_ins.opened(user_id, Proof(device=devices.device_text()))


def _offer(token: str) -> Offer:
    """What the link offers; one that is unknown, used, withdrawn or too old is told apart by nothing."""
    try:
        return invitations.find_offer(current.session(), token, at=current.now())
    except LookupError:
        abort(404)


def _page(token: str, offer: Offer, form: AcceptForm, code: int) -> ResponseReturnValue:
    mine = current.principal().is_signed_in
    page = render_template(
        "account/invitation.html", offer=offer, form=form, token=token, mine=mine, role=role_name(offer.role)
    )
    return page, code
