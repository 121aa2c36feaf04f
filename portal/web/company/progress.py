"""How far an assessment is, section by section, for the pages that show it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from portal.domain.answers import Answer, has_answer
from portal.domain.applicability import applicable_questions, open_screening, rule_values, screening_fields
from portal.domain.assigned import Work
from portal.domain.plans import plan_of
from portal.domain.questionnaire import ProfileField, Question, Questionnaire, Section
from portal.models import Assessment
from portal.services import presence
from portal.services.assessments import SavedAnswer, answered_questions, saved_answers
from portal.services.profiles import profile_of, profiles_of
from portal.services.question_marks import NO_MARKS, Marks, marks_of
from portal.services.sections import all_own_work, own_work
from portal.web import current
from portal.web.languages import in_words_of_reader


@dataclass(frozen=True, slots=True)
class SectionProgress:
    section: Section
    #: The questions this company is asked.
    questions: tuple[Question, ...]
    answered: int
    #: Whether a person said that the section is complete, answered or not.
    said_done: bool = False

    @property
    def state(self) -> str:
        """not_asked, done, started or waiting."""
        if not self.questions:
            return "not_asked"
        if self.said_done or self.answered == len(self.questions):
            return "done"
        return "started" if self.answered else "waiting"


@dataclass(frozen=True, slots=True)
class Progress:
    """An assessment with everything a page needs to show it; read in a fixed number of statements."""

    assessment: Assessment
    questionnaire: Questionnaire
    profile: Mapping[str, object]
    rules: Mapping[str, bool]
    saved: Mapping[str, SavedAnswer]
    sections: tuple[SectionProgress, ...]
    #: Asked before the sections, and stored in the profile; and those of them still to answer.
    screening: tuple[ProfileField, ...] = ()
    screening_open: tuple[ProfileField, ...] = ()
    #: Comments, bookmarks and who holds what.
    marks: Marks = NO_MARKS

    @property
    def asked(self) -> tuple[Question, ...]:
        return tuple(question for part in self.sections for question in part.questions)

    @property
    def answered(self) -> int:
        return sum(part.answered for part in self.sections)

    @property
    def next_section(self) -> Section | None:
        """Where to go on: the first section that is not complete."""
        return next((part.section for part in self.sections if part.state in ("started", "waiting")), None)

    @property
    def open_comments(self) -> int:
        """Between colleagues, on the questions this person sees."""
        return sum(self.marks.comments.get(question.id, 0) for question in self.asked)

    @property
    def here(self) -> list[presence.Shown]:
        """Who else has a page of it open."""
        others = (one for one in self.marks.here if one.user_id != current.actor())
        return presence.shown(others, {part.section.id: part.section.title for part in self.sections})

    def answers(self) -> dict[str, Answer]:
        return {question_id: item.answer for question_id, item in self.saved.items()}


def progress_of(assessment: Assessment) -> Progress:
    """With the answers; for those who see only what was given to them, that."""
    session, principal = current.session(), current.principal()
    saved = saved_answers(session, assessment)
    values = profile_of(session, principal, assessment.organisation_id).values
    answered = {question_id for question_id, item in saved.items() if has_answer(item.answer)}
    mine = own_work(session, principal, assessment.id)
    return _progress(assessment, values, saved, answered, mine, marks_of(session, assessment, at=current.now()))


def overviews_of(assessments: Sequence[Assessment]) -> list[Progress]:
    """How far each assessment is, without the answers themselves: as many statements, however many there are."""
    session, principal = current.session(), current.principal()
    answered = answered_questions(session, assessments)
    profiles = profiles_of(session, principal, {item.organisation_id for item in assessments})
    mine = all_own_work(session, principal)
    return [
        _progress(
            item,
            profiles.get(item.organisation_id, {}),
            {},
            answered.get(item.id, set()),
            None if mine is None else mine.get(item.id, Work()),
        )
        for item in assessments
    ]


def _progress(
    assessment: Assessment,
    values: Mapping[str, object],
    saved: Mapping[str, SavedAnswer],
    answered: Collection[str],
    mine: Work | None,
    marks: Marks = NO_MARKS,
) -> Progress:
    written = current.questionnaire(assessment.questionnaire)
    questionnaire = in_words_of_reader(written)
    profile = current.profile_of(questionnaire)
    rules = rule_values(profile, values, names=plan_of(written).rules)
    asked = applicable_questions(questionnaire, rules)
    sections = []
    for section in questionnaire.sections:
        given = section.questions if mine is None else mine.questions_of(section)
        if mine is not None and not given and section.id not in mine.sections:
            continue
        questions = tuple(question for question in given if question.id in asked)
        count = sum(question.id in answered for question in questions)
        sections.append(SectionProgress(section, questions, count, section.id in marks.done))
    return Progress(
        assessment,
        questionnaire,
        values,
        rules,
        saved,
        tuple(sections),
        screening_fields(profile, questionnaire) if mine is None else (),
        open_screening(profile, questionnaire, values) if mine is None else (),
        marks,
    )
