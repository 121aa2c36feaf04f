"""Submit an assessment: freeze answers, score and digest in one transaction; read what was frozen."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.domain.answers import Answer, has_answer
from portal.domain.applicability import applicable_questions, open_screening, rule_values
from portal.domain.bundle import Bundle, bundle_json, canonical, digest_of, read_bundle
from portal.domain.lifecycle import IllegalTransition, next_status
from portal.domain.questionnaire import Catalogue, Profile, Questionnaire
from portal.domain.scorecard import scorecard_json
from portal.domain.scoring import score_bundle
from portal.models import Assessment, Organisation, Submission, WorkerStatement
from portal.services import assessments, audit, jobs, profiles, scans, shares

#: Letters and digits that are not mistaken for one another when read aloud or copied by hand.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_WORST_FIRST = ("open", "remediating", "unknown")


class IncompleteAssessment(Exception):
    """Critical or red-flag questions are unanswered; silence there would hide the worst."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


class InfectedEvidence(Exception):
    """The virus scanner found something in a file of these questions; it is never frozen."""

    def __init__(self, questions: Sequence[str]) -> None:
        super().__init__(", ".join(questions))
        self.questions = questions


class ChangedMeanwhile(Exception):
    """The assessment was submitted, or an answer changed, since the signatory read it."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Who declared the answers true, and what they chose. `key` comes from the page and makes signing happen once."""

    key: str
    name: str
    position: str
    governments: Mapping[UUID, date | None]
    joins_aggregates: bool
    #: What the signatory saw, as `content_digest`.
    content: str
    #: Governments that get something else than everything (portal.services.shares.SCOPES).
    scopes: Mapping[UUID, str] = field(default_factory=dict)


def blocking_questions(
    questionnaire: Questionnaire, rules: Mapping[str, bool], answers: Mapping[str, Answer]
) -> tuple[str, ...]:
    """Applicable critical and red-flag questions without an answer, in order. "Don't know" is an answer."""
    asked = applicable_questions(questionnaire, rules)
    empty = Answer()
    return tuple(
        question.id
        for question in questionnaire.questions
        if question.flag and question.id in asked and not has_answer(answers.get(question.id, empty))
    )


def submit_assessment(
    session: Session,
    principal: Principal,
    assessment: Assessment,
    catalogue: Catalogue,
    signature: Signature,
    *,
    at: datetime,
    told: Callable[[Submission], None] = lambda _submission: None,
) -> Submission:
    """Freeze the assessment and return the submission; whoever comes second with the same answers gets the same one.

    Raises IncompleteAssessment, InfectedEvidence, ChangedMeanwhile, IllegalTransition. Everything happens in the
    caller's transaction: status, bundle, score, shares, report job, audit event and what `told` adds (a mail), or none.
    """
    if earlier := _earlier(session, principal, signature):
        return earlier
    # Before the answers are read: who is saving is waited for, and who saves afterwards finds the assessment closed.
    session.execute(select(Assessment.id).where(Assessment.id == assessment.id).with_for_update())
    if infected := scans.infected_questions(session, assessment):
        raise InfectedEvidence(infected)
    bundle = _bundle(session, assessment, catalogue, signature, at)
    if signature.content != content_digest(bundle):
        raise ChangedMeanwhile
    try:
        _take_step(session, assessment)
    except (ChangedMeanwhile, IllegalTransition):
        twin = _earlier(session, principal, signature) or _same(session, principal, assessment, catalogue, signature)
        if twin:
            return twin
        raise
    company = session.get_one(Organisation, assessment.organisation_id)
    submission = _freeze(session, principal, assessment, company, catalogue, bundle, signature, at)
    for government, until in signature.governments.items():
        scope = signature.scopes.get(government, shares.ALL)
        shares.open_share(session, submission, government, by=principal.actor, until=until, at=at, scope=scope)
    jobs.add_job(session, "report", submission.id, at=at)
    _record(session, principal, submission, signature, at)
    told(submission)
    return submission


def _record(session: Session, principal: Principal, submission: Submission, signature: Signature, at: datetime) -> None:
    audit.record(
        session,
        "submission.created",
        subject=("submission", submission.id),
        at=at,
        by=principal.actor,
        organisation=submission.organisation_id,
        digest=submission.digest,
        version=submission.version,
        governments=sorted(str(government) for government in signature.governments),
        joins_aggregates=signature.joins_aggregates,
    )


def draft_bundle(session: Session, assessment: Assessment, catalogue: Catalogue, *, at: datetime) -> Bundle:
    """The bundle as it would be frozen now, without reference and signature: for pages about a draft."""
    return _bundle(session, assessment, catalogue, Signature("", "", "", {}, False, ""), at)


def content_digest(bundle: Bundle) -> str:
    """Digest of what others wrote and the signatory read: profile, answers, statements; no date, no signature."""
    content = bundle_json(bundle)
    return digest_of(
        canonical({key: content[key] for key in ("profile", "answers", "worker_statements") if key in content})
    )


def list_submissions(session: Session, principal: Principal) -> list[Submission]:
    return list(session.scalars(visible(principal, Submission).order_by(Submission.submitted_at.desc())))


def find_submission(session: Session, principal: Principal, submission_id: UUID, *, at: datetime) -> Submission | None:
    """The submission, only if the principal may see it at this moment."""
    found: Submission | None = session.scalar(
        visible(principal, Submission, at=at).where(Submission.id == submission_id)
    )
    return found


def _bundle(
    session: Session, assessment: Assessment, catalogue: Catalogue, signature: Signature, at: datetime
) -> Bundle:
    questionnaire = catalogue.questionnaires[assessment.questionnaire]
    answers = assessments.answers_of(assessments.saved_answers(session, assessment))
    known = {key: answer for key, answer in answers.items() if key in questionnaire.by_id and answer != Answer()}
    values = profiles.stored_values(session, assessment.organisation_id)
    profile = catalogue.profiles[questionnaire.profile]
    if signature.key and (missing := _missing(profile, questionnaire, values, known)):
        raise IncompleteAssessment(missing)
    company = session.get_one(Organisation, assessment.organisation_id)
    governments = session.scalars(
        select(Organisation.name).where(Organisation.id.in_(signature.governments)).order_by(Organisation.name)
    ).all()
    return Bundle(
        questionnaire=questionnaire.reference,
        digest=questionnaire.digest,
        as_of=at.date(),
        profile=values,
        answers=known,
        review={},
        reference=_reference(company.country, at) if signature.key else None,
        company=_said({"name": company.name, "local_name": company.local_name, "country": company.country}),
        period={"start": assessment.period_start.isoformat(), "end": assessment.period_end.isoformat()},
        signed={"name": signature.name, "position": signature.position, "on": at.date().isoformat()},
        submitted_at=f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        shared_with=tuple(governments),
        joins_aggregates=signature.joins_aggregates,
        worker_statements=_statements(session, assessment),
    )


def _statements(session: Session, assessment: Assessment) -> tuple[Mapping[str, str], ...]:
    """For whom they speak and what they say; who wrote it stays within the company."""
    said = select(WorkerStatement.body_name, WorkerStatement.words).where(
        WorkerStatement.assessment_id == assessment.id, WorkerStatement.words != ""
    )
    rows = session.execute(said.order_by(WorkerStatement.written_at, WorkerStatement.id))
    return tuple({"body": body, "words": words} for body, words in rows)


def _missing(
    profile: Profile, questionnaire: Questionnaire, values: Mapping[str, Any], answers: Mapping[str, Answer]
) -> tuple[str, ...]:
    """What must be said before: what decides which questions are asked, and the questions that may not stay open."""
    first = tuple(field.id for field in open_screening(profile, questionnaire, values))
    return first + blocking_questions(questionnaire, rule_values(profile, values), answers)


def _earlier(session: Session, principal: Principal, signature: Signature) -> Submission | None:
    signed_with_key = visible(principal, Submission).where(Submission.idempotency_key == signature.key)
    earlier: Submission | None = session.scalar(signed_with_key)
    return earlier


def _same(
    session: Session, principal: Principal, assessment: Assessment, catalogue: Catalogue, signature: Signature
) -> Submission | None:
    """The newest submission, if somebody signed the very answers that this signatory saw just before them."""
    newest = visible(principal, Submission).where(Submission.assessment_id == assessment.id)
    found: Submission | None = session.scalar(newest.order_by(Submission.version.desc()).limit(1))
    if found is None or content_digest(read_bundle(found.bundle, catalogue)) != signature.content:
        return None
    return found


def _take_step(session: Session, assessment: Assessment) -> None:
    """Move to `submitted` only from the state the page was made for; the loser of a race is told."""
    after = next_status(assessment.status, "submit")
    moved = session.execute(
        update(Assessment)
        .where(Assessment.id == assessment.id, Assessment.version == assessment.version)
        .values(status=after, version=Assessment.version + 1)
        .execution_options(synchronize_session=False)
    )
    if not moved.rowcount:  # type: ignore[attr-defined]
        raise ChangedMeanwhile
    session.expire(assessment)


def _freeze(
    session: Session,
    principal: Principal,
    assessment: Assessment,
    company: Organisation,
    catalogue: Catalogue,
    bundle: Bundle,
    signature: Signature,
    at: datetime,
) -> Submission:
    frozen = canonical(bundle_json(bundle))
    card = scorecard_json(score_bundle(read_bundle(frozen, catalogue), catalogue))
    versions = session.scalars(select(Submission.version).where(Submission.assessment_id == assessment.id)).all()
    states = set(card["red_flags"].values())
    submission = Submission(
        id=uuid4(),
        organisation_id=company.id,
        assessment_id=assessment.id,
        version=max(versions, default=0) + 1,
        reference=bundle.reference,
        questionnaire=assessment.questionnaire,
        bundle=frozen.decode(),
        digest=digest_of(frozen),
        scorecard=card,
        score=card["score"],
        band=card["band"],
        red_flag=next((state for state in _WORST_FIRST if state in states), ""),
        country=company.country,
        sector=_sector(bundle.profile.get("PRO-06")),
        joins_aggregates=signature.joins_aggregates,
        signed_name=signature.name,
        signed_position=signature.position,
        submitted_by_id=principal.actor,
        submitted_at=at,
        valid_until=assessments.latest_plan_end(at.date()),
        idempotency_key=signature.key,
    )
    session.add(submission)
    session.flush()
    return submission


def _said(facts: dict[str, str]) -> dict[str, str]:
    """Without what is empty: a bundle leaves out what it does not know."""
    return {name: fact for name, fact in facts.items() if fact}


def _reference(country: str, at: datetime) -> str:
    drawn = "".join(secrets.choice(_ALPHABET) for _ in range(6))
    return f"DDP-{country or 'XX'}-{at.year}-{drawn}"


def _sector(main_activity: object) -> str:
    """The ISIC section letter of the main activity."""
    first = main_activity[0] if isinstance(main_activity, list | tuple) and main_activity else main_activity
    return first[0] if isinstance(first, str) and first[:1].isalpha() else ""
