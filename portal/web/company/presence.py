"""Who is here now: the page's script says so twice a minute, and is told who else is."""

from __future__ import annotations

from uuid import UUID

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from portal.services import presence
from portal.services.sections import own_work
from portal.web import current
from portal.web.company.blueprint import bp, own_assessment_or_404
from portal.web.languages import in_words_of_reader


@bp.post("/assessments/<uuid:assessment_id>/presence")
def note_presence(assessment_id: UUID) -> ResponseReturnValue:
    """Cheap, because many pages ask for it: neither answers nor profile are read."""
    assessment = own_assessment_or_404(assessment_id)
    session, principal, at = current.session(), current.principal(), current.now()
    work = own_work(session, principal, assessment.id)
    questionnaire = in_words_of_reader(current.questionnaire(assessment.questionnaire))
    titles = {
        section.id: section.title
        for section in questionnaire.sections
        if work is None or section.id in work.sections or work.questions_of(section)
    }
    section_id = request.form.get("section", "")
    presence.note_presence(session, principal, assessment, section_id if section_id in titles else "", at=at)
    here = presence.who_is_here(session, principal, assessment, at=at)
    return jsonify(here=[one._asdict() for one in presence.shown(here, titles)])
