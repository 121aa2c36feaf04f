"""How much the portal holds about a company, kind by kind."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.models import (
    ActionFile,
    AnswerVersion,
    Assessment,
    Comment,
    CorrectiveAction,
    Evidence,
    Submission,
    WorkerStatement,
)

_KINDS = (Assessment, AnswerVersion, Comment, WorkerStatement, CorrectiveAction, Submission)


@dataclass(frozen=True, slots=True)
class Holdings:
    """Table name -> rows; of files their number and length in bytes."""

    counts: dict[str, int]
    files: int
    size: int


def holdings(session: Session, principal: Principal) -> Holdings:
    counts = {
        model.__tablename__: session.scalar(
            visible(principal, model).with_only_columns(func.count(), maintain_column_froms=True)
        )
        or 0
        for model in _KINDS
    }
    files, size = 0, 0
    for model in (Evidence, ActionFile):
        asked = visible(principal, model).with_only_columns(func.count(), func.coalesce(func.sum(model.size), 0))
        number, length = session.execute(asked).one()
        files, size = files + number, size + int(length)
    return Holdings(counts, files, size)
