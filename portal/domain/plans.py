"""A questionnaire made ready for scoring: all that does not depend on answers, worked out once."""

from __future__ import annotations

from dataclasses import dataclass

from portal.domain.levels import LevelOf, level_rule, varies_by
from portal.domain.questionnaire import Flag, Question, Questionnaire, QuestionType, Stage
from portal.domain.versions import once_per_version

STAGES = tuple(Stage)


@dataclass(frozen=True, slots=True)
class PlannedQuestion:
    id: str
    weight: int
    stage: Stage
    #: Place of the stage in the order of the method.
    stage_place: int
    applies: str
    critical: bool
    red_flag: bool
    incident: bool
    exempt: bool
    level_of: LevelOf


@dataclass(frozen=True, slots=True)
class PlannedSection:
    id: str
    weight: int
    questions: tuple[PlannedQuestion, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    sections: tuple[PlannedSection, ...]
    questions: tuple[PlannedQuestion, ...]
    #: Names of the applicability rules in use.
    rules: frozenset[str]
    #: For companies of which a rule holds, the question with other thresholds: (rule, question).
    varying: tuple[tuple[str, PlannedQuestion], ...]
    #: Tables that may name questions: their id, and the columns in which they do.
    linking_tables: tuple[tuple[str, tuple[str, ...]], ...]


@once_per_version
def plan_of(questionnaire: Questionnaire) -> Plan:
    sections = tuple(
        PlannedSection(section.id, section.weight, tuple(_planned(question) for question in section.questions))
        for section in questionnaire.sections
    )
    varying = tuple(
        (rule, _planned(question, rule)) for question in questionnaire.questions if (rule := varies_by(question))
    )
    return Plan(
        sections=sections,
        questions=tuple(question for section in sections for question in section.questions),
        rules=frozenset(question.applies for question in questionnaire.questions) | {rule for rule, _ in varying},
        varying=varying,
        linking_tables=tuple(
            (question.id, columns) for question in questionnaire.questions if (columns := linking_columns(question))
        ),
    )


def linking_columns(question: Question) -> tuple[str, ...]:
    """The columns of a table whose cells hold the id of a question."""
    return tuple(column.id for column in question.columns if column.kind == "question")


def _planned(question: Question, holding: str = "") -> PlannedQuestion:
    return PlannedQuestion(
        id=question.id,
        weight=question.weight,
        stage=question.stage,
        stage_place=STAGES.index(question.stage),
        applies=question.applies,
        critical=question.flag is Flag.CRITICAL,
        red_flag=question.flag is Flag.RED_FLAG,
        incident=question.type is QuestionType.INCIDENT,
        exempt=question.evidence_exempt,
        level_of=level_rule(question, holding),
    )
