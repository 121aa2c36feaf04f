"""Who read what was shared: each look noted, told to the company without the official's name."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from portal.domain.questionnaire import Catalogue
from portal.models import Submission
from portal.services import reads, shares
from portal.services.reads import Look
from tests.builders import World
from tests.conftest import NOON
from tests.shared import share_one


@pytest.fixture
def submission(session: Session, world: World, catalogue: Catalogue) -> Submission:
    return share_one(session, world, catalogue, at=NOON)


def look(session: Session, world: World, submission: Submission, what: str = "page", minutes: int = 0) -> None:
    seen = Look(submission.id, submission.organisation_id, what)
    reads.record_read(session, world.reviewer.principal, seen, at=NOON + timedelta(minutes=minutes))


def test_looks_of_one_day_count_together_and_the_latest_stands_first(
    session: Session, world: World, submission: Submission
) -> None:
    look(session, world, submission)
    look(session, world, submission, "report", 1)
    look(session, world, submission, minutes=5)
    look(session, world, submission, minutes=24 * 60)

    lines = reads.read_lines(session, world.owner.principal, submission.id)

    assert [(line.what, line.times, line.government) for line in lines] == [
        ("page", 1, "Government X"),
        ("page", 2, "Government X"),
        ("report", 1, "Government X"),
    ]
    assert lines[1].at == NOON + timedelta(minutes=5)


def test_only_the_company_and_the_government_see_the_looks(
    session: Session, world: World, submission: Submission
) -> None:
    look(session, world, submission)

    assert reads.read_lines(session, world.rival.principal, submission.id) == []
    assert reads.official_reads(session, world.other_reviewer.principal, at=NOON) == []
    assert [line.official for line in reads.official_reads(session, world.reviewer.principal, at=NOON)] == [
        world.reviewer.principal.name
    ]


def test_a_share_that_ended_takes_company_and_reference_out_of_the_list(
    session: Session, world: World, submission: Submission
) -> None:
    look(session, world, submission)
    (line,) = reads.official_reads(session, world.reviewer.principal, at=NOON)
    assert (line.company, line.reference) == ("Company A", submission.reference)

    (share,) = shares.share_lines(session, world.owner.principal, submission)
    assert shares.revoke_share(session, world.owner.principal, share.id, at=NOON)

    (line,) = reads.official_reads(session, world.reviewer.principal, at=NOON)
    assert (line.company, line.reference) == ("", "")


def test_what_was_shared_once_is_told_from_what_never_was(
    session: Session, world: World, submission: Submission
) -> None:
    assert reads.was_shared(session, world.reviewer.principal, submission.id)
    assert not reads.was_shared(session, world.other_reviewer.principal, submission.id)
    assert not reads.was_shared(session, world.reviewer.principal, uuid4())
