"""Corrective actions: begun from a weak answer, changed by whoever holds the newest version, closed, never lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.authz.scope import scope_of
from portal.models import (
    ActionFile,
    ActionStatus,
    Assessment,
    CorrectiveAction,
    CostBand,
    Membership,
    User,
)
from portal.services import audit
from portal.storage.inspection import Inspected

#: Nothing more is done about these.
CLOSED = frozenset({ActionStatus.DONE, ActionStatus.DROPPED})
#: Steps of one action, at most.
STEPS = 30


class StaleAction(Exception):
    """A colleague changed the action since the page was made; `theirs` is what stands now."""

    def __init__(self, theirs: CorrectiveAction) -> None:
        super().__init__("the action was changed by someone else")
        self.theirs = theirs


@dataclass(frozen=True, slots=True)
class Plan:
    """What people may change about an action."""

    title: str
    owner_id: UUID | None
    due_on: date | None
    #: (Text, whether it is done), in order.
    steps: tuple[tuple[str, bool], ...]
    note: str
    status: ActionStatus
    cost: CostBand

    def columns(self) -> dict[str, Any]:
        steps = [{"text": text, "done": done} for text, done in self.steps]
        own = {name: getattr(self, name) for name in ("title", "owner_id", "due_on", "note", "status", "cost")}
        return own | {"steps": steps}


def list_actions(session: Session, principal: Principal) -> list[CorrectiveAction]:
    """Of the company, the most urgent first; those without a day come after, closed ones last."""
    found = session.scalars(visible(principal, CorrectiveAction)).all()
    return sorted(found, key=lambda one: (one.status in CLOSED, one.due_on or date.max, one.created_at))


def find_action(session: Session, principal: Principal, action_id: UUID) -> CorrectiveAction | None:
    found: CorrectiveAction | None = session.scalar(
        visible(principal, CorrectiveAction).where(CorrectiveAction.id == action_id)
    )
    return found


def colleagues(session: Session, principal: Principal) -> list[tuple[UUID, str]]:
    """Who can see to an action: everybody who works for the company, by name."""
    rows = session.execute(
        select(User.id, User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organisation_id == principal.organisation, User.disabled_at.is_(None))
        .order_by(User.name, User.id)
    )
    return [(row.id, row.name) for row in rows]


def start_action(
    session: Session, principal: Principal, assessment: Assessment, question_id: str, title: str, *, at: datetime
) -> CorrectiveAction:
    """Begin an action about the answer to one question."""
    action = CorrectiveAction(
        id=uuid4(),
        organisation_id=assessment.organisation_id,
        assessment_id=assessment.id,
        question_id=question_id,
        title=title,
        steps=[],
        created_by_id=principal.actor,
        created_at=at,
        updated_at=at,
    )
    session.add(action)
    session.flush()
    _record(session, principal, action, "action.started", at)
    return action


def change_action(
    session: Session, principal: Principal, action: CorrectiveAction, plan: Plan, *, version: int, at: datetime
) -> None:
    """Store the plan if the action still has `version`. Raises StaleAction with what stands there."""
    closed_at = (action.closed_at or at) if plan.status in CLOSED else None
    changed = session.execute(
        update(CorrectiveAction)
        .where(CorrectiveAction.id == action.id, CorrectiveAction.version == version)
        .where(scope_of(principal, CorrectiveAction))
        .values(updated_at=at, closed_at=closed_at, version=version + 1, **plan.columns())
        .execution_options(synchronize_session=False)
    )
    session.expire(action)
    if not changed.rowcount:  # type: ignore[attr-defined]
        raise StaleAction(session.get_one(CorrectiveAction, action.id))
    _record(session, principal, action, "action.changed", at, status=str(plan.status), version=version + 1)


def files_of(session: Session, principal: Principal, action: CorrectiveAction) -> list[ActionFile]:
    kept = visible(principal, ActionFile).where(ActionFile.action_id == action.id, ActionFile.removed_at.is_(None))
    return list(session.scalars(kept.order_by(ActionFile.uploaded_at, ActionFile.id)))


def find_file(session: Session, principal: Principal, file_id: UUID) -> ActionFile | None:
    found: ActionFile | None = session.scalar(
        visible(principal, ActionFile).where(ActionFile.id == file_id, ActionFile.removed_at.is_(None))
    )
    return found


def attach_file(
    session: Session, principal: Principal, action: CorrectiveAction, file: tuple[Inspected, str], *, at: datetime
) -> None:
    inspected, sha256 = file
    session.add(
        ActionFile(
            id=uuid4(),
            organisation_id=action.organisation_id,
            action_id=action.id,
            name=inspected.name,
            media_type=inspected.media_type,
            size=inspected.size,
            sha256=sha256,
            uploaded_by_id=principal.actor,
            uploaded_at=at,
        )
    )
    _record(session, principal, action, "action.file_attached", at)


def remove_file(session: Session, principal: Principal, file: ActionFile, *, at: datetime) -> bool:
    gone = session.execute(
        update(ActionFile)
        .where(ActionFile.id == file.id, ActionFile.removed_at.is_(None))
        .values(removed_at=at)
        .execution_options(synchronize_session=False)
    )
    if not gone.rowcount:  # type: ignore[attr-defined]
        return False
    action = find_action(session, principal, file.action_id)
    if action:
        _record(session, principal, action, "action.file_removed", at)
    return True


def counts(actions: list[CorrectiveAction], today: date) -> Mapping[str, int]:
    """How many are open, and how many of them late."""
    going_on = [one for one in actions if one.status not in CLOSED]
    return {"open": len(going_on), "late": sum(one.due_on is not None and one.due_on < today for one in going_on)}


def _record(
    session: Session, principal: Principal, action: CorrectiveAction, deed: str, at: datetime, **details: Any
) -> None:
    subject, organisation = ("corrective_action", action.id), action.organisation_id
    audit.record(session, deed, subject=subject, at=at, by=principal.actor, organisation=organisation, **details)
