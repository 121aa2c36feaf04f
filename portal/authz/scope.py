"""Scoped queries: the rows of a model that a principal may see. There is no other way to a row."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, false, or_, select

from portal.authz.principal import Principal
from portal.models import (
    Assessment,
    CompanyProfile,
    Evidence,
    Job,
    Membership,
    OrganisationKind,
    PendingWorkbook,
    ReportFile,
    Review,
    Share,
    Submission,
)


def visible(principal: Principal, model: type[Any], *, at: datetime | None = None) -> Select[Any]:
    """Return a select of the model's rows this principal may see at the moment `at` (default: now).

    Companies see their own; a government sees what is shared with it at that moment, not longer and not more; all
    others see nothing. A model without a rule shows no row to anybody.
    """
    return select(model).where(scope_of(principal, model, at=at))


def scope_of(principal: Principal, model: type[Any], *, at: datetime | None = None) -> ColumnElement[bool]:
    """The condition behind `visible`, for statements that select columns, count or update."""
    if model is Membership and principal.is_signed_in:
        return Membership.user_id == principal.user_id
    match principal.kind:
        case OrganisationKind.COMPANY:
            return _company_scope(principal, model)
        case OrganisationKind.GOVERNMENT:
            return _government_scope(principal, model, at or datetime.now(UTC))
        case _:
            return false()


def _company_scope(principal: Principal, model: type[Any]) -> ColumnElement[bool]:
    own = principal.organisation_id
    if model in (Assessment, CompanyProfile, Evidence, Submission):
        return model.organisation_id == own  # type: ignore[no-any-return]
    if model is PendingWorkbook:
        # Bound to the person who uploaded it, not only to the company.
        return (PendingWorkbook.organisation_id == own) & (PendingWorkbook.user_id == principal.user_id)
    if model in (Share, Review, ReportFile, Job):
        return _exists(model, Submission.id == model.submission_id, Submission.organisation_id == own)
    return false()


def _government_scope(principal: Principal, model: type[Any], at: datetime) -> ColumnElement[bool]:
    mine = (
        Share.government_id == principal.organisation_id,
        Share.revoked_at.is_(None),
        or_(Share.until.is_(None), Share.until >= at.date()),
    )
    if model is Submission:
        return _exists(model, Share.submission_id == Submission.id, *mine)
    if model is Review:
        shared = _exists(model, Share.submission_id == Review.submission_id, *mine)
        return (Review.government_id == principal.organisation_id) & shared
    if model in (ReportFile, Job):
        return _exists(model, Share.submission_id == model.submission_id, *mine)
    return false()


def _exists(model: type[Any], *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """A subquery tied to the model alone: a caller who joins shares or submissions must not change its meaning."""
    return exists().where(*conditions).correlate(model)
