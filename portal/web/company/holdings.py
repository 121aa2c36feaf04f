"""Your data: what the portal holds about a company, and all of it to take away."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.models import DataExport, JobState
from portal.services import exports, holdings, organisations, retention
from portal.storage import StoredFileDamaged
from portal.web import current, downloads
from portal.web.company.blueprint import bp
from portal.web.company.evidence import file_store

#: Seconds after which the page asks again while an export is being made.
ASK_AGAIN = 5


@bp.get("/data")
def show_data() -> ResponseReturnValue:
    session, principal = current.session(), current.principal()
    export, terms = exports.current_export(session, principal), current.settings().terms
    company = organisations.own_organisation(session, principal)
    making = export is not None and export.state in (JobState.WAITING, JobState.RUNNING)
    page = render_template(
        "company/holdings.html",
        held=holdings.holdings(session, principal),
        terms=terms,
        months=terms.countries.get(company.country, terms.submissions),
        kept=retention.schedule(session, terms, current.now().date(), organisation_id=principal.organisation),
        export=export,
        making=making,
        ready=export is not None and export.state is JobState.DONE,
        until=export.made_at + exports.KEPT if export and export.made_at else None,
    )
    return page, 200, {"Refresh": str(ASK_AGAIN)} if making else {}


@bp.post("/data/export")
def ask_export() -> ResponseReturnValue:
    exports.ask_export(current.session(), current.principal(), at=current.now())
    return redirect(url_for(".show_data", _anchor="export"))


@bp.post("/data/export.zip")
def fetch_export() -> ResponseReturnValue:
    """A POST, since it is noted in the log; a link somebody kept opens nothing."""
    export = exports.current_export(current.session(), current.principal())
    if export is None or request.form.get("export") != str(export.id) or not _is_ready(export):
        abort(404)
    try:
        content = file_store().read(export.sha256 or "")
    except (StoredFileDamaged, ValueError):
        abort(404)
    exports.note_fetched(current.session(), current.principal(), export, at=current.now())
    name = f"{current.principal().organisation_name} {export.made_at:%Y-%m-%d}.zip"
    return downloads.attachment(content, name, "application/zip")


def _is_ready(export: DataExport) -> bool:
    return bool(export.state is JobState.DONE and export.made_at and current.now() < export.made_at + exports.KEPT)
