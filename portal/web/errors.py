"""What people see when something is not possible: plain words, what to do, and a reference to quote."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass

from flask import Flask, Response, current_app, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError, ServiceUnavailable

from portal.web import held, proofs

log = logging.getLogger(__name__)

#: Field names whose text is never shown again.
SECRET = ("password", "csrf_token", "token", "code")
#: Below this address everything that fails is told as a problem document (RFC 9457).
API = "/api/"
#: Seconds after which a page that failed for want of the database may be asked for again.
RETRY_AFTER = 2
#: The database is locked, full or away, the line to it broke, or all lines are taken.
NO_DATABASE = (OperationalError, InterfaceError, PoolTimeout)
#: Somebody's sign-in ended while they were writing.
UNAUTHORISED = 401


@dataclass(frozen=True, slots=True)
class Words:
    title: object
    what: object
    then: object


WORDS = {
    400: Words(
        _l("The request cannot be read"),
        _l("Something in the address or in what was sent is not in the right form."),
        _l("Go back and try again. If you followed a link, it may be incomplete."),
    ),
    401: Words(
        _l("Sign in first"),
        _l("You are not signed in, or you have been signed out because nothing happened for a while."),
        _l("Sign in, then go back to the page. What you saved is still there."),
    ),
    403: Words(
        _l("This page is not open to you"),
        _l("Your role does not include it."),
        _l("If you need it for your work, ask the person who manages your organisation’s account."),
    ),
    404: Words(
        _l("There is no such page"),
        _l("It may have moved, or the address may be mistyped."),
        _l("Check the address, or begin again at the start page."),
    ),
    405: Words(
        _l("This address cannot be opened like that"),
        _l("It only takes what a form on another page sends."),
        _l("Go back to the page with the form."),
    ),
    409: Words(
        _l("Somebody changed this in the meantime"),
        _l("Nothing of theirs or yours has been overwritten."),
        _l("Go back, load the page again, and compare before you save."),
    ),
    413: Words(
        _l("That is too big"),
        _l("What was sent is larger than the portal takes in one go. Nothing of it was saved."),
        _l("Files may have up to 20 MB each. Send them one by one, or make them smaller."),
    ),
    415: Words(
        _l("This kind of data is not taken here"),
        _l("The portal cannot read what was sent."),
        _l("Go back and use the form on the page."),
    ),
    422: Words(
        _l("Something is missing or not right"),
        _l("What was sent could not be saved."),
        _l("Go back and check the form."),
    ),
    429: Words(
        _l("Too many tries"),
        _l("The portal has been asked too often from where you are."),
        _l("Wait a few minutes, then try again."),
    ),
    500: Words(
        _l("Something went wrong on our side"),
        _l("The page failed. What you did last may not have been saved."),
        _l("Try again in a moment. If it happens again, tell us the reference below."),
    ),
    503: Words(
        _l("The portal cannot answer right now"),
        _l("What you did last has not been saved. Everything saved before is safe."),
        _l("Keep this page open and try again in a few seconds."),
    ),
}


def init_app(app: Flask) -> None:
    app.register_error_handler(CSRFError, show_lost_token)
    app.register_error_handler(SecurityError, show_foreign_host)
    app.register_error_handler(HTTPException, show_error)
    for error in NO_DATABASE:
        app.register_error_handler(error, show_no_database)


def show_error(error: HTTPException) -> ResponseReturnValue:
    """Answer any HTTP error as a page, or as JSON to a program. Redirects and ready answers pass untouched."""
    if error.response is not None or error.code is None or error.code < 400:
        return error
    if isinstance(error, InternalServerError) and isinstance(error.original_exception, NO_DATABASE):
        return show_no_database(error.original_exception)  # it went away at the commit, after the page was made
    reference = secrets.token_hex(4)
    if isinstance(error, InternalServerError):
        log.error("reference %s: the error logged just before", reference)
    words = WORDS.get(error.code, WORDS[500 if error.code >= 500 else 400])
    headers = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    if request.path.startswith(API):
        return _problem(words, error.code, reference), error.code, headers
    if wants_json():
        return jsonify(error=str(words.title), status=error.code, reference=reference), error.code, headers
    if g.get("must_prove") and (form := held.hold_request()):
        return proofs.proof_page(form, "", UNAUTHORISED)
    typed = _typed() if error.code == UNAUTHORISED else []
    page = render_template("errors/error.html", words=words, code=error.code, reference=reference, typed=typed)
    return page, error.code, headers


def _problem(words: Words, code: int, reference: str) -> Response:
    response = jsonify(title=str(words.title), status=code, detail=str(words.what), reference=reference)
    response.mimetype = "application/problem+json"
    return response


def show_foreign_host(error: SecurityError) -> ResponseReturnValue:
    """The request names a host that is not ours, so no address of ours can be written into a page."""
    return Response("This portal does not answer to that name.\n", status=400, mimetype="text/plain")


def show_lost_token(error: CSRFError) -> ResponseReturnValue:
    """The form's token is gone (signed out, or the page is old): nothing is done, and what was typed is shown.

    It is shown to be copied, not sent again from here: a page that resends on a click would do for an attacker what
    the token prevents.
    """
    if wants_json():
        return jsonify(error=str(error.description), status=400, code="csrf"), 400
    return render_template("errors/lost_token.html", typed=_typed()), 400


def show_no_database(error: Exception) -> ResponseReturnValue:
    """A short wait is the right answer, a trace is not."""
    name = type(getattr(error, "orig", None) or error).__name__
    log.error("the database cannot be used: %s", name, exc_info=current_app.debug)
    return show_error(ServiceUnavailable(retry_after=RETRY_AFTER))


def wants_json() -> bool:
    if request.path.startswith(API):
        return True
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"]


def _typed() -> list[tuple[str, str]]:
    return [(name, text) for name, text in request.form.items(multi=True) if text.strip() and _may_show(name)]


def _may_show(name: str) -> bool:
    return not name.endswith(("-version", "-base")) and not any(secret in name for secret in SECRET)
