"""Erase a person, a submission or a whole organisation: text, files and salts go, ids and the log stay provable.

Asked for on a page, approved by a second person where it concerns an organisation, carried out by the worker.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from portal.domain.mentions import without_name
from portal.models import (
    ActionFile,
    Alert,
    AnswerRow,
    AnswerVersion,
    Approval,
    Assessment,
    Assignment,
    AuditContent,
    Authenticator,
    Bookmark,
    Ceremony,
    Comment,
    CompanyProfile,
    CorrectiveAction,
    DataExport,
    Declaration,
    Evidence,
    FederatedIdentity,
    IdentityProvider,
    Invitation,
    Job,
    KnownDevice,
    LinkToken,
    Login,
    Membership,
    Mention,
    Merger,
    Organisation,
    PendingWorkbook,
    Presence,
    RecoveryCode,
    Reminder,
    ReportFile,
    Review,
    SectionDone,
    Share,
    Submission,
    Upload,
    User,
    WorkerStatement,
)
from portal.services import audit

#: No password has this hash: nobody signs in with it.
NO_PASSWORD = "erased"  # noqa: S105 - no secret: no hash looks like this
#: What an organisation says about itself, and others about it.
_WORDS = (
    "name",
    "local_name",
    "registration_number",
    "named_parent_country",
    "named_parent_number",
    "verification_note",
)
#: What is left of a frozen bundle.
NO_BUNDLE = "{}"

#: What a person leaves behind and nobody else needs.
OF_PERSON = (
    Login,
    Membership,
    Authenticator,
    RecoveryCode,
    KnownDevice,
    LinkToken,
    Ceremony,
    PendingWorkbook,
    Presence,
    Reminder,
    Mention,
    Upload,
    DataExport,
)
#: What hangs from an assessment, first what hangs from other rows of these.
OF_ASSESSMENTS = (AnswerRow, AnswerVersion, Assignment, Bookmark, Comment, Presence, SectionDone, WorkerStatement)


def erase_person(session: Session, user_id: UUID, *, at: datetime) -> None:
    """Forget who the person was. What they did stays, done by "a former member"."""
    memberships = select(Membership.id).where(Membership.user_id == user_id)
    _delete(session, Assignment, Assignment.membership_id.in_(memberships))
    session.execute(update(Login).where(Login.user_id == user_id).values(membership_id=None))
    _forget_mentions(session, user_id)
    for model in OF_PERSON:
        _delete(session, model, model.user_id == user_id)
    _delete(session, WorkerStatement, WorkerStatement.author_id == user_id)
    session.execute(update(Comment).where(Comment.author_id == user_id).values(body="", withdrawn_at=at))
    session.execute(update(CorrectiveAction).where(CorrectiveAction.owner_id == user_id).values(owner_id=None))
    _delete(session, FederatedIdentity, FederatedIdentity.user_id == user_id)
    session.execute(
        update(User)
        .where(User.id == user_id)
        .values(email=f"erased-{user_id}", name="", password_hash=NO_PASSWORD, disabled_at=at, erased_at=at)
    )
    _forget_in_log(session, (AuditContent.subject_kind == "user") & (AuditContent.subject_id == str(user_id)))
    audit.record(session, "user.erased", subject=("user", user_id), at=at, by=None, organisation=None)


def erase_submission(session: Session, submission_id: UUID, *, at: datetime, by_rule: bool = False) -> None:
    """Empty a frozen version; its digest stays in the log. Drafts of the same assessment are not touched."""
    submission = session.get_one(Submission, submission_id)
    _empty_submissions(session, [submission_id], at)
    _drop_loose_evidence(session, submission.assessment_id)
    _forget_earlier_answers(session, submission.assessment_id)
    audit.record(
        session,
        "submission.erased",
        subject=("submission", submission_id),
        at=at,
        by=None,
        organisation=submission.organisation_id,
        by_rule=by_rule,
    )


def erase_organisation(session: Session, organisation_id: UUID, *, at: datetime) -> None:
    """Forget a company or government, and companies that were merged into it: answers, files, submissions, members'
    roles, reasons and their part of the log's contents. Releases stay: they name nobody."""
    absorbed = select(Organisation.id).where(Organisation.merged_into_id == organisation_id)
    for erased in (organisation_id, *session.scalars(absorbed)):
        _erase_one(session, erased, at)
    audit.record(
        session, "organisation.erased", subject=("organisation", organisation_id), at=at, by=None, organisation=None
    )


#: What the worker does for an approved request, by its kind.
ERASURES: Mapping[str, Callable[..., None]] = {
    "erase_person": erase_person,
    "erase_submission": erase_submission,
    "erase_organisation": erase_organisation,
}


def due_erasures(session: Session) -> list[Approval]:
    """Approved and not yet done, the oldest first."""
    due = select(Approval).where(
        Approval.kind.in_(ERASURES), Approval.approved_at.is_not(None), Approval.done_at.is_(None)
    )
    return list(session.scalars(due.order_by(Approval.approved_at, Approval.id)))


def carry_out(session: Session, approval: Approval, *, at: datetime) -> None:
    """Erase what was approved. Called again after a crash it does the same once more and harms nothing."""
    ERASURES[approval.kind](session, approval.subject_id, at=at)
    session.execute(update(Approval).where(Approval.id == approval.id).values(done_at=at))


def kept_files(session: Session) -> set[str]:
    """Names of all files that a row still refers to, and of those on their way; every other file may go."""
    columns = (Evidence.sha256, Evidence.preview_sha256, ActionFile.sha256, ReportFile.sha256, DataExport.sha256)
    kept = {sha256 for column in columns for sha256 in session.scalars(select(column)) if sha256}
    return kept | {upload_id.hex for upload_id in session.scalars(select(Upload.id))}


def _erase_one(session: Session, organisation_id: UUID, at: datetime) -> None:
    submissions = session.scalars(select(Submission.id).where(Submission.organisation_id == organisation_id)).all()
    assessments = select(Assessment.id).where(Assessment.organisation_id == organisation_id)
    _empty_submissions(session, submissions, at)
    comments = select(Comment.id).where(Comment.assessment_id.in_(assessments))
    _delete(session, Mention, Mention.comment_id.in_(comments))
    for hanging in OF_ASSESSMENTS:
        _delete(session, hanging, hanging.assessment_id.in_(assessments))
    _delete(session, Declaration, Declaration.government_id == organisation_id)
    for model in (
        DataExport,
        Evidence,
        Upload,
        ActionFile,
        CorrectiveAction,
        PendingWorkbook,
        CompanyProfile,
        Invitation,
        Alert,
    ):
        _delete(session, model, model.organisation_id == organisation_id)
    given = or_(Review.submission_id.in_(submissions), Review.government_id == organisation_id)
    session.execute(update(Review).where(given).values(reason=""))
    session.execute(
        update(Share).where(Share.government_id == organisation_id, Share.revoked_at.is_(None)).values(revoked_at=at)
    )
    _end_memberships(session, organisation_id, at)
    _drop_provider(session, organisation_id, at)
    session.execute(
        update(Organisation)
        .where(Organisation.id == organisation_id)
        .values(erased_at=at, verified_at=None, verified_by_id=None, **dict.fromkeys(_WORDS, ""))
    )
    session.execute(update(Merger).where(Merger.from_id == organisation_id).values(into_country="", into_number=""))
    _forget_in_log(session, AuditContent.organisation_id == organisation_id)


def _empty_submissions(session: Session, ids: Sequence[UUID], at: datetime) -> None:
    if not ids:
        return
    for model in (ReportFile, Job):
        _delete(session, model, model.submission_id.in_(ids))
    session.execute(update(Share).where(Share.submission_id.in_(ids), Share.revoked_at.is_(None)).values(revoked_at=at))
    session.execute(update(Review).where(Review.submission_id.in_(ids)).values(reason=""))
    session.execute(
        update(Submission)
        .where(Submission.id.in_(ids))
        .values(
            bundle=NO_BUNDLE,
            scorecard={},
            score=None,
            band=None,
            red_flag="",
            signed_name="",
            signed_position="",
            withdrawal_reason="",
            joins_aggregates=False,
            erased_at=at,
        )
    )


def _forget_mentions(session: Session, user_id: UUID) -> None:
    """The name behind an @ in what colleagues wrote to the person; the rest of their words stays."""
    name = session.get_one(User, user_id).name
    named = select(Mention.comment_id).where(Mention.user_id == user_id)
    for comment_id, body in session.execute(select(Comment.id, Comment.body).where(Comment.id.in_(named))).all():
        session.execute(update(Comment).where(Comment.id == comment_id).values(body=without_name(body, name, "…")))


def _forget_earlier_answers(session: Session, assessment_id: UUID) -> None:
    """What was frozen stands in the history of the answers too; what stands in the draft today is kept."""
    stands = select(AnswerRow.version).where(
        AnswerRow.assessment_id == assessment_id, AnswerRow.question_id == AnswerVersion.question_id
    )
    earlier = (AnswerVersion.assessment_id == assessment_id) & (AnswerVersion.version < stands.scalar_subquery())
    _delete(session, AnswerVersion, earlier)


def _drop_loose_evidence(session: Session, assessment_id: UUID) -> None:
    """Files taken back from the draft were kept for the frozen version alone; with it they go."""
    bundles = session.scalars(
        select(Submission.bundle).where(Submission.assessment_id == assessment_id, Submission.erased_at.is_(None))
    ).all()
    loose = session.execute(
        select(Evidence.id, Evidence.sha256).where(
            Evidence.assessment_id == assessment_id, Evidence.removed_at.is_not(None)
        )
    )
    gone = [evidence_id for evidence_id, sha256 in loose if not any(sha256 in bundle for bundle in bundles)]
    _delete(session, Evidence, Evidence.id.in_(gone))


def _end_memberships(session: Session, organisation_id: UUID, at: datetime) -> None:
    memberships = select(Membership.id).where(Membership.organisation_id == organisation_id)
    _delete(session, Assignment, Assignment.membership_id.in_(memberships))
    session.execute(
        update(Login)
        .where(Login.membership_id.in_(memberships))
        .values(ended_at=at, membership_id=None)
        .execution_options(synchronize_session=False)
    )
    _delete(session, Membership, Membership.organisation_id == organisation_id)


def _drop_provider(session: Session, organisation_id: UUID, at: datetime) -> None:
    providers = select(IdentityProvider.id).where(IdentityProvider.organisation_id == organisation_id)
    _delete(session, FederatedIdentity, FederatedIdentity.provider_id.in_(providers))
    session.execute(
        update(Login)
        .where(Login.provider_id.in_(providers))
        .values(provider_id=None, ended_at=at)
        .execution_options(synchronize_session=False)
    )
    _delete(session, IdentityProvider, IdentityProvider.organisation_id == organisation_id)


def _forget_in_log(session: Session, whose: ColumnElement[bool]) -> None:
    """Without content and salt the commitments in the log say nothing any more, and its tree is as it was."""
    _delete(session, AuditContent, whose)


def _delete(session: Session, model: type[Any], where: ColumnElement[bool]) -> None:
    session.execute(delete(model).where(where).execution_options(synchronize_session=False))
