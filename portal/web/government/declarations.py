"""What this government says it will and will not do with answers about harm: written here, read by companies."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.models import Declaration
from portal.services.declarations import StaleDeclaration, declare, own_declaration
from portal.web import current
from portal.web.government.blueprint import bp
from portal.web.languages import KNOWN
from portal.web.typed import Mistyped, clean

LONGEST = 2000


@bp.get("/declaration")
def edit_declaration() -> ResponseReturnValue:
    return _page(own_declaration(current.session(), current.principal()))


@bp.post("/declaration")
def change_declaration() -> ResponseReturnValue:
    words, errors = _typed()
    session, principal = current.session(), current.principal()
    if errors:
        return _page(own_declaration(session, principal), errors, status=422)
    try:
        declare(session, principal, **words, version=_seen(), at=current.now())
    except StaleDeclaration as error:
        return _page(error.theirs, status=409, conflict=True)
    flash(_("Saved. Companies of your countries read it before they answer questions about harm."))
    return redirect(url_for(".edit_declaration"))


def _typed() -> tuple[dict[str, str], list[tuple[str, str]]]:
    errors: list[tuple[str, str]] = []
    words = {"language": request.form.get("language", "")}
    for field in ("will", "will_not"):
        try:
            words[field] = clean(request.form.get(field, ""), longest=LONGEST)
            if not words[field]:
                raise Mistyped(_("Write at least one sentence."))
        except Mistyped as error:
            errors.append((field, str(error)))
    if words["language"] not in KNOWN:
        errors.append(("language", _("Choose the language from the list.")))
    return words, errors


def _seen() -> int:
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _page(
    stands: Declaration | None,
    errors: list[tuple[str, str]] | None = None,
    *,
    status: int = 200,
    conflict: bool = False,
) -> ResponseReturnValue:
    """What was typed stands in the fields; after a conflict the colleague's text stands above it."""
    typed = request.form if request.method == "POST" else None
    page = render_template(
        "government/declaration.html",
        stands=stands,
        typed=typed,
        errors=errors or [],
        conflict=conflict,
        known=tuple(KNOWN.values()),
    )
    return page, status
