"""Published releases, as pages and as data. Nothing here can reach anything but what was released."""

from __future__ import annotations

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from portal.services import releases
from portal.services.releases import PublishedRelease
from portal.web import current
from portal.web.public.blueprint import bp
from portal.web.release_page import page_of

#: A published document never changes, so whoever has it may keep it.
FOR_EVER = "public, max-age=31536000, immutable"


@bp.get("/releases")
def list_releases() -> ResponseReturnValue:
    return render_template("public/releases/index.html", releases=releases.published_releases(current.session()))


@bp.get("/releases/<slug>")
def show_release(slug: str) -> ResponseReturnValue:
    release = _release_or_404(slug)
    page = page_of(release.document, current.catalogue())
    return render_template("public/releases/show.html", release=release, document=release.document, page=page)


@bp.get("/releases/<slug>.json")
def show_release_json(slug: str) -> ResponseReturnValue:
    release = _release_or_404(slug)
    return _frozen(release, release.text, "application/json", "json")


@bp.get("/releases/<slug>.csv")
def show_release_csv(slug: str) -> ResponseReturnValue:
    release = _release_or_404(slug)
    return _frozen(release, release.csv, "text/csv", "csv")


def _frozen(release: PublishedRelease, text: str, kind: str, extension: str) -> ResponseReturnValue:
    response = Response(text, mimetype=kind)
    response.headers["Cache-Control"] = FOR_EVER
    response.headers["Content-Disposition"] = f'inline; filename="release-{release.slug}.{extension}"'
    response.set_etag(f"{release.digest.removeprefix('sha256:')}.{extension}")
    return response.make_conditional(request)


def _release_or_404(slug: str) -> PublishedRelease:
    return releases.find_release(current.session(), slug) or abort(404)
