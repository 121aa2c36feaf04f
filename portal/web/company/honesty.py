"""What a company should know before an honest answer: how far "does not apply" goes, who helps, what governments do."""

from __future__ import annotations

from collections.abc import Iterable

from flask import render_template
from flask_babel import gettext as _
from markupsafe import escape

from portal.domain.not_applicable import Claimed, claimed
from portal.domain.questionnaire import Question
from portal.services.declared import declarations_for
from portal.web import current
from portal.web.company.progress import Progress


def limit_html(progress: Progress, question: Question) -> str:
    """How much of the section is said not to apply; nothing where that cannot be said."""
    if question.flag:
        return ""
    asked = next((part.questions for part in progress.sections if question in part.questions), (question,))
    limit = claimed(asked, {one.id: progress.saved[one.id].answer for one in asked if one.id in progress.saved})
    saved = progress.saved.get(question.id)
    chosen = saved is not None and saved.answer.not_applicable is not None
    # No template: a section page has one for each of its questions.
    return f'<p class="hint">{escape(_limit_words(limit, limit.with_further(question), chosen))}</p>'


def _limit_words(limit: Claimed, further: Claimed, chosen: bool) -> str:
    if chosen and limit.exceeds:
        return _(
            "Beyond the limit: %(share)s %% of the weight of this section is said not to apply, and at most 10 %% may "
            "be. All these answers of the section count 0 until a reviewer confirms them.",
            share=limit.percent,
        )
    if chosen:
        return _(
            "Of the weight of this section %(share)s %% is said not to apply; up to 10 %% is left out of the score "
            "until a reviewer has looked.",
            share=limit.percent,
        )
    if further.exceeds:
        return _(
            "With “This does not apply to us” here it would be %(share)s %% of the weight of this section, beyond the "
            "10 %% that may be left out. Then all these answers of the section count 0 until a reviewer confirms them.",
            share=further.percent,
        )
    return _(
        "Of the weight of this section %(share)s %% is said not to apply so far, of at most 10 %%. With this question "
        "it would be %(then)s %%.",
        share=limit.percent,
        then=further.percent,
    )


def harm_panel(progress: Progress, question: Question) -> str:
    """Beside a question about harm: help in the company's countries, and what its governments declared."""
    if question.type != "incident":
        return ""
    country = str(progress.profile.get("PRO-03") or "")
    return render_template(
        "company/harm.html",
        countries=_countries(progress, (country,)),
        declared=declarations_for(current.session(), country) if country else [],
    )


def _countries(progress: Progress, first: Iterable[str]) -> list[str]:
    """Of the profile: where the company is, and where what it wrote in tables with countries lies."""
    found = dict.fromkeys(code for code in first if code)
    for field in current.profile_of(progress.questionnaire).fields:
        named = [column.id for column in getattr(field, "columns", ()) if column.kind == "country"]
        rows = progress.profile.get(field.id)
        for row in rows if named and isinstance(rows, list) else ():
            found |= dict.fromkeys(code for name in named if isinstance(code := row.get(name), str) and code)
    return list(found)[:8]
