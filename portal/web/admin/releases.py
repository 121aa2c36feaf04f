"""Releases: drafts to read, and their publication, which takes two people."""

from __future__ import annotations

from flask import Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.models import Release
from portal.services import publications
from portal.services.releases import OutdatedDraft, ReleaseIsFrozen
from portal.web import current
from portal.web.admin.blueprint import bp


@bp.get("/releases")
def list_releases() -> ResponseReturnValue:
    return _page()


@bp.get("/releases/<slug>/draft.json")
def show_draft_json(slug: str) -> ResponseReturnValue:
    """The protected tables as the public will see them: to be read before anybody asks for their publication."""
    return Response(_draft_or_404(slug).document, mimetype="application/json")


@bp.post("/releases/<slug>/ask")
def ask_publication(slug: str) -> ResponseReturnValue:
    draft = _draft_or_404(slug)
    try:
        publications.ask_publication(current.session(), current.principal(), draft, at=current.now())
    except publications.AskedAlready:
        return _page(_("Somebody asked for its publication already.")), 409
    flash(_("Asked. Another administrator reads the draft and publishes it."))
    return redirect(url_for(".list_releases"))


@bp.post("/releases/<slug>/publish")
def publish_release(slug: str) -> ResponseReturnValue:
    draft = _draft_or_404(slug)
    try:
        publications.approve_publication(current.session(), current.principal(), draft, at=current.now())
    except publications.SamePerson:
        return _page(_("You asked for it yourself. Another administrator has to publish it.")), 422
    except (LookupError, ReleaseIsFrozen):
        return _page(_("Somebody decided in the meantime, or nobody has asked for it.")), 409
    except OutdatedDraft:
        current.release_lock()
        message = _("Another release was published since this draft was prepared. Prepare it again under another name.")
        return _page(message), 409
    flash(_("The release is published. It can never be changed."))
    return redirect(url_for(".list_releases"))


@bp.post("/releases/<slug>/withdraw")
def withdraw_publication(slug: str) -> ResponseReturnValue:
    try:
        publications.withdraw_request(current.session(), current.principal(), _draft_or_404(slug), at=current.now())
    except LookupError:
        return _page(_("Somebody decided in the meantime, or nobody has asked for it.")), 409
    flash(_("The request is withdrawn. The draft stays a draft."))
    return redirect(url_for(".list_releases"))


def _draft_or_404(slug: str) -> Release:
    return publications.find_draft(current.session(), current.principal(), slug) or abort(404)


def _page(error: str = "") -> str:
    return render_template(
        "admin/releases.html",
        lines=publications.list_releases(current.session(), current.principal()),
        errors=[error] if error else [],
    )
