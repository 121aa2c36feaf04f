"""Every question, readable before anybody signs up."""

from __future__ import annotations

from flask import Response, abort, render_template
from flask.typing import ResponseReturnValue

from portal.domain.incidents import INCIDENTS
from portal.domain.questionnaire import Questionnaire
from portal.services.questionnaires import (
    definition_json,
    find_version,
    is_published,
    newest_versions,
    other_versions,
    references_of,
    rule_words,
)
from portal.web import current
from portal.web.public.blueprint import bp


@bp.get("/questionnaires")
def list_questionnaires() -> ResponseReturnValue:
    catalogue = current.catalogue()
    offered = [(q, is_published(catalogue, q)) for q in newest_versions(catalogue)]
    return render_template("public/questionnaires.html", offered=offered)


@bp.get("/questionnaires/<slug>/<version>")
def show_questionnaire(slug: str, version: str) -> ResponseReturnValue:
    catalogue, questionnaire = current.catalogue(), _version_or_404(slug, version)
    return render_template(
        "public/questionnaire.html",
        questionnaire=questionnaire,
        published=is_published(catalogue, questionnaire),
        others=other_versions(catalogue, questionnaire),
        references=references_of(catalogue, questionnaire),
        rules=rule_words(catalogue, questionnaire),
        incidents=INCIDENTS,
    )


@bp.get("/questionnaires/<slug>/<version>.json")
def show_questionnaire_json(slug: str, version: str) -> ResponseReturnValue:
    text = definition_json(current.catalogue(), _version_or_404(slug, version))
    return Response(text, mimetype="application/json")


def _version_or_404(slug: str, version: str) -> Questionnaire:
    return find_version(current.catalogue(), slug, version) or abort(404)
