"""How the company developed with one questionnaire, over all periods it submitted."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from portal.domain.scorecard import Scorecard, show
from portal.domain.trends import Direction, Trend, trend
from portal.domain.versions import newest_of
from portal.services.trends import submitted_periods
from portal.web import current
from portal.web.company.blueprint import bp
from portal.web.languages import in_words_of_reader


@bp.get("/trends/<slug>")
def show_trend(slug: str) -> ResponseReturnValue:
    catalogue = current.catalogue()
    known = [one for one in catalogue.questionnaires.values() if one.slug == slug] or abort(404)
    periods = submitted_periods(current.session(), current.principal(), slug, catalogue)
    found = trend([period.bundle for period in periods], catalogue) if periods else None
    newest = catalogue.questionnaires[periods[-1].bundle.questionnaire] if periods else newest_of(known)
    shown = in_words_of_reader(newest)
    return render_template(
        "company/trend.html",
        questionnaire=shown,
        periods=list(zip(periods, found.periods, strict=True)) if found else [],
        sections=_sections(found, shown) if found else [],
        harms=_harms(found) if found else [],
        moved={way: _moved(found, way) for way in Direction} if found else {},
        left_out=found.left_out if found else {},
        common=len(list(found.questionnaire.questions)) if found else 0,
        bar=_bar,
        shown=lambda score: "–" if score is None else show(score),
    )


def _bar(card: Scorecard) -> dict[str, Any]:
    """Lengths of the bar of a period, from 0 to 100."""
    counted = float(card.score or 0)
    return {"claimed": float(card.declared or 0), "before": float(card.raw or 0), "counted": counted, "limit": None}


def _sections(found: Trend, shown: Any) -> list[tuple[str, list[Fraction | None]]]:
    """Title of each section that has common questions, and its score in each period."""
    titles = {section.id: section.title for section in shown.sections}
    return [
        (titles[section.id], [_score(period.common, section.id) for period in found.periods])
        for section in found.questionnaire.sections
    ]


def _score(card: Scorecard, section_id: str) -> Fraction | None:
    part = card.sections.get(section_id)
    return part.score if part else None


def _harms(found: Trend) -> list[tuple[str, list[str]]]:
    """Question about harm -> its state in each period; "none" is: looked, and nothing open."""
    asked = [question.id for question in found.questionnaire.questions if question.type == "incident"]
    return [(name, [period.common.red_flags.get(name, "none") for period in found.periods]) for name in asked]


def _moved(found: Trend, way: Direction) -> list[str]:
    return [name for name, direction in found.directions.items() if direction is way]
