"""The home of a company: the next step with its reason, what else waits, and how far each assessment is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.domain.lifecycle import is_editable
from portal.domain.next_steps import Kind, Step, in_order
from portal.models import Assessment, Submission
from portal.services import homes
from portal.services.assessments import list_assessments
from portal.services.organisations import absorbed_names
from portal.services.profiles import profile_of
from portal.services.submissions import list_submissions
from portal.web import current
from portal.web.company.assessments import newest_profile
from portal.web.company.blueprint import bp
from portal.web.company.offers import Offer, offers_to
from portal.web.company.profile_forms import missing_fields
from portal.web.company.progress import Progress, overviews_of

#: Other steps that stand open on the page; the rest can be unfolded.
SHOWN = 7


@dataclass(frozen=True, slots=True)
class Line:
    """A step in words: what to do, why or about what, and where."""

    step: Step
    words: str
    #: What it is about, in the words of people or of a questionnaire.
    about: str
    url: str
    day: date | None = None


@bp.get("")
def home() -> ResponseReturnValue:
    session, principal, today = current.session(), current.principal(), current.now().date()
    own = list_assessments(session, principal)
    progresses = overviews_of(own)
    if not current.may("company.check_answers"):
        lines = _ordered(_of_people(progresses, today))
        return render_template("company/given.html", progresses=progresses, lines=lines, today=today)
    values, profile = profile_of(session, principal), newest_profile()
    missing = missing_fields(profile, values.values)
    offers = [] if missing else _not_begun(offers_to(current.catalogue(), profile, values.values, own))
    submissions = list_submissions(session, principal)
    lines = _ordered(
        [
            *_of_profile(len(missing), values.version, bool(own)),
            *_of_assessments(progresses, own, today),
            *_of_people(progresses, today),
            *_of_harm(progresses, today),
            *_of_actions(today),
            *_of_submissions(submissions, own, today),
        ]
    )
    return render_template(
        "company/home.html",
        lines=lines,
        shown=SHOWN,
        profile_version=values.version,
        missing=missing,
        progresses=sorted(progresses, key=lambda one: not is_editable(one.assessment.status)),
        absorbed=absorbed_names(session, principal),
        waiting=offers,
        submissions=submissions,
        today=today,
    )


def _ordered(lines: Iterable[Line]) -> list[Line]:
    by_step = {line.step: line for line in lines}
    return [by_step[step] for step in in_order(by_step)]


def _not_begun(offers: list[Offer]) -> list[Offer]:
    """What the company has yet to begin; of those of which one is enough, the proposed one."""
    return [
        one
        for one in offers
        if one.version and not one.started and not one.instead_of and (one.proposed or not one.entry.one_of)
    ]


def _of_profile(missing: int, version: int, has_begun: bool) -> Iterator[Line]:
    if missing:
        words = _("Fill in the profile") if version == 0 else _("Finish the profile")
        about = _("It decides which questions you are asked; it takes about ten minutes.")
        yield Line(Step(Kind.PROFILE, ""), words, about, url_for(".edit_profile"))
    elif not has_begun:
        about = _("Your profile is complete. See which questionnaires apply to you, and begin.")
        yield Line(Step(Kind.BEGIN, ""), _("Begin your first questionnaire"), about, url_for(".list_questionnaires"))


def _of_assessments(progresses: Iterable[Progress], own: list[Assessment], today: date) -> Iterator[Line]:
    for progress in progresses:
        assessment = progress.assessment
        if not is_editable(assessment.status):
            continue
        kind, words, url = _next_of(progress, own)
        days = (assessment.due_on - today).days if assessment.due_on else None
        yield Line(Step(kind, str(assessment.id), days), words, _title(progress), url, assessment.due_on)


def _next_of(progress: Progress, own: list[Assessment]) -> tuple[Kind, str, str]:
    """The one thing to do next about an assessment that is open."""
    here = progress.assessment.id
    left = len(progress.asked) - progress.answered
    if progress.assessment.status == "returned":
        words = _("A government returned it: correct what its reason names, then sign again")
        return Kind.RETURNED, words, url_for(".show_assessment", assessment_id=here)
    if progress.screening_open:
        words = _("Say first what decides which questions you are asked")
        return Kind.SCREENING, words, url_for(".edit_screening", assessment_id=here)
    if left and not progress.answered and _has_earlier(progress, own):
        words = _("Go through what you said last time, and confirm what is still true")
        return Kind.LAST_TIME, words, url_for(".list_last_time", assessment_id=here)
    if left and progress.next_section:
        count = ngettext("%(num)d question is open", "%(num)d questions are open", left)
        words = _("Go on with “%(section)s”: %(count)s", section=progress.next_section.title, count=count)
        return Kind.ANSWER, words, url_for(".edit_section", section_id=progress.next_section.id, assessment_id=here)
    if current.may("company.sign_assessment", "POST"):
        return (
            Kind.SIGN,
            _("Look at what is missing, then sign and submit"),
            url_for(".show_preflight", assessment_id=here),
        )
    return (
        Kind.CHECK,
        _("Everything is answered: check it, then have it signed"),
        url_for(".check_answers", assessment_id=here),
    )


def _has_earlier(progress: Progress, own: list[Assessment]) -> bool:
    mine = progress.assessment
    slug = mine.questionnaire.partition("@")[0]
    return any(one.questionnaire.partition("@")[0] == slug and one.period_start < mine.period_start for one in own)


def _of_people(progresses: Iterable[Progress], today: date) -> Iterator[Line]:
    """Work that people gave one another, and comments that name the person."""
    session, principal = current.session(), current.principal()
    known = {one.assessment.id: one for one in progresses}
    for held in homes.held_by_and_for(session, principal, today):
        progress = known[held.assessment_id]
        days = (held.due_on - today).days if held.due_on else None
        url, about = _place(progress, held.section_id, held.question_id)
        if held.is_mine:
            kind, words = Kind.WORK, _("Given to you")
        elif held.handed_back_at:
            kind, words, days = Kind.HANDED_BACK, _("%(name)s handed back", name=held.name), None
        else:
            kind, words = Kind.GIVEN_LATE, _("Late with %(name)s", name=held.name)
        yield Line(
            Step(kind, f"{url} {held.name}", days), words, about, url, None if held.handed_back_at else held.due_on
        )
    for place, names in _mentions(known).items():
        progress = known[place[0]]
        question = progress.questionnaire.by_id[place[1]]
        url = url_for(".edit_question", assessment_id=place[0], question_id=place[1], _anchor="comments")
        who = ", ".join(dict.fromkeys(names))
        words = ngettext("A comment by %(who)s names you", "%(num)d comments by %(who)s name you", len(names), who=who)
        yield Line(Step(Kind.MENTION, url), words, question.short or question.ask, url)


def _mentions(known: dict[UUID, Progress]) -> dict[tuple[UUID, str], list[str]]:
    """(Assessment, question) -> who wrote; of questions that the person still sees."""
    found: dict[tuple[UUID, str], list[str]] = {}
    for one in homes.mentions_of(current.session(), current.principal()):
        progress = known.get(one.assessment_id)
        if progress and any(question.id == one.question_id for question in progress.asked):
            found.setdefault((one.assessment_id, one.question_id), []).append(one.author)
    return found


def _of_harm(progresses: Iterable[Progress], today: date) -> Iterator[Line]:
    known = {one.assessment.id: one for one in progresses}
    for harm in homes.ended_plans(current.session(), current.principal(), today):
        progress = known[harm.assessment_id]
        question = progress.questionnaire.by_id.get(harm.question_id)
        if question in progress.asked and question is not None:
            url = url_for(".edit_question", assessment_id=harm.assessment_id, question_id=harm.question_id)
            step = Step(Kind.PLAN_OVER, url, (harm.plan_end - today).days)
            about = question.short or question.ask
            yield Line(step, _("The plan for remedy has ended: say what became of it"), about, url, harm.plan_end)


def _of_actions(today: date) -> Iterator[Line]:
    for action in homes.due_actions(current.session(), current.principal(), today):
        days = (action.due_on - today).days if action.due_on else None
        url = url_for(".edit_action", action_id=action.id)
        yield Line(Step(Kind.ACTION, url, days), _("Corrective action"), action.title, url, action.due_on)


def _of_submissions(submissions: list[Submission], own: list[Assessment], today: date) -> Iterator[Line]:
    session, principal = current.session(), current.principal()
    for share in homes.ending_shares(session, principal, today):
        url = url_for(".show_submission", submission_id=share.submission_id)
        words = _("A share with %(government)s ends", government=share.government)
        step = Step(Kind.SHARE_ENDS, f"{url} {share.government}", (share.until - today).days)
        yield Line(step, words, share.reference, url, share.until)
    for decided in homes.lately_decided(session, principal, today):
        url = url_for(".show_submission", submission_id=decided.submission_id)
        words = _("%(government)s accepted a submission", government=decided.government)
        yield Line(Step(Kind.DECIDED, f"{url} {decided.government}"), words, decided.reference, url, decided.at.date())
    for submission in homes.to_renew(submissions, own, today):
        words = _("Begin the next period: this submission is valid until then")
        step = Step(Kind.RENEW, submission.reference, (submission.valid_until - today).days)
        yield Line(step, words, submission.reference, url_for(".list_questionnaires"), submission.valid_until)


def _place(progress: Progress, section_id: str, question_id: str) -> tuple[str, str]:
    """Where a section or question is worked on, and what it is called."""
    here = progress.assessment.id
    if question := progress.questionnaire.by_id.get(question_id):
        return url_for(".edit_question", assessment_id=here, question_id=question_id), question.short or question.ask
    title = next((one.title for one in progress.questionnaire.sections if one.id == section_id), section_id)
    return url_for(".edit_section", assessment_id=here, section_id=section_id), title


def _title(progress: Progress) -> str:
    return progress.questionnaire.short_title or progress.questionnaire.title
