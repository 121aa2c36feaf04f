"""A version to take away: PDF to read, workbook to fill in, form for ODK and Kobo, JSON; each made once and kept."""

from __future__ import annotations

import threading
from collections.abc import Callable
from hashlib import sha256

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from portal.domain.questionnaire import Questionnaire
from portal.services.library.editions import FOLDER, Edition, edition_of, find_any_version, installation
from portal.services.questionnaires import definition_json
from portal.spreadsheets.blank import blank_workbook
from portal.storage.shelf import Shelf
from portal.web import current, headers, languages
from portal.web.downloads import ASK_AGAIN
from portal.web.public.blueprint import bp
from portal.web.public.questionnaires import version_or_404
from portal.xlsform.export import xlsform_workbook

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Making a workbook takes a moment: one at a time, however many ask.
_making = threading.Lock()


@bp.get("/questionnaires/<slug>/<version>.json")
def show_questionnaire_json(slug: str, version: str) -> ResponseReturnValue:
    questionnaire = version_or_404(slug, version)
    text = definition_json(current.catalogue(), questionnaire)
    return _unless_known(Response(text, mimetype="application/json"), sha256(text.encode()).hexdigest())


@bp.get("/questionnaires/<slug>/<version>.xlsx")
def download_blank_workbook(slug: str, version: str) -> ResponseReturnValue:
    """The empty workbook, to collect answers offline."""
    questionnaire, language = version_or_404(slug, version), languages.language().tag
    catalogue = current.catalogue()
    edition = edition_of(catalogue, questionnaire, "xlsx", language)
    content = _made(edition, lambda: blank_workbook(questionnaire, catalogue, language=language))
    return _sent(edition, content, WORKBOOK)


@bp.get("/questionnaires/<slug>/<version>.xlsform.xlsx")
def download_xlsform(slug: str, version: str) -> ResponseReturnValue:
    """The form for ODK and Kobo, of a questionnaire or of the company profile."""
    catalogue = current.catalogue()
    found = find_any_version(catalogue, slug, version) or abort(404)
    edition = edition_of(catalogue, found, "xlsform.xlsx")
    return _sent(edition, _made(edition, lambda: xlsform_workbook(found, catalogue)), WORKBOOK)


@bp.get("/questionnaires/<slug>/<version>.pdf")
def download_blank_pdf(slug: str, version: str) -> ResponseReturnValue:
    """The questionnaire to read and circulate. The job worker makes it; this page asks for it and waits.

    Nobody can have more made than there are versions and languages, and nothing is laid out in this process.
    """
    questionnaire, shelf = version_or_404(slug, version), _shelf()
    settings = current.settings()
    place = installation(settings.name, settings.address)
    edition = edition_of(current.catalogue(), questionnaire, "pdf", languages.language().tag, place)
    content = shelf.find(edition.name)
    if content is None and not shelf.refusal(edition.name) and shelf.ask(edition.name):
        current.portal().ring()
        content = shelf.find(edition.name)
    if content is not None:
        return _sent(edition, content, "application/pdf")
    return _not_yet(questionnaire, shelf.refusal(edition.name))


def _not_yet(questionnaire: Questionnaire, refusal: str) -> ResponseReturnValue:
    if refusal:
        page = render_template("public/library/no_pdf.html", questionnaire=questionnaire, code=refusal)
        return page, 503, {"Retry-After": "600"}
    headers = {"Refresh": str(ASK_AGAIN), "Retry-After": str(ASK_AGAIN)}
    return render_template("public/library/waiting.html", questionnaire=questionnaire), 202, headers


def _made(edition: Edition, make: Callable[[], bytes]) -> bytes:
    shelf = _shelf()
    with _making:
        content = shelf.find(edition.name)
        if content is None:
            content = make()
            shelf.keep(edition.name, content)
    return content


def _shelf() -> Shelf:
    return Shelf(current.settings().var / FOLDER)


def _sent(edition: Edition, content: bytes, media_type: str) -> Response:
    """The file as a download that no browser opens in the portal's origin."""
    response = Response(content, mimetype=media_type)
    response.headers["Content-Disposition"] = f"attachment; filename={edition.file_name}"
    response.headers["Content-Security-Policy"] = headers.SANDBOX
    return _unless_known(response, edition.key)


def _unless_known(response: Response, key: str) -> Response:
    """Nothing but "not modified" to somebody who holds this very content."""
    response.set_etag(key)
    response.make_conditional(request)
    return response
