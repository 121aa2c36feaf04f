"""What the officials of this government opened: for its supervisors."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.services import reads
from portal.web import current
from portal.web.government.blueprint import bp


@bp.get("/reads")
def show_reads() -> ResponseReturnValue:
    lines = reads.official_reads(current.session(), current.principal(), at=current.now())
    return render_template("government/reads.html", lines=lines)
