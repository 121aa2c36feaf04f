"""The company's own figures beside those of the latest release: frozen, rounded, and nothing but what is public."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.domain.disclosure.placing import Found, counts_in, place_of, rows_for, whole
from portal.domain.scorecard import Scorecard, show
from portal.services.organisations import own_organisation
from portal.services.releases import PublishedRelease, latest_release
from portal.services.submissions import list_submissions
from portal.web import current
from portal.web import release_words as words
from portal.web.company.blueprint import bp, own_assessment_or_404
from portal.web.company.progress import Progress, progress_of
from portal.web.company.what_ifs import card_of
from portal.web.filters import questionnaire_name
from portal.web.release_page import Bar


@dataclass(frozen=True, slots=True)
class Line:
    """One cell of the release the company belongs to. Without `companies` it is not shown."""

    dimension: str
    label: str
    #: The other categories shown together with it.
    together: tuple[str, ...]
    companies: str
    mean: Bar | None
    as_of: date | None


@dataclass(frozen=True, slots=True)
class Beside:
    """A figure of the company beside that of its sector, and of everybody; none where it is not shown."""

    label: str
    own: Bar | None
    sector: Bar | None
    everybody: Bar | None


@bp.get("/assessments/<uuid:assessment_id>/comparison")
def show_comparison(assessment_id: UUID) -> ResponseReturnValue:
    progress = progress_of(own_assessment_or_404(assessment_id))
    release = latest_release(current.session())
    if release is None:
        return render_template("company/comparison.html", progress=progress, release=None)
    document, card = release.document, card_of(progress.assessment)
    own = own_organisation(current.session(), current.principal())
    place = place_of(progress.profile, country=own.country, questionnaire=progress.assessment.questionnaire)
    cells, everybody = rows_for(document, place), whole(document)
    sector = next((cell.row for cell in cells if cell.table == "sector"), None)
    return render_template(
        "company/comparison.html",
        progress=progress,
        release=release,
        document=document,
        symbol=document["method"]["symbol"],
        everybody=everybody,
        sector_name=words.category("sector", place.sector),
        lines=[_line(cell) for cell in cells],
        score=_beside("", card.score, sector, everybody),
        stages=list(_stages(card, sector, everybody)),
        questions=list(_questions(progress, card, document)),
        counted=_counted(release, document, is_verified=own.verified_at is not None),
        is_core=progress.questionnaire.kind == "core",
        same_version=progress.assessment.questionnaire in document["questionnaires"],
    )


def _line(cell: Found) -> Line:
    dimension, row = str(words.DIMENSIONS[cell.table]), cell.row
    if row is None:
        return Line(dimension, _category(cell.table, cell.key), (), "", None, None)
    leaves = "country" if cell.table == "sector_country" else cell.table
    return Line(
        dimension=dimension,
        label=_category(cell.table, row["key"]),
        together=tuple(words.category(leaves, key) for key in row["merged"]),
        companies=row["companies"],
        mean=_released(row["mean_score"]),
        as_of=date.fromisoformat(row["as_of"]),
    )


def _category(table: str, key: str) -> str:
    return questionnaire_name(key) if table == "questionnaire" else words.category(table, key)


def _beside(
    label: str,
    own: Fraction | None,
    sector: Mapping[str, Any] | None,
    everybody: Mapping[str, Any] | None,
) -> Beside:
    found = [_released(row["mean_score"]) if row else None for row in (sector, everybody)]
    return Beside(label, _own(own), *found)


def _stages(card: Scorecard, sector: Mapping[str, Any] | None, everybody: Mapping[str, Any] | None) -> Iterator[Beside]:
    for stage, score in card.stages.items():
        found = [_released(row["stages"].get(stage.value)) if row else None for row in (sector, everybody)]
        yield Beside(str(words.STAGES[stage.value]), _own(score), *found)


def _questions(progress: Progress, card: Scorecard, document: Mapping[str, Any]) -> Iterator[Beside]:
    """The questions with the lowest means of the release that this company is asked too."""
    asked = {question.id: question for question in progress.asked}
    rows: list[Mapping[str, Any]] = next(
        (table["rows"] for table in document["tables"] if table["id"] == "questions"), []
    )
    for row in rows:
        if question := asked.get(row["key"]):
            points = card.questions[question.id].points
            own = None if points is None else _own(Fraction(points))
            yield Beside(question.short or question.ask, own, None, _released(row["mean_points"]))


def _counted(release: PublishedRelease, document: Mapping[str, Any], *, is_verified: bool) -> str:
    """The reference of the company's submission that this release counts: known from its own rows alone."""
    found = [
        one
        for one in list_submissions(current.session(), current.principal())
        if is_verified
        and one.joins_aggregates
        and one.submitted_at < release.published_at
        and counts_in(
            document,
            questionnaire=one.questionnaire,
            submitted_on=one.submitted_at.date(),
            valid_until=one.valid_until,
        )
    ]
    return max(found, key=lambda one: one.submitted_at).reference if found else ""


def _released(value: object) -> Bar | None:
    """A mean is a whole number, or the sign for all that is not shown."""
    return Bar("", str(value), value, value) if isinstance(value, int) else None


def _own(score: Fraction | None) -> Bar | None:
    return None if score is None else Bar("", show(score), int(score), int(score))
