"""What people of a demonstration company say to each other about an assessment, and for the workers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from portal.domain.questionnaire import Questionnaire
from portal.models import Assessment
from portal.services import comments, statements
from portal.services.demonstration.people import Cast

#: From one comment to the next.
LATER = timedelta(hours=5)


def talk(
    cast: Cast, assessment: Assessment, questionnaire: Questionnaire, part: Mapping[str, Any], *, at: datetime
) -> None:
    """Write the comments and the statement that the data file holds; nobody is mailed."""
    session, company = cast.session, assessment.organisation_id
    for place, one in enumerate(part.get("comments", ())):
        section = questionnaire.section_of[one["question"]]
        comments.write_comment(
            session,
            cast.principals[one["by"], company],
            assessment,
            (section.id, one["question"]),
            one["body"],
            chosen=[cast.principals[email, company].actor for email in one.get("tell", ())],
            key="demonstration",
            at=at + LATER * place,
        )
    if said := part.get("statement"):
        by = cast.principals[said["by"], company]
        statements.write_statement(session, by, assessment, said["body_name"], said["words"], version=0, at=at)
