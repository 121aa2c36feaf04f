"""Every question, readable before anybody signs up."""

from __future__ import annotations

from flask import Response, abort, render_template
from flask.typing import ResponseReturnValue

from portal.domain.incidents import INCIDENTS
from portal.domain.questionnaire import Questionnaire
from portal.services import questionnaires
from portal.web import current
from portal.web.public.blueprint import bp


@bp.get("/questionnaires")
def list_questionnaires() -> ResponseReturnValue:
    catalogue = current.catalogue()
    offered = [(q, questionnaires.is_published(catalogue, q)) for q in questionnaires.newest_versions(catalogue)]
    return render_template("public/questionnaires.html", offered=offered)


@bp.get("/questionnaires/<slug>/<version>")
def show_questionnaire(slug: str, version: str) -> ResponseReturnValue:
    catalogue, questionnaire = current.catalogue(), _version_or_404(slug, version)
    return render_template(
        "public/questionnaire.html",
        questionnaire=questionnaire,
        published=questionnaires.is_published(catalogue, questionnaire),
        others=questionnaires.other_versions(catalogue, questionnaire),
        references=questionnaires.references_of(catalogue, questionnaire),
        rules=questionnaires.rule_words(catalogue, questionnaire),
        incidents=INCIDENTS,
    )


@bp.get("/questionnaires/<slug>/<version>.json")
def show_questionnaire_json(slug: str, version: str) -> ResponseReturnValue:
    text = questionnaires.definition_json(current.catalogue(), _version_or_404(slug, version))
    return Response(text, mimetype="application/json")


def _version_or_404(slug: str, version: str) -> Questionnaire:
    return questionnaires.find_version(current.catalogue(), slug, version) or abort(404)
