"""This request: its database session, principal, time and catalogue; the one guard and the one commit."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as BaseResponse

from portal import db
from portal.authz import ANONYMOUS, Principal, Verdict, allows, verdict
from portal.clock import clock
from portal.domain.questionnaire import Catalogue, Profile, Questionnaire
from portal.sealing import Sealer
from portal.services import logins
from portal.services.jobs import was_asked
from portal.settings import Settings
from portal.storage.pieces import PIECE

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: A sign-in's last use is written at most this often, so that reading pages hardly ever writes.
TOUCH_EVERY = timedelta(minutes=1)
#: What a page does by itself keeps no sign-in alive: whoever left it open is away.
BY_ITSELF = frozenset({"company.note_presence"})
#: Endpoints whose form may carry files, and how many of the largest size one request may hold.
UPLOADS = frozenset(
    {
        "company.attach_action_file",
        "company.edit_question",
        "company.edit_section",
        "company.replace_evidence",
        "company.upload_workbook",
    }
)
FILES_AT_ONCE = 5
#: Endpoints that take a file piece by piece.
IN_PIECES = frozenset({"company.add_piece"})
#: Where a person is sent who may open the page after one more step.
WAYS = {
    Verdict.SIGN_IN: "account.sign_in",
    Verdict.FACTOR: "account.show_factor",
    Verdict.ENROL: "account.show_security",
    Verdict.CHOOSE: "account.choose_organisation",
    Verdict.PROVE: "account.prove",
}


@dataclass(frozen=True, slots=True)
class Portal:
    """What lives as long as the application; nothing in it changes after start."""

    settings: Settings
    engine: Engine
    catalogue: Catalogue
    limits: logins.SessionLimits
    #: Seals secrets at rest and mails that wait.
    sealer: Sealer
    #: Called after a commit that asked for background work.
    ring: Callable[[], object]


def init_app(app: Flask, portal: Portal) -> None:
    app.extensions["portal"] = portal
    app.before_request(_read_body)
    app.before_request(_guard)
    app.teardown_request(_close)
    app.context_processor(
        lambda: {"principal": principal(), "portal": portal.settings, "may": may, "seconds_left": seconds_left}
    )


def commit_first(app: Flask) -> None:
    """Call it last. What is done to every response then happens after the commit: outside the write lock, and knowing
    whether it worked."""
    app.after_request(_commit)


def portal() -> Portal:
    return cast(Portal, current_app.extensions["portal"])


def settings() -> Settings:
    return portal().settings


def sealer() -> Sealer:
    return portal().sealer


def catalogue() -> Catalogue:
    return portal().catalogue


def questionnaire(reference: str) -> Questionnaire:
    """Return a questionnaire version; 404 for one this installation does not have."""
    return catalogue().questionnaires.get(reference) or abort(404)


def profile_of(questionnaire: Questionnaire) -> Profile:
    return catalogue().profiles[questionnaire.profile]


def now() -> datetime:
    """The moment of this request: the same for everything it does."""
    if "now" not in g:
        g.now = clock.now()
    return cast(datetime, g.now)


def session() -> Session:
    """The database session of this request; a writer for methods that may change something."""
    if "session" not in g:
        open_session = db.reading if request.method in SAFE else db.writing
        g.session = open_session(portal().engine)
    return cast(Session, g.session)


def principal() -> Principal:
    return cast(Principal, g.get("principal", ANONYMOUS))


def may(endpoint: str, method: str = "GET") -> bool:
    """Whether this person's role includes it: templates show what the policy table allows and decide nothing."""
    return allows(principal(), endpoint, method)


def seconds_left() -> int:
    """Until this sign-in ends whatever happens."""
    ends_at = principal().ends_at
    return max(0, int((ends_at - now()).total_seconds())) if ends_at else 0


def actor() -> UUID:
    return principal().actor


def keep_changes() -> None:
    """Commit although the answer is an error page: a counted failure must survive the refusal."""
    g.keep_changes = True


def commit_now() -> None:
    """Keep what was done so far and give up the lock, before slow work such as checking a password."""
    session().commit()


def release_lock() -> None:
    """Give up the write lock before slow work that needs no database."""
    session().rollback()


def network() -> str:
    """The caller's network, /24 or /48: people behind one line share a count, and no full address is kept."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104 - a placeholder, not a bind
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network(f"{address}/{24 if address.version == 4 else 48}", strict=False))


def cookie_name() -> str:
    return "__Host-portal" if settings().https_only else "portal"


def set_login_cookie(response: BaseResponse, token: str) -> None:
    response.set_cookie(cookie_name(), token, httponly=True, secure=settings().https_only, samesite="Lax", path="/")


def clear_login_cookie(response: BaseResponse) -> None:
    response.delete_cookie(cookie_name(), httponly=True, secure=settings().https_only, samesite="Lax", path="/")


def _read_body() -> None:
    """Take in what was sent before the write lock is taken: a slow line must not keep everybody else from saving.

    Not where files come: how much may be sent is known only when the guard has let somebody in (`_allow_uploads`). What
    is too big is refused after it, when the log can say whose it was.
    """
    if request.method not in SAFE and request.endpoint not in UPLOADS | IN_PIECES:
        with suppress(RequestEntityTooLarge):
            request.get_data(parse_form_data=True)


def _guard() -> Response | BaseResponse | None:
    """Let a request pass only if the policy table allows it; an endpoint without a row is denied to everybody."""
    if request.endpoint is None:
        return None
    if request.endpoint != "static":
        g.principal = _load_principal()
    decided = verdict(principal(), request.endpoint, request.method, at=now(), proof=_proof())
    if decided is Verdict.ALLOWED:
        _allow_uploads(request.endpoint)
        return None
    if decided is Verdict.DENIED:
        abort(403)
    if request.method in SAFE:
        return redirect(url_for(WAYS[decided], next=request.full_path.rstrip("?")))
    if decided is Verdict.PROVE:
        g.must_prove = True
    abort(401 if decided in (Verdict.SIGN_IN, Verdict.PROVE) else 403)


def _proof() -> timedelta:
    return timedelta(minutes=settings().proof_minutes)


def _allow_uploads(endpoint: str) -> None:
    """Take several files in one request where files belong; the limit of each is checked as it is read.

    Above the limit of one file, so that a file that is too large is refused by name and the answers typed beside it
    are kept; only people who may save answers ever get this far.
    """
    if endpoint in UPLOADS | IN_PIECES and request.method not in SAFE:
        release_lock()  # the body is read after this, and a slow line would keep everybody else from saving
        request.max_content_length = FILES_AT_ONCE * settings().upload_limit if endpoint in UPLOADS else 2 * PIECE


def _load_principal() -> Principal:
    token = request.cookies.get(cookie_name())
    if not token:
        return ANONYMOUS
    try:
        found, seen_at = logins.principal_of(session(), token, portal().limits, at=now())
    except LookupError:
        return ANONYMOUS
    if now() - seen_at > TOUCH_EVERY and request.endpoint not in BY_ITSELF:
        _touch(found)
    return found


def _touch(found: Principal) -> None:
    """In a transaction of its own: a page that is only read must not hold the write lock.

    The session's read is given up first, since SQLite lets nobody write beside an open reader without a log.
    """
    session().rollback()
    with db.writing(portal().engine) as own, own.begin():
        logins.touch_login(own, found, at=now())


def _commit(response: Response) -> Response:
    if "session" in g:
        if request.method not in SAFE and (response.status_code < 400 or g.get("keep_changes")):
            g.session.commit()
            if was_asked(g.session):
                portal().ring()
        elif request.method not in SAFE:
            g.session.rollback()
    return response


def _close(_error: BaseException | None) -> None:
    if (open_session := g.pop("session", None)) is not None:
        open_session.close()
