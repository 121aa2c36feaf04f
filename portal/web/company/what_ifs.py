"""What if: the score with one or two better answers, the best pair, and the shortest way to the next band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.domain.questionnaire import Questionnaire
from portal.domain.scorecard import Scorecard, band_of, show
from portal.domain.scoring import score_bundle
from portal.domain.whatif import Outcome, Step, best_pair, open_range, outcome, steps_of, way_to_next_band
from portal.models import Assessment
from portal.services.submissions import draft_bundle
from portal.web import current
from portal.web.company.blueprint import bp, own_assessment_or_404
from portal.web.company.progress import progress_of

#: The two fields of the form; each holds "<question>:<level>" or nothing.
FIELDS = ("first", "second")


@dataclass(frozen=True, slots=True)
class Shown:
    """An outcome in words and figures."""

    steps: tuple[Step, ...]
    score: str
    band: str
    caps: tuple[str, ...]
    #: Place in the form, so that a way that was found can be looked at in detail.
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class Range:
    lowest: str
    highest: str
    lowest_band: str
    highest_band: str


@bp.get("/assessments/<uuid:assessment_id>/what-if")
def show_what_if(assessment_id: UUID) -> ResponseReturnValue:
    """What is looked at stands in the address; nothing is stored."""
    progress = progress_of(own_assessment_or_404(assessment_id))
    written = current.questionnaire(progress.assessment.questionnaire)
    card = card_of(progress.assessment)
    steps = steps_of(written, card) if card.score is not None else []
    chosen = _chosen(steps)
    looked = _shown(outcome(written, card, chosen)) if chosen else None
    pair, way = best_pair(written, card) if steps else None, way_to_next_band(written, card)
    return render_template(
        "company/what_if.html",
        progress=progress,
        card=card,
        now=_shown(Outcome((), card.score, card.caps)) if card.score is not None else None,
        steps=steps,
        looked=looked,
        typed={name: request.args.get(name, "") for name in FIELDS},
        pair=_shown(pair) if pair else None,
        way=_shown(way) if way else None,
    )


def card_of(assessment: Assessment) -> Scorecard:
    """The score of the answers as they stand."""
    return score_bundle(
        draft_bundle(current.session(), assessment, current.catalogue(), at=current.now()), current.catalogue()
    )


def range_of(questionnaire: Questionnaire, card: Scorecard) -> Range | None:
    """What the score can still become while questions are open; none once they are answered."""
    found = open_range(questionnaire, card)
    if found is None or found[0] == found[1]:
        return None
    return Range(show(found[0]), show(found[1]), band_of(found[0]), band_of(found[1]))


def _chosen(steps: Sequence[Step]) -> list[Step]:
    """The steps named in the address; of two for one question the second."""
    by_name = {f"{step.question}:{step.level}": step for step in steps}
    named = (by_name.get(request.args.get(name, "")) for name in FIELDS)
    return list({step.question: step for step in named if step}.values())


def _shown(found: Outcome) -> Shown:
    fields = {name: f"{step.question}:{step.level}" for name, step in zip(FIELDS, found.steps, strict=False)}
    return Shown(found.steps, show(found.score), band_of(found.score), tuple(cap.code for cap in found.caps), fields)
