"""What a company should know before an honest answer: how far "does not apply" goes, who helps, what governments do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from flask import render_template
from flask_babel import gettext as _
from markupsafe import escape

from portal.domain.not_applicable import Claimed, claimed
from portal.domain.questionnaire import ProfileField, Question
from portal.services.declared import declarations_for
from portal.web import current
from portal.web.company.progress import Progress

#: Where the company is registered, and where people work for it: the governments there may get its answers.
AT_HOME = ("PRO-03", "PRO-04")
#: Countries that stand open; the rest can be unfolded.
NAMED = 8


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
    fields = current.profile_of(progress.questionnaire).fields
    home = _countries(progress, [field for field in fields if field.id in AT_HOME])
    countries = list(dict.fromkeys([*home, *_countries(progress, fields)]))
    return render_template(
        "company/harm.html",
        countries=countries[:NAMED],
        further=countries[NAMED:],
        declared=declarations_for(current.session(), home) if home else [],
    )


def _countries(progress: Progress, fields: Iterable[ProfileField]) -> list[str]:
    """Each country these fields of the profile name, once, in their order: also where workers and goods come from."""
    return list(dict.fromkeys(code for field in fields for code in _named(field, progress.profile.get(field.id))))


def _named(field: ProfileField, value: object) -> Iterator[str]:
    if field.kind == "country" and isinstance(value, str):
        yield value
    columns = [column.id for column in field.columns if column.kind == "country"]
    for item in value if isinstance(value, list | tuple) else ():
        if field.kind == "countries" and isinstance(item, str):
            yield item
        elif isinstance(item, Mapping):
            yield from (code for name in columns if isinstance(code := item.get(name), str) and code)
