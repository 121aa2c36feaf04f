"""What stands beside a question so that it can be answered without the portal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from portal.domain.questionnaire import Question, QuestionType
from portal.spreadsheets.layout import Line
from portal.spreadsheets.words import Words


def guidance(line: Line, words: Words, asked_of: Mapping[str, str]) -> str:
    """Levels or options in words, what counts, what evidence is fitting, and for whom the question is."""
    question = line.question
    return "\n".join(part for part in (*_meaning(question, words), *_around(question, words, asked_of)) if part)


def _meaning(question: Question, words: Words) -> Iterator[str]:
    _ = words
    match question.type:
        case QuestionType.MATURITY:
            yield _("Pick the highest level of which every part is true today.")
            yield from (f"{level}: {anchor}" for level, anchor in enumerate(question.levels))
        case QuestionType.INCIDENT:
            yield f"{_('This counts:')} {question.counts_as}"
        case QuestionType.YESNO | QuestionType.CHOICE:
            yield from (
                f"– {option.label}" + (f" ({option.hint})" if option.hint else "") for option in question.options
            )
        case QuestionType.MULTI:
            yield _("Answer yes or no in each line below. Use this line only if you don’t know or it does not apply.")
        case QuestionType.NUMBER:
            yield question.unit
            if question.minimum is not None and question.maximum is not None:
                yield _("From %(least)s to %(most)s.", least=question.minimum, most=question.maximum)
        case QuestionType.TABLE:
            yield _("Fill in the sheet “%(name)s”.", name=question.id)
            yield _("Use this line only if you don’t know or it does not apply.")


def _around(question: Question, words: Words, asked_of: Mapping[str, str]) -> Iterator[str]:
    _ = words
    if question.evidence and not question.evidence_exempt:
        yield _("Evidence, to be added in the portal: %(what)s", what=question.evidence)
    if question.applies in asked_of:
        yield _("Only for: %(whom)s", whom=asked_of[question.applies])
