"""What may be answered is what may be seen."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from portal.authz import ANONYMOUS
from portal.domain.questionnaire import Catalogue
from portal.models import Organisation, Role
from portal.services.assessments import find_assessment
from portal.services.targets import find_target
from tests import builders
from tests.conftest import NOON


def test_it_finds_what_find_assessment_finds(session: Session, catalogue: Catalogue) -> None:
    world = builders.make_world(session, at=NOON)
    made = builders.make_assessment(session, world.owner, catalogue, at=NOON)
    company = session.get_one(Organisation, world.owner.principal.organisation)
    contributor = builders.make_person(session, company, Role.CONTRIBUTOR, at=NOON, email="helper@company-a.example")

    for person in (world.owner, world.editor, world.signatory, world.rival, contributor):
        target, assessment = (find(session, person.principal, made.id) for find in (find_target, find_assessment))
        assert (target and target.id) == (assessment and assessment.id), person.email
    target = find_target(session, world.editor.principal, made.id)
    assert target
    assert (target.organisation_id, target.questionnaire, target.status) == (
        made.organisation_id,
        made.questionnaire,
        made.status,
    )
    assert find_target(session, world.rival.principal, made.id) is None
    assert find_target(session, contributor.principal, made.id) is None
    assert find_target(session, world.owner.principal, uuid4()) is None


def test_nobody_outside_companies_is_shown_any(session: Session) -> None:
    world = builders.make_world(session, at=NOON)

    for principal in (world.reviewer.principal, ANONYMOUS):
        with pytest.raises(ValueError, match="companies"):
            find_target(session, principal, uuid4())
