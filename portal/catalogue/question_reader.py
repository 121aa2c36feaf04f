"""One question of a questionnaire, read by its type."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from portal.catalogue.formulas import check_expression
from portal.catalogue.reader import Fields
from portal.catalogue.rules import read_columns, read_multi_rule, read_number_rule, read_options, read_table_rule
from portal.domain.questionnaire import Flag, Question, QuestionType, Reference, Stage

QUESTION_ID = re.compile(r"[A-Z]{3}-[A-Z]{1,4}-[0-9]{2}")
BUILDS_ON = re.compile(r"As ([0-9])\b")
LEVELS = ("0", "1", "2", "3", "4")


@dataclass(frozen=True, slots=True)
class Known:
    """What a question may refer to. `rules` is None where the profile could not be read."""

    questionnaire: str
    section: str
    references: Mapping[str, Reference]
    rules: Mapping[str, str] | None
    #: Columns of the profile's tables, as "PRO-12-origin".
    names: Collection[str] | None
    #: Questions read so far: id -> where; shared by the whole version.
    seen: dict[str, str]


def read_question(fields: Fields, known: Known) -> Question:
    """Return the question; whatever is wrong with it is recorded as a fault."""
    kind = fields.choice("type", QuestionType)
    rules = known.rules
    question = Question(
        id=_id(fields, known),
        type=kind or QuestionType.MATURITY,
        ask=fields.prose("ask"),
        weight=fields.whole("weight", 1, 3) or 0,
        stage=fields.choice("stage", Stage) or Stage.COMMIT,
        applies=(fields.text("applies") if rules is None else fields.one_of("applies", rules)) or "always",
        flag=fields.choice("flag", Flag, required=False),
        why=fields.prose("why"),
        evidence=fields.prose("evidence", required=False),
        evidence_exempt=fields.yes("evidence_exempt"),
        references=_references(fields, known),
        remedial=fields.prose("remedial"),
        same_as=_same_as(fields, known),
    )
    if kind is not None:
        question = READERS[kind](fields, question, known)
        fields.close()
    _check_flag_and_evidence(fields, question)
    return question


def _id(fields: Fields, known: Known) -> str:
    found = fields.matching("id", QUESTION_ID, "such as HRC-GOV-01")
    prefix = f"{known.questionnaire}-{known.section}-"
    if found and not found.startswith(prefix):
        fields.fault(f"must begin with {prefix}, the ids of the questionnaire and the section", "id")
    place = f"{fields.faults.file.name}:{fields.line_of('id')}"
    if found in known.seen:
        fields.fault(f"is there already, in {known.seen[found]}", "id")
    known.seen.setdefault(found, place)
    return found


def _references(fields: Fields, known: Known) -> tuple[str, ...]:
    found = fields.texts("references", required=True)
    for code, line in found.items():
        if code not in known.references:
            fields.fault(f"{code!r} is not in references.csv", "references", line)
    return tuple(found)


def _same_as(fields: Fields, known: Known) -> tuple[str, ...]:
    found = fields.texts("same_as")
    for other, line in found.items():
        if not QUESTION_ID.fullmatch(other):
            fields.fault(f"{other!r} is not the id of a question", "same_as", line)
        elif other.startswith(f"{known.questionnaire}-"):
            fields.fault(f"{other!r} is in the same questionnaire", "same_as", line)
    return tuple(found)


def _check_flag_and_evidence(fields: Fields, question: Question) -> None:
    incident = question.type is QuestionType.INCIDENT
    if incident != (question.flag is Flag.RED_FLAG):
        fields.fault("an incident question must have the flag red_flag, and no other question may have it", "flag")
    if question.evidence_exempt and question.evidence:
        fields.fault("asks for evidence and exempts from it", "evidence_exempt")
    if question.evidence_exempt and incident:
        fields.fault("an incident question always needs proof of the check or the remedy", "evidence_exempt")
    if not question.evidence_exempt and not fields.has("evidence"):
        fields.fault("needs the key evidence, or evidence_exempt: yes")


def _maturity(fields: Fields, question: Question, known: Known) -> Question:
    levels = fields.labels("levels", required=True)
    if fields.has("levels") and tuple(levels) != LEVELS:
        fields.fault("must have the five levels 0, 1, 2, 3, 4, in this order", "levels")
    for level, text in levels.items():
        if (hit := BUILDS_ON.match(text)) and hit[1] >= level:
            fields.fault(f"level {level} cannot build on level {hit[1]}", "levels")
    return replace(question, levels=tuple(levels.values()))


def _incident(fields: Fields, question: Question, known: Known) -> Question:
    return replace(question, counts_as=fields.prose("counts_as"), short=fields.prose("short"))


def _options(fields: Fields, question: Question, known: Known) -> Question:
    return replace(question, options=read_options(fields, levels=True))


def _multi(fields: Fields, question: Question, known: Known) -> Question:
    options = read_options(fields)
    return replace(question, options=options, rule=read_multi_rule(fields, options))


def _number(fields: Fields, question: Question, known: Known) -> Question:
    return replace(
        question,
        unit=fields.prose("unit"),
        minimum=fields.number("minimum"),
        maximum=fields.number("maximum"),
        options=read_options(fields, levels=True, required=False, least=1),
        rule=read_number_rule(fields, known.rules),
    )


def _table(fields: Fields, question: Question, known: Known) -> Question:
    columns = read_columns(fields)
    names = {f"{question.id}-{column.id}": {item.id for item in column.options} or None for column in columns}
    for item in fields.items("columns"):
        check_expression(item, names)
        _check_prefill(item, known)
    return replace(question, columns=columns, rule=read_table_rule(fields, columns))


def _check_prefill(column: Fields, known: Known) -> None:
    source = column.text("prefill", required=False)
    if source == "options" and not column.has("options"):
        column.fault("needs options to begin with", "prefill")
    elif source and source != "options" and known.names is not None and source not in known.names:
        column.fault(f"{source!r} must be options, or a column of a table of the profile", "prefill")


READERS: Mapping[QuestionType, Callable[[Fields, Question, Known], Question]] = {
    QuestionType.MATURITY: _maturity,
    QuestionType.INCIDENT: _incident,
    QuestionType.YESNO: _options,
    QuestionType.CHOICE: _options,
    QuestionType.MULTI: _multi,
    QuestionType.NUMBER: _number,
    QuestionType.TABLE: _table,
}
