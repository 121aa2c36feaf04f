"""All submissions that may count in a release, as the units of disclosure control."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from fractions import Fraction
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.bundle import read_bundle
from portal.domain.disclosure.placing import sector_of, size_of
from portal.domain.disclosure.units import Unit
from portal.domain.questionnaire import Catalogue, Flag
from portal.domain.scorecard import Scorecard
from portal.domain.scoring import score_bundle
from portal.models import Organisation, OrganisationKind, Submission


def read_units(
    session: Session, catalogue: Catalogue, questionnaires: tuple[str, ...], *, snapshot_on: date
) -> list[Unit]:
    """Return one unit for each submission made up to the snapshot day; who counts is decided by the domain.

    Scores are worked out again from the frozen answers: stored ones are rounded, and a mean of rounded numbers is
    not the mean.
    """
    companies = {
        company.id: company
        for company in session.scalars(select(Organisation).where(Organisation.kind == OrganisationKind.COMPANY))
    }
    end_of_day = datetime.combine(snapshot_on, time.max, UTC)
    chosen = select(Submission).where(
        Submission.questionnaire.in_(questionnaires), Submission.submitted_at <= end_of_day
    )
    units = (_unit(catalogue, companies, submission) for submission in session.scalars(chosen.order_by(Submission.id)))
    return [unit for unit in units if unit is not None]


def ultimate_parent(companies: Mapping[UUID, Organisation], company: UUID) -> UUID:
    """Return the company at the top; one of a ring of owners is its own, the same whichever it is asked about."""
    seen = [_surviving(companies, company).id]
    while (parent := companies[seen[-1]].parent_id) in companies and parent not in seen:
        assert parent is not None
        seen.append(parent)
    return seen[-1] if parent not in seen else min(seen[seen.index(parent) :])


def _surviving(companies: Mapping[UUID, Organisation], company: UUID) -> Organisation:
    """The company itself, or the one it became part of: two that merged count once, under one registration (D1)."""
    return companies.get(companies[company].merged_into_id or company, companies[company])


def _unit(catalogue: Catalogue, companies: Mapping[UUID, Organisation], submission: Submission) -> Unit | None:
    """A submission without a score has nothing to say in a release."""
    company = _surviving(companies, submission.organisation_id)
    bundle = read_bundle(submission.bundle, catalogue)
    card = score_bundle(bundle, catalogue)
    if card.score is None or card.band is None:
        return None
    return Unit(
        company_id=str(company.id),
        group=str(ultimate_parent(companies, company.id)),
        verified=company.verified_at is not None,
        submitted_on=submission.submitted_at.date(),
        valid_until=submission.valid_until,
        published_own=company.published_own_result,
        country=submission.country,
        sector=sector_of(bundle.profile),
        size_class=size_of(bundle.profile),
        roles=frozenset(bundle.profile.get("PRO-13") or ()),
        questionnaire=submission.questionnaire,
        score=card.score,
        band=card.band,
        stages={stage.value: value for stage, value in card.stages.items()},
        red_flags=_red_flags(catalogue, submission.questionnaire, card),
        joins=submission.joins_aggregates,
        assessment_version=str(submission.id),
        points=_points(card),
    )


def _red_flags(catalogue: Catalogue, questionnaire: str, card: Scorecard) -> dict[str, str]:
    """The state of each red-flag question that was asked: "none" says that it was looked at and is in order."""
    return {
        question.id: card.red_flags.get(question.id, "none")
        for question in catalogue.questionnaires[questionnaire].questions
        if question.flag is Flag.RED_FLAG and card.questions[question.id].points is not None
    }


def _points(card: Scorecard) -> dict[str, Fraction]:
    return {question: Fraction(score.points) for question, score in card.questions.items() if score.points is not None}
