"""What governments say they will and will not do with answers about harm: written by supervisors."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.models import Declaration
from portal.services import audit


class StaleDeclaration(Exception):
    """A colleague saved it in between; `theirs` is what stands there now."""

    def __init__(self, theirs: Declaration | None) -> None:
        super().__init__("the declaration was changed by someone else")
        self.theirs = theirs


def own_declaration(session: Session, principal: Principal) -> Declaration | None:
    mine = visible(principal, Declaration).where(Declaration.government_id == principal.organisation)
    found: Declaration | None = session.scalar(mine.execution_options(populate_existing=True))
    return found


def declare(
    session: Session, principal: Principal, *, will: str, will_not: str, language: str, version: int, at: datetime
) -> int:
    """Store the words if the declaration still has `version` (0: none yet). Raises StaleDeclaration."""
    words = {"will": will, "will_not": will_not, "language": language}
    written = _write(session, principal, words | {"declared_by_id": principal.actor, "declared_at": at}, version)
    if not written:
        raise StaleDeclaration(own_declaration(session, principal))
    audit.record(
        session,
        "declaration.made",
        subject=("organisation", principal.organisation),
        at=at,
        by=principal.actor,
        organisation=principal.organisation,
        version=version + 1,
    )
    return version + 1


def _write(session: Session, principal: Principal, words: dict[str, object], version: int) -> bool:
    government = principal.organisation
    if version:
        changed = session.execute(
            update(Declaration)
            .where(Declaration.government_id == government, Declaration.version == version)
            .values(version=version + 1, **words)
            .execution_options(synchronize_session=False)
        )
        return bool(changed.rowcount)  # type: ignore[attr-defined]
    try:
        with session.begin_nested():
            session.execute(insert(Declaration).values(government_id=government, version=1, **words))
    except IntegrityError:
        return False
    return True
