"""Members of the organisation: who they are, invite, change a role, remove, hand over; and leaving by oneself."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.models import Role
from portal.services import invitations, members
from portal.services.members import Told
from portal.services.throttles import SignInBlocked
from portal.web import current, letters
from portal.web.account import waiting
from portal.web.account.blueprint import bp
from portal.web.account.invitations import send, throttle
from portal.web.account.people_forms import InviteForm
from portal.web.roles import WHAT, role_name


@bp.get("/members")
def list_members() -> ResponseReturnValue:
    return _list(_invite_form(), 200)


@bp.post("/members")
def invite_member() -> ResponseReturnValue:
    """The answer does not tell whether the address has an account."""
    form = _invite_form()
    if not form.validate():
        return _list(form, 422)
    session, principal = current.session(), current.principal()
    try:
        throttle(form.email.data)
    except SignInBlocked as error:
        form.email.errors = [waiting.words_about_invitations(error)]
        return _list(form, 429)
    send(invitations.invite(session, principal, form.email.data, Role(form.role.data), at=current.now()))
    flash(_("Invited. The link in the mail works for seven days."))
    return redirect(url_for(".list_members"))


@bp.get("/members/<uuid:membership_id>")
def show_member(membership_id: UUID) -> ResponseReturnValue:
    return _member(membership_id, "", 200)


@bp.post("/members/<uuid:membership_id>/role")
def change_role(membership_id: UUID) -> ResponseReturnValue:
    session, principal, seen = current.session(), current.principal(), request.form.get("seen", "")
    try:
        role = Role(request.form.get("role", ""))
        told = members.change_role(session, principal, membership_id, role, seen=seen, at=current.now())
    except LookupError:
        abort(404)
    except ValueError:
        return _member(membership_id, _("Choose a role."), 422)
    except (members.ChangedMeanwhile, members.LastManager) as error:
        return _member(membership_id, _why_not(error), 409)
    _tell(
        told, _("Your role at %(organisation)s is now: %(role)s.", organisation=told.organisation, role=role_name(role))
    )
    return _done(_("The role is changed. It holds from the next sign-in; open ones have ended."))


@bp.post("/members/<uuid:membership_id>/handover")
def hand_over(membership_id: UUID) -> ResponseReturnValue:
    session, principal, seen = current.session(), current.principal(), request.form.get("seen", "")
    try:
        told = members.hand_over(session, principal, membership_id, seen=seen, at=current.now())
    except LookupError:
        abort(404)
    except members.ChangedMeanwhile as error:
        return _member(membership_id, _why_not(error), 409)
    _tell(told, _("You now manage %(organisation)s.", organisation=told.organisation))
    flash(_("Handed over. Sign in again to go on with your new role."))
    return redirect(url_for("account.sign_in"))


@bp.post("/members/<uuid:membership_id>/removal")
def remove_member(membership_id: UUID) -> ResponseReturnValue:
    session, principal, seen = current.session(), current.principal(), request.form.get("seen", "")
    try:
        told = members.remove_member(session, principal, membership_id, seen=seen, at=current.now())
    except LookupError:
        abort(404)
    except (members.ChangedMeanwhile, members.LastManager) as error:
        return _member(membership_id, _why_not(error), 409)
    _tell(told, _("You no longer belong to %(organisation)s.", organisation=told.organisation))
    return _done(_("Removed. Open sign-ins of this person have ended."))


@bp.post("/organisations/<uuid:membership_id>/leaving")
def leave_organisation(membership_id: UUID) -> ResponseReturnValue:
    try:
        name = members.leave(current.session(), current.principal(), membership_id, at=current.now())
    except LookupError:
        abort(404)
    except members.LastManager as error:
        flash(_why_not(error), "error")
        return redirect(url_for("account.choose_organisation"))
    flash(_("You no longer belong to %(organisation)s.", organisation=name))
    return redirect(url_for("account.choose_organisation"))


def _done(words: str) -> ResponseReturnValue:
    flash(words)
    return redirect(url_for(".list_members"))


def _why_not(error: Exception) -> str:
    if isinstance(error, members.LastManager):
        return _("Somebody has to manage the organisation. Hand it over to another member first.")
    return _("Somebody changed this in the meantime. Look at it once more, then decide.")


def _invite_form() -> InviteForm:
    form = InviteForm()
    form.role.choices = [(str(role), role_name(role)) for role in _roles()]
    return form


def _roles() -> tuple[Role, ...]:
    kind = current.principal().kind
    return members.ROLES[kind] if kind else ()


def _list(form: InviteForm, code: int) -> ResponseReturnValue:
    session, principal = current.session(), current.principal()
    page = render_template(
        "account/members.html",
        members=members.list_members(session, principal),
        invitations=invitations.open_invitations(session, principal, at=current.now()),
        form=form,
        roles=[(role_name(role), WHAT[role]) for role in _roles()],
        role_name=role_name,
    )
    return page, code


def _member(membership_id: UUID, error: str, code: int) -> ResponseReturnValue:
    try:
        member = members.find_member(current.session(), current.principal(), membership_id)
    except LookupError:
        abort(404)
    page = render_template(
        "account/member.html",
        member=member,
        error=error,
        roles=[(str(role), role_name(role), WHAT[role]) for role in _roles()],
        role_name=role_name,
        myself=member.user_id == current.actor(),
    )
    return page, code


def _tell(told: Told, words: str) -> None:
    body = f"{words}\n\n" + _("If you have questions, ask those who manage the organisation.") + "\n"
    letters.post_all([told.email], _("Your membership has changed"), body, kind="membership")
