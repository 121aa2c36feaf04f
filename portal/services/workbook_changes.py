"""What an uploaded workbook would change: compared with what stands now and with what stood at its download."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from portal.domain.answers import Answer, has_answer
from portal.domain.questionnaire import Question, Questionnaire
from portal.services.assessments import NEVER_ANSWERED, SavedAnswer, latest_plan_end
from portal.spreadsheets.faults import Fault
from portal.spreadsheets.reading import Given
from portal.spreadsheets.sameness import comparable, fingerprint, same, tidied

#: Question id -> version of its answer at the download, and the fingerprint of what the workbook said then.
Stood = Mapping[str, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Change:
    """One answer that the workbook would change. `after`: empty cells leave what is there; `cleared`: they empty it."""

    question: Question
    sheet: str
    row: int
    saved: SavedAnswer
    after: Answer
    cleared: Answer

    @property
    def before(self) -> Answer:
        return self.saved.answer

    @property
    def is_new(self) -> bool:
        return not has_answer(self.before)


@dataclass(slots=True)
class Plan:
    """Every question of the workbook is in exactly one place."""

    changes: list[Change] = field(default_factory=list)
    #: Changed in the workbook, and since its download in the portal too.
    conflicts: list[Change] = field(default_factory=list)
    #: Empty in the workbook, answered in the portal: they stay unless somebody asks to clear them.
    emptied: list[Change] = field(default_factory=list)
    #: Changed in the portal since the download, and not touched in the workbook.
    kept: list[Question] = field(default_factory=list)
    unchanged: int = 0
    #: Not in the workbook, so not looked at.
    absent: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def does_something(self) -> bool:
        return bool(self.changes or self.conflicts or self.emptied)

    @property
    def leaves_cells_empty(self) -> bool:
        """Whether clearing empty cells would make a difference anywhere."""
        return any(change.cleared != change.after for change in (*self.changes, *self.conflicts, *self.emptied))


def plan_changes(
    questionnaire: Questionnaire,
    given: Mapping[str, Given],
    faults: tuple[Fault, ...],
    stood: Stood,
    saved: Mapping[str, SavedAnswer],
    *,
    today: date,
) -> Plan:
    """Compare question by question. Nothing is changed here."""
    plan = Plan(faults=list(faults))
    faulty = {fault.question for fault in faults}
    for question in questionnaire.questions:
        if question.id in given:
            before = saved.get(question.id, NEVER_ANSWERED)
            _sort_in(plan, question, given[question.id], stood.get(question.id, (0, "")), before, today)
        elif question.id not in faulty:
            plan.absent += 1
    return plan


def _sort_in(
    plan: Plan, question: Question, given: Given, stood: tuple[int, str], saved: SavedAnswer, today: date
) -> None:
    now = comparable(question, saved.answer)
    after = tidied(question, filled(question, now, given.answer))
    change = Change(question, given.sheet, given.row, saved, after, tidied(question, given.answer))
    changed_since = saved.version != stood[0]
    if fingerprint(question, given.answer) == stood[1]:
        if changed_since and not same(question, given.answer, now):
            plan.kept.append(question)
        else:
            plan.unchanged += 1
    elif same(question, given.answer, now):
        plan.unchanged += 1
    elif same(question, after, now):
        plan.emptied.append(change)
    elif after.plan_end and after.plan_end > latest_plan_end(saved.plan_recorded_on or today):
        latest = latest_plan_end(saved.plan_recorded_on or today).isoformat()
        plan.faults.append(Fault("plan_late", given.sheet, given.row, "", question.id, {"day": latest}))
    elif changed_since:
        plan.conflicts.append(change)
    else:
        plan.changes.append(change)


def filled(question: Question, now: Answer, given: Answer) -> Answer:
    """The answer of the workbook, with what stands now wherever its cells are empty: silence deletes nothing."""
    said = given if has_answer(given) else now
    plan_end = given.plan_end
    if plan_end is None and now.value == said.value:
        plan_end = now.plan_end
    merged = Answer(
        value=said.value,
        dont_know=said.dont_know,
        not_applicable=said.not_applicable,
        plan_end=plan_end,
        comment=given.comment if given.comment.strip() else now.comment,
    )
    return comparable(question, merged)
