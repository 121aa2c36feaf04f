"""Evidence of an assessment: how much of it there may be."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from portal.domain.questionnaire import Catalogue
from portal.services import evidence
from portal.services.evidence import BYTES, FILES, QuotaReached
from portal.storage.inspection import Inspected
from tests import builders
from tests.builders import World
from tests.conftest import NOON


@pytest.mark.parametrize(("files", "size"), [(FILES, 1), (5, BYTES // 5)], ids=["files", "bytes"])
def test_an_assessment_holds_so_many_files_and_bytes_and_no_more(
    session: Session, world: World, catalogue: Catalogue, files: int, size: int
) -> None:
    assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON)

    def attach(number: int) -> object:
        file = Inspected(f"{number}.txt", "text/plain", size), f"{number:064x}"
        return evidence.attach_evidence(session, assessment, "COM-01", file, by=world.owner.principal.actor, at=NOON)

    kept = [attach(number) for number in range(files)]

    with pytest.raises(QuotaReached):
        attach(files)
    assert len(set(kept)) == files
    assert attach(0) == kept[0]


def test_versions_that_were_replaced_count_until_the_file_is_taken_back(
    session: Session, world: World, catalogue: Catalogue
) -> None:
    """They are kept and can be looked at, so they take their place; or a quota would be none."""
    assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON)
    owner = world.owner.principal

    def attach(number: int, replaces: UUID | None = None) -> UUID:
        file = Inspected(f"{number}.txt", "text/plain", 10), f"{number:064x}"
        return evidence.attach_evidence(session, assessment, "COM-01", file, by=owner.actor, at=NOON, replaces=replaces)

    other, first = attach(0), attach(1)
    third = attach(3, attach(2, first))

    assert evidence.held_by(session, assessment) == (4, 40)
    assert evidence.remove_evidence(session, owner, assessment, third, questions=["COM-01"], at=NOON)
    assert evidence.held_by(session, assessment) == (1, 10)
    assert other != third
