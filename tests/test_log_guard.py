"""The guard over the log is on in every test, and sees what it should."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from portal.models import AuditCheckpoint, AuditContent, AuditEvent
from tests.log_guard import LogTouched


@pytest.mark.parametrize(
    "statement",
    [
        update(AuditEvent).values(action="x"),
        delete(AuditEvent),
        update(AuditCheckpoint).values(root="x"),
        delete(AuditCheckpoint),
        update(AuditContent).values(subject_kind="x"),
    ],
    ids=str,
)
def test_no_statement_changes_what_was_logged(session: Session, statement: object) -> None:
    with pytest.raises(LogTouched):
        session.execute(statement)  # type: ignore[call-overload]


def test_contents_may_be_erased(session: Session) -> None:
    assert session.execute(delete(AuditContent)).rowcount == 0  # type: ignore[attr-defined]
