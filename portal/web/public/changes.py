"""What changed between two versions of a questionnaire, question by question."""

from __future__ import annotations

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from portal.services.library.versions import changes_between
from portal.web import current
from portal.web.changed_fields import field_words
from portal.web.public.blueprint import bp
from portal.web.public.questionnaires import version_or_404


@bp.get("/questionnaires/<slug>/<version>/changes/<newer>")
def show_changes(slug: str, version: str, newer: str) -> ResponseReturnValue:
    """From `version` to `newer`; the other way round is a page too."""
    if version == newer:
        abort(404)
    old, new = version_or_404(slug, version), version_or_404(slug, newer)
    changes = changes_between(current.catalogue(), old, new)
    return render_template("public/library/changes.html", old=old, new=new, changes=changes, field_words=field_words)
