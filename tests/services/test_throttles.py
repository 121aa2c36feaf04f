"""The count of failures: how many pass, how long the wait is, who is held up and who is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from portal import db
from portal.services import throttles
from portal.services.throttles import Key, SignInBlocked, SignInClosed

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ACCOUNT, NETWORK = KEYS = throttles.account_keys("a@b.example", "192.0.2.0/24")
SOMEBODY = UUID(int=1)


def fail(session: Session, times: int, *, at: datetime = NOON, keys: tuple[Key, ...] = KEYS) -> None:
    for _ in range(times):
        throttles.count_failure(session, keys, at=at)


def wait(session: Session, *, at: datetime, keys: tuple[Key, ...] = KEYS) -> int:
    with pytest.raises(SignInBlocked) as blocked:
        throttles.refuse_if_blocked(session, keys, at=at)
    return blocked.value.seconds


def test_nine_failures_pass_and_after_the_tenth_one_waits(session: Session) -> None:
    fail(session, 9)
    throttles.refuse_if_blocked(session, KEYS, at=NOON)

    fail(session, 1)

    assert wait(session, at=NOON) == 301


def test_no_five_minutes_hold_more_than_ten_failures(session: Session) -> None:
    failed = []
    for second in range(0, 3600, 7):
        at = NOON + timedelta(seconds=second)
        try:
            throttles.attempt(session, KEYS, at=at)
        except SignInBlocked:
            continue
        failed.append(at)

    spans = [sum(start <= at < start + 5 * MINUTE for at in failed) for start in failed]
    assert max(spans) == 10


def test_the_wait_doubles_each_time_up_to_an_hour(session: Session) -> None:
    waits, at = [], NOON
    for _ in range(6):
        fail(session, 10, at=at, keys=(ACCOUNT,))
        waits.append(wait(session, at=at) // 60)
        at += timedelta(seconds=wait(session, at=at))

    assert waits == [5, 10, 20, 40, 60, 60]


def test_after_a_hundred_failures_in_a_row_waiting_does_not_help(session: Session) -> None:
    for day in range(10):
        fail(session, 10, at=NOON + timedelta(days=day))

    with pytest.raises(SignInClosed):
        throttles.refuse_if_blocked(session, KEYS, at=NOON + timedelta(days=3650))
    throttles.reopen(session, KEYS)
    throttles.refuse_if_blocked(session, KEYS, at=NOON)


def test_what_strangers_fail_elsewhere_does_not_count_in_a_browser_one_has_used(session: Session) -> None:
    fail(session, 200)
    mine = throttles.device_keys("a device id")

    throttles.attempt(session, mine, at=NOON)

    assert wait(session, at=NOON) > 0
    fail(session, 9, keys=mine)
    assert wait(session, at=NOON, keys=mine) == 301


def test_a_success_forgets_the_account_and_takes_one_back_of_the_network(session: Session) -> None:
    fail(session, 49, keys=(NETWORK,))
    throttles.attempt(session, KEYS, at=NOON)
    assert wait(session, at=NOON, keys=(NETWORK,)) == 301

    throttles.forget_failures(session, KEYS)
    throttles.refuse_if_blocked(session, KEYS, at=NOON)

    throttles.attempt(session, KEYS, at=NOON)
    assert wait(session, at=NOON, keys=(NETWORK,)) == 301, "the other 49 are not forgotten"


def test_a_network_is_never_closed(session: Session) -> None:
    fail(session, 300, keys=(NETWORK,))

    assert wait(session, at=NOON) == 301


def test_a_blocked_attempt_counts_for_nobody(session: Session) -> None:
    fail(session, 10, keys=(ACCOUNT,))

    for _ in range(60):
        with pytest.raises(SignInBlocked):
            throttles.attempt(session, KEYS, at=NOON)

    throttles.refuse_if_blocked(session, (NETWORK,), at=NOON)


def test_second_factors_take_five_in_five_minutes_twenty_in_an_hour_and_fifty_in_a_day(session: Session) -> None:
    keys = throttles.factor_keys(SOMEBODY)
    tried = []
    for step in range(48 * 60):
        at = NOON + step * MINUTE / 2
        try:
            throttles.attempt(session, keys, at=at)
        except SignInBlocked:
            continue
        tried.append(at)

    def most(span: timedelta) -> int:
        return max(sum(start <= at < start + span for at in tried) for start in tried)

    assert most(5 * MINUTE) == 5
    assert 10 < most(60 * MINUTE) <= 20
    assert most(timedelta(days=1)) == 50


@pytest.mark.parametrize("step", [-timedelta(days=1), -timedelta(hours=1), -timedelta(seconds=5)])
def test_a_clock_put_back_frees_nobody_and_shuts_nobody_out_for_days(session: Session, step: timedelta) -> None:
    fail(session, 10)

    assert 0 < wait(session, at=NOON + step) <= 3601


def test_guesses_sent_at_once_do_not_slip_through_together(engine: Engine) -> None:
    passed: list[bool] = []
    together = Barrier(12)

    def guess() -> None:
        together.wait()
        with db.writing(engine) as session, session.begin():
            try:
                throttles.attempt(session, (ACCOUNT,), at=NOON)
            except SignInBlocked:
                return
            passed.append(True)

    guesses = [Thread(target=guess) for _ in range(12)]
    for thread in guesses:
        thread.start()
    for thread in guesses:
        thread.join()

    assert len(passed) == 10


def test_the_count_survives_a_restart(engine: Engine) -> None:
    with db.writing(engine) as session, session.begin():
        fail(session, 10)

    with db.writing(engine) as session:
        assert wait(session, at=NOON) == 301


def test_no_address_stands_in_the_table() -> None:
    assert all("a@b.example" not in key.id for key in KEYS)
    assert throttles.account_keys(" A@B.example ", "192.0.2.0/24") == KEYS
