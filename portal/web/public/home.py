"""The start page, and the pages that explain: help and remedy, checking a report, privacy."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.services.declared import declarations_for
from portal.services.releases import latest_release
from portal.web import current
from portal.web.public.blueprint import bp
from portal.web.release_page import page_of


@bp.get("/")
def home() -> ResponseReturnValue:
    release = latest_release(current.session())
    headline = page_of(release.document, current.catalogue()).headline if release else None
    return render_template("public/home.html", release=release, headline=headline)


@bp.get("/remedy")
def show_remedy() -> ResponseReturnValue:
    return render_template("public/remedy.html", declared=declarations_for(current.session()))


@bp.get("/verify")
def show_verify() -> ResponseReturnValue:
    return render_template("public/verify.html")


@bp.get("/privacy")
def show_privacy() -> ResponseReturnValue:
    return render_template("public/privacy.html")
