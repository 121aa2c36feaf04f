"""Scoped queries: the rows of a model that a principal may see. There is no other way to a row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, false, or_, select, true

from portal.authz.groups import MANAGERS, NARROWED
from portal.authz.principal import Principal
from portal.clock import clock
from portal.models import (
    ActionFile,
    Alert,
    AnswerVersion,
    Approval,
    Assessment,
    Assignment,
    AuditContent,
    Bookmark,
    Comment,
    CompanyProfile,
    CorrectiveAction,
    DataExport,
    Declaration,
    Evidence,
    IdentityProvider,
    Invitation,
    Job,
    Login,
    Membership,
    Merger,
    Organisation,
    OrganisationKind,
    OutboxMail,
    PendingWorkbook,
    Presence,
    Release,
    ReportFile,
    Review,
    Role,
    SectionDone,
    ServedCountry,
    Share,
    SharedRead,
    Submission,
    Upload,
    WorkerStatement,
)

#: What hangs from an assessment and is seen by those who see it.
OF_ASSESSMENTS = (AnswerVersion, Assignment, Bookmark, Comment, Presence, SectionDone, WorkerStatement)


def visible(principal: Principal, model: type[Any], *, at: datetime | None = None) -> Select[Any]:
    """Return a select of the model's rows this principal may see at the moment `at` (default: now).

    Companies see their own; a government sees what is shared with it at that moment, not longer and not more; all
    others see nothing. A model without a rule shows no row to anybody.
    """
    return select(model).where(scope_of(principal, model, at=at))


def scope_of(principal: Principal, model: type[Any], *, at: datetime | None = None) -> ColumnElement[bool]:
    """The condition behind `visible`, for statements that select columns, count or update."""
    if model in (Membership, Invitation) and principal.role in MANAGERS:
        # Whoever manages an organisation sees who belongs to it; one's own memberships are seen by everybody.
        managed: ColumnElement[bool] = model.organisation_id == principal.organisation_id
        return managed | (Membership.user_id == principal.user_id) if model is Membership else managed
    if model in (Membership, Login) and principal.is_signed_in:
        own: ColumnElement[bool] = model.user_id == principal.user_id
        return own
    if model is Approval and principal.organisation_id:
        # Of every organisation for administrators: a company of one person has nobody else to approve.
        everywhere = principal.kind is OrganisationKind.ADMINISTRATION
        return true() if everywhere else Approval.organisation_id == principal.organisation_id
    match principal.kind:
        case OrganisationKind.COMPANY:
            return _company_scope(principal, model)
        case OrganisationKind.GOVERNMENT:
            return _government_scope(principal, model, at or clock.now())
        case OrganisationKind.ADMINISTRATION:
            return _administration_scope(principal, model)
        case _:
            return false()


def _company_scope(principal: Principal, model: type[Any]) -> ColumnElement[bool]:
    if principal.role in NARROWED:
        return _narrowed_scope(principal, model)
    if model is Submission:
        return _owned(principal, Submission.organisation_id) & Submission.erased_at.is_(None)
    if model in (Assessment, Evidence):
        return _owned(principal, model.organisation_id)
    if model is AuditContent:
        return _owned(principal, AuditContent.organisation_id)
    if model is CompanyProfile:
        return _owned(principal, CompanyProfile.organisation_id)
    if model is Organisation:
        return _owned(principal, Organisation.id)
    if model in OF_ASSESSMENTS:
        owned = _owned(principal, Assessment.organisation_id)
        return _exists(model, Assessment.id == model.assessment_id, owned)
    if model in (CorrectiveAction, ActionFile):
        return _owned(principal, model.organisation_id)
    if model is DataExport:
        # Bound to the person who asked, not only to the company.
        return (DataExport.organisation_id == principal.organisation_id) & (DataExport.user_id == principal.user_id)
    if model is Upload:
        # What is on its way belongs to the person who sends it.
        return _owned(principal, Upload.organisation_id) & (Upload.user_id == principal.user_id)
    if model is Declaration:
        return true()
    if model is Merger and principal.role is Role.OWNER:
        return or_(Merger.from_id == principal.organisation_id, Merger.into_id == principal.organisation_id)
    if model is PendingWorkbook:
        # Bound to the person who uploaded it, not only to the company.
        owned = _owned(principal, PendingWorkbook.organisation_id)
        return owned & (PendingWorkbook.user_id == principal.user_id)
    if model in (Share, Review, ReportFile, Job, SharedRead):
        owned = _owned(principal, Submission.organisation_id)
        return _exists(model, Submission.id == model.submission_id, owned)
    return false()


def _owned(principal: Principal, column: Any) -> ColumnElement[bool]:
    """One's own company, and those that were merged into it."""
    own: ColumnElement[bool] = column == principal.organisation_id
    if not principal.has_absorbed:
        return own
    absorbed = select(Organisation.id).where(Organisation.merged_into_id == principal.organisation_id)
    either: ColumnElement[bool] = own | column.in_(absorbed)
    return either


def _narrowed_scope(principal: Principal, model: type[Any]) -> ColumnElement[bool]:
    """Only assessments of which something was given to this member, and what was given."""
    mine = Assignment.membership_id == principal.membership_id
    if model is Assignment:
        return mine
    if model is Assessment:
        owned = _owned(principal, Assessment.organisation_id)
        return owned & _exists(Assessment, Assignment.assessment_id == Assessment.id, mine)
    if model is Evidence:
        # Of which section a question is stands in the questionnaire and not in rows: portal.services.sections narrows
        # this to the questions of the sections given to the member.
        owned = _owned(principal, Evidence.organisation_id)
        return owned & _exists(Evidence, Assignment.assessment_id == Evidence.assessment_id, mine)
    if model is WorkerStatement:
        # Who speaks for the workers reads what others who do so said; contributors have no part in it.
        if principal.role is Role.CONTRIBUTOR:
            return false()
        return _exists(model, Assignment.assessment_id == model.assessment_id, mine)
    if model in OF_ASSESSMENTS:
        # Narrowed to the questions of the member's own work in the same way.
        return _exists(model, Assignment.assessment_id == model.assessment_id, mine)
    if model is Upload:
        return _owned(principal, Upload.organisation_id) & (Upload.user_id == principal.user_id)
    if model is Declaration:
        return true()
    if model is CompanyProfile:
        # Which questions apply follows from the profile; no page shows it to contributors.
        return _owned(principal, CompanyProfile.organisation_id)
    return false()


def _government_scope(principal: Principal, model: type[Any], at: datetime) -> ColumnElement[bool]:
    mine = (
        Share.government_id == principal.organisation_id,
        Share.revoked_at.is_(None),
        Share.expired_at.is_(None),
        or_(Share.until.is_(None), Share.until >= at.date()),
    )
    if model is Submission:
        return _exists(model, Share.submission_id == Submission.id, *mine) & Submission.erased_at.is_(None)
    if model is Review:
        # A set and not a look for each row: the queue goes through all of a government's reviews.
        shared = select(Share.submission_id).where(*mine).correlate(None)
        return (Review.government_id == principal.organisation_id) & Review.submission_id.in_(shared)
    if model in (ReportFile, Job):
        return _exists(model, Share.submission_id == model.submission_id, *mine)
    if model in (SharedRead, Declaration):
        mine_alone: ColumnElement[bool] = model.government_id == principal.organisation_id
        return mine_alone
    if model is AuditContent:
        return AuditContent.organisation_id == principal.organisation_id
    if model is Organisation:
        # The register of the countries it answers for, to verify what companies say they are: nothing they wrote.
        served = select(ServedCountry.country).where(ServedCountry.organisation_id == principal.organisation_id)
        alive = Organisation.erased_at.is_(None) & Organisation.merged_into_id.is_(None)
        return (Organisation.kind == OrganisationKind.COMPANY) & Organisation.country.in_(served) & alive
    return false()


def _administration_scope(principal: Principal, model: type[Any]) -> ColumnElement[bool]:
    """Who takes part and how the portal runs; never what a company wrote or what a government decided."""
    running = model in (Alert, IdentityProvider, Job, Organisation, OutboxMail, Release)
    return true() if running and principal.role is Role.ADMINISTRATOR else false()


def _exists(model: type[Any], *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """A subquery tied to the model alone: a caller who joins shares or submissions must not change its meaning."""
    return exists().where(*conditions).correlate(model)
