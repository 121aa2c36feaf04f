"""Shares end: taken back or run out, and a clock put back opens none of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.domain.questionnaire import Catalogue
from portal.models import AuditEvent, Share
from portal.services import shares
from portal.services.submissions import find_submission
from tests.builders import World
from tests.conftest import NOON
from tests.shared import share_one

TOMORROW = NOON + timedelta(days=1)


def events(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(AuditEvent)) or 0


def test_a_share_that_ran_out_is_closed_once_and_stays_closed_when_the_clock_is_put_back(
    session: Session, world: World, catalogue: Catalogue
) -> None:
    submission = share_one(session, world, catalogue, at=NOON, until=NOON.date())
    reader = world.reviewer.principal
    assert shares.expire_shares(session, at=NOON) == 0, "its last day is not over"
    assert find_submission(session, reader, submission.id, at=NOON)
    assert not find_submission(session, reader, submission.id, at=TOMORROW), "over at once, swept or not"
    before = events(session)

    assert shares.expire_shares(session, at=TOMORROW) == 1
    assert shares.expire_shares(session, at=TOMORROW) == 0

    assert events(session) == before + 1
    assert not find_submission(session, reader, submission.id, at=NOON - timedelta(days=1))


def test_a_share_that_ran_out_can_be_opened_again_and_an_open_one_cannot(
    session: Session, world: World, catalogue: Catalogue
) -> None:
    submission = share_one(session, world, catalogue, at=NOON, until=NOON.date())
    owner, government = world.owner.principal, world.reviewer.principal.organisation
    with pytest.raises(shares.AlreadyShared):
        shares.share_submission(session, owner, submission, government, until=None, at=NOON)

    for swept in (False, True):
        if swept:
            assert shares.expire_shares(session, at=TOMORROW) == 1
        later = TOMORROW.date() if swept else NOON.date()
        shares.share_submission(session, owner, submission, government, until=later, at=TOMORROW)
        if not swept:
            continue
        assert find_submission(session, world.reviewer.principal, submission.id, at=TOMORROW)
    with pytest.raises(shares.AlreadyShared):
        shares.share_submission(session, owner, submission, government, until=None, at=TOMORROW)


def test_a_share_is_taken_back_once_and_by_its_company_alone(
    session: Session, world: World, catalogue: Catalogue
) -> None:
    share_one(session, world, catalogue, at=NOON)
    share = session.scalars(select(Share)).one()
    before = events(session)

    assert not shares.revoke_share(session, world.rival.principal, share.id, at=NOON)
    assert shares.revoke_share(session, world.owner.principal, share.id, at=NOON)
    assert not shares.revoke_share(session, world.owner.principal, share.id, at=NOON)

    assert events(session) == before + 1


def test_the_last_day_of_a_share_is_still_open(session: Session, world: World, catalogue: Catalogue) -> None:
    submission = share_one(session, world, catalogue, at=NOON, until=NOON.date())

    (line,) = shares.share_lines(session, world.owner.principal, submission)

    assert line.is_open(NOON.date())
    assert not line.is_open(TOMORROW.date())
