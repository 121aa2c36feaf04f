"""A company's profile: read, save with the version the client saw."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.domain.questionnaire import Profile
from portal.models import CompanyProfile
from portal.services import audit


@dataclass(frozen=True, slots=True)
class ProfileValues:
    """Version 0: nothing saved yet."""

    values: dict[str, Any]
    version: int


class StaleProfile(Exception):
    """Someone else saved the profile in between; `theirs` is what stands there now."""

    def __init__(self, theirs: ProfileValues) -> None:
        super().__init__("the profile was changed by someone else")
        self.theirs = theirs


def profile_of(session: Session, principal: Principal, company: UUID | None = None) -> ProfileValues:
    """The profile of one's own company, or of a company that was merged into it."""
    wanted = company or principal.organisation
    row = session.scalar(visible(principal, CompanyProfile).where(CompanyProfile.organisation_id == wanted))
    return ProfileValues(dict(row.values), row.version) if row else ProfileValues({}, 0)


def profiles_of(session: Session, principal: Principal, companies: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """Company -> its profile, for one's own company and those merged into it; in one statement."""
    rows = session.scalars(visible(principal, CompanyProfile).where(CompanyProfile.organisation_id.in_(companies)))
    return {row.organisation_id: dict(row.values) for row in rows}


def save_profile(
    session: Session,
    principal: Principal,
    profile: Profile,
    values: dict[str, Any],
    *,
    version: int,
    at: datetime,
    company: UUID | None = None,
) -> int:
    """Store the values if the profile still has `version`; return the new version. Raises StaleProfile.

    `company` is another than one's own only where the caller has found an assessment of it that is visible.
    """
    company, by = company or principal.organisation, principal.actor
    stored = {"values": values, "profile": profile.reference, "updated_by_id": by, "updated_at": at}
    if not _write(session, company, stored, version):
        session.expire_all()
        raise StaleProfile(profile_of(session, principal, company))
    audit.record(
        session,
        "profile.saved",
        subject=("company_profile", company),
        at=at,
        by=by,
        organisation=company,
        version=version + 1,
        fields=len(values),
    )
    return version + 1


def _write(session: Session, company: UUID, stored: dict[str, Any], version: int) -> bool:
    if version:
        changed = session.execute(
            update(CompanyProfile)
            .where(CompanyProfile.organisation_id == company, CompanyProfile.version == version)
            .values(version=version + 1, **stored)
            .execution_options(synchronize_session=False)
        )
        return bool(changed.rowcount)  # type: ignore[attr-defined]
    try:
        with session.begin_nested():
            session.execute(insert(CompanyProfile).values(organisation_id=company, version=1, **stored))
    except IntegrityError:
        return False
    return True


def stored_values(session: Session, company: UUID) -> dict[str, Any]:
    """The values for work of the system itself, such as freezing a submission."""
    return dict(session.scalar(select(CompanyProfile.values).where(CompanyProfile.organisation_id == company)) or {})
