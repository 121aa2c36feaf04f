"""One question as rows of a form: the question itself and, beside it, what may be said instead or in addition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.catalogue.digests import meaning
from portal.domain.questionnaire import Column, Question, QuestionType, RowCondition, Rule, TableStep
from portal.xlsform import notation
from portal.xlsform.layout import (
    COMMENT,
    COUNTS_AS,
    DONT_KNOW,
    EVIDENCE,
    INSTEAD,
    NOT_APPLICABLE,
    OTHERWISE,
    UNIT,
    Form,
    Row,
    alone,
    choice,
    limits,
    options,
)
from portal.xlsform.names import beside, filled, name_of, variable
from portal.xlsform.profile_rows import add_columns

#: Keys of a question and of a column that have a place in the sheets; any other goes into `portal_more`.
PLACED = {
    "id", "type", "ask", "weight", "stage", "applies", "flag", "why", "levels", "options", "columns", "rule", "unit",
    "minimum", "maximum", "counts_as", "evidence", "evidence_exempt", "references", "remedial", "same_as", "short",
}  # fmt: skip
PLACED_OF_COLUMN = {
    "id", "label", "kind", "required", "hint", "minimum", "maximum", "options", "anchors", "expression",
}  # fmt: skip
QUESTIONS = "questions"


class Words:
    """The fixed words of a form."""

    def __init__(self, fixed: Mapping[str, str]) -> None:
        self.fixed = fixed

    def otherwise(self, question: Question) -> list[Row]:
        """What can be said instead of an answer. A flagged question applies to everybody."""
        said = [choice(DONT_KNOW, self.fixed[f"*{DONT_KNOW}"], role=OTHERWISE)]
        if question.flag is None:
            said.append(choice(NOT_APPLICABLE, self.fixed[f"*{NOT_APPLICABLE}"], role=OTHERWISE))
        return said


def add_question(form: Form, question: Question, relevant: str, words: Words) -> None:
    name = name_of(question.id)
    about = _about(question) | {"relevant": relevant}
    match question.type:
        case QuestionType.MATURITY:
            levels = [choice(str(level), text) for level, text in enumerate(question.levels)]
            listed = form.add_list(name, levels + words.otherwise(question))
            form.add(f"select_one {listed}", name, **about)
        case QuestionType.INCIDENT:
            said = [choice(key, label) for key, label in words.fixed.items() if not key.startswith("*")]
            form.add(f"select_one {form.add_list('incident', said)}", name, **about)
            note = {"label": question.counts_as, "hint": "This is what counts as finding it.", "relevant": relevant}
            form.add("note", beside(question.id, "counts_as"), **note, _id=question.id, _role=COUNTS_AS)
        case QuestionType.YESNO | QuestionType.CHOICE:
            listed = form.add_list(name, options(question.options) + words.otherwise(question))
            form.add(f"select_one {listed}", name, **about)
        case QuestionType.MULTI:
            otherwise = words.otherwise(question)
            listed = form.add_list(name, options(question.options) + otherwise)
            single = [option.id for option in question.options if option.exclusive]
            excluding = alone([*single, *(row["name"] for row in otherwise)])
            form.add(f"select_multiple {listed}", name, **about, **excluding)
        case QuestionType.NUMBER:
            form.add("decimal", name, **about, **limits(question.minimum, question.maximum))
            _add_instead(form, question, relevant, f"{variable(question.id)} = ''", words)
        case QuestionType.TABLE:
            _add_table(form, question, about)
            rows = f"count({variable(question.id)}[{filled(question.id, question.columns, inside=False)}]) = 0"
            _add_instead(form, question, relevant, rows, words)
    comment = "Comment" if question.flag else "Comment, or why it does not apply"
    form.add("text", beside(question.id, "comment"), label=comment, relevant=relevant, _id=question.id, _role=COMMENT)


def _about(question: Question) -> dict[str, str]:
    hint = f"{question.why}\n{UNIT}{question.unit}" if question.unit else question.why
    more = {key: value for key, value in meaning(question).items() if key not in PLACED}
    return {
        "label": question.ask,
        "hint": hint,
        "guidance": f"{EVIDENCE}{question.evidence}" if question.evidence else "",
        "_id": question.id,
        "_type": question.type.value,
        "_weight": str(question.weight),
        "_flag": question.flag.value if question.flag else "",
        "_stage": question.stage.value,
        "_applies": question.applies,
        "_rule": notation.steps(steps(question.rule)),
        "_evidence_exempt": "yes" if question.evidence_exempt else "",
        "_references": " ".join(question.references),
        "_same_as": " ".join(question.same_as),
        "_remedial": question.remedial,
        "_short": question.short,
        "_more": notation.flow(plain(more)) if more else "",
    }


def _add_instead(form: Form, question: Question, relevant: str, blank: str, words: Words) -> None:
    """Where the answer is not chosen from a list, what stands for it has a list of its own."""
    name = beside(question.id, "instead")
    listed = form.add_list(name, options(question.options) + words.otherwise(question))
    both = f"({relevant}) and {blank}" if relevant else blank
    label = "If there is no number" if question.type is QuestionType.NUMBER else "If you leave the table empty"
    form.add(f"select_one {listed}", name, label=label, relevant=both, _id=question.id, _role=INSTEAD)


def _add_table(form: Form, question: Question, about: dict[str, str]) -> None:
    first = len(form.survey) + 1
    form.add("begin_repeat", name_of(question.id), **about)
    add_columns(form, question.id, question.columns, QUESTIONS)
    for row, column in zip(form.survey[first:], question.columns, strict=True):
        if more := _more(column):
            row["portal_more"] = notation.flow(more)
    form.add("end_repeat")


def _more(column: Column) -> dict[str, notation.Value]:
    return {key: plain(value) for key, value in meaning(column).items() if key not in PLACED_OF_COLUMN}


def steps(rule: Rule) -> list[notation.Value]:
    """The steps of a level rule, keyed as in our files."""
    return [_step(step) for step in rule]


def _step(step: Any) -> notation.Value:
    if isinstance(step, TableStep):
        return {"level": str(step.level), "rows": [_condition(row) for row in step.conditions]}
    return plain(meaning(step))


def _condition(condition: RowCondition) -> notation.Value:
    counted: dict[str, Any] = meaning(condition)
    if not {"at_least", "at_most", "covers"} & counted.keys():
        counted["at_least"] = 0
    return plain(counted)


def plain(value: Any) -> Any:
    """JSON values as our files write them: everything is text."""
    match value:
        case bool():
            return "yes" if value else "no"
        case dict():
            return {key: plain(item) for key, item in value.items()}
        case list():
            return [plain(item) for item in value]
    return str(value)
