"""Questionnaires of this installation: versions, digests, who published them. Read only: they change in files."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.catalogue import publication_notes
from portal.domain.versions import numbers_of
from portal.services.questionnaires import is_published
from portal.web import current
from portal.web.admin.blueprint import bp


@bp.get("/questionnaires")
def list_questionnaires() -> ResponseReturnValue:
    catalogue = current.catalogue()
    versions = sorted(catalogue.questionnaires.values(), key=lambda one: (one.slug, numbers_of(one.version)))
    return render_template(
        "admin/questionnaires.html",
        versions=versions,
        published={one.reference for one in versions if is_published(catalogue, one)},
        notes=publication_notes(current.settings().questionnaires),
    )
