"""One version of a questionnaire: every question, readable before anybody signs up."""

from __future__ import annotations

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from portal.domain.incidents import INCIDENTS
from portal.domain.questionnaire import Questionnaire
from portal.services.questionnaires import (
    find_version,
    for_whom,
    in_order,
    is_published,
    other_versions,
    references_of,
    rule_words,
)
from portal.web import current
from portal.web.languages import in_words_of_reader
from portal.web.public.blueprint import bp


@bp.get("/questionnaires/<slug>/<version>")
def show_questionnaire(slug: str, version: str) -> ResponseReturnValue:
    catalogue, questionnaire = current.catalogue(), version_or_404(slug, version)
    return render_template(
        "public/questionnaire.html",
        questionnaire=in_words_of_reader(questionnaire),
        published=is_published(catalogue, questionnaire),
        others=[(one, *in_order(one, questionnaire)) for one in other_versions(catalogue, questionnaire)],
        references=references_of(catalogue, questionnaire),
        for_whom=for_whom(catalogue, questionnaire),
        rules=rule_words(catalogue, questionnaire),
        incidents=INCIDENTS,
    )


def version_or_404(slug: str, version: str) -> Questionnaire:
    return find_version(current.catalogue(), slug, version) or abort(404)
