"""Which questions of a submission speak to which code of another framework."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from portal.domain.prefill import counterparts
from portal.domain.questionnaire import Question, Questionnaire, Reference


@dataclass(frozen=True, slots=True)
class Framework:
    """A framework that companies report by; `scheme` is its name in references.csv."""

    id: str
    scheme: str
    #: Beginnings of the codes that belong to it, where the scheme holds more.
    codes: tuple[str, ...] = ()


FRAMEWORKS = (
    Framework("ungprf", "UNGPRF"),
    Framework("chrb", "CHRB-2021"),
    Framework("iris", "IRIS"),
    Framework("esrs", "ESRS", ("ESRS-S1-", "ESRS-S2-")),
    Framework("gri", "GRI"),
    Framework("uk-msa", "UK-MSA"),
    Framework("au-msa", "AU-MSA"),
    Framework("csddd", "CSDDD"),
    Framework("sdg", "SDG"),
)


@dataclass(frozen=True, slots=True)
class Match:
    """A question that speaks to a code: because it cites it, or because the same question elsewhere does."""

    question: Question
    #: The question that cites the code, where it is one of another questionnaire that asks the same.
    through: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A code, and what speaks to it; nothing where the questionnaire is silent."""

    reference: Reference
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Crosswalk:
    framework: Framework
    lines: tuple[Line, ...]

    @property
    def spoken_to(self) -> int:
        """How many codes at least one question speaks to."""
        return sum(bool(line.matches) for line in self.lines)

    @property
    def is_whole(self) -> bool:
        """Whether it is cited as a whole only, without codes for its parts."""
        return len(self.lines) <= 1


def crosswalks(
    questionnaire: Questionnaire,
    references: Mapping[str, Reference],
    asked: Collection[str],
    others: Iterable[Questionnaire] = (),
) -> tuple[Crosswalk, ...]:
    """Return every framework with all its codes, so that what nothing speaks to is seen too.

    Of the questions only those asked of the company count. A short questionnaire cites few codes itself; where
    `others` ask the same at greater length, what they cite counts too, and is told apart.
    """
    questions = [question for question in questionnaire.questions if question.id in asked]
    citing: dict[str, list[Match]] = {}
    for question, through, codes in _citations(questions, questionnaire, list(others)):
        for code in codes:
            found = citing.setdefault(code, [])
            if all(match.question is not question for match in found):
                found.append(Match(question, through))
    return tuple(
        Crosswalk(framework, tuple(Line(one, tuple(citing.get(one.code, ()))) for one in _codes(framework, references)))
        for framework in FRAMEWORKS
    )


def _citations(
    questions: Sequence[Question], questionnaire: Questionnaire, others: Sequence[Questionnaire]
) -> Iterator[tuple[Question, str, tuple[str, ...]]]:
    """Question, the one elsewhere that cites (or empty), and the codes: what is cited directly comes first."""
    known = {question.id: question for other in others for question in other.questions}
    same = counterparts(questions, questionnaire, [other for other in others if other.slug != questionnaire.slug])
    for question in questions:
        yield question, "", question.references
    for question in questions:
        for _, other in sorted(same.get(question.id, ())):
            yield question, other, known[other].references


def find_crosswalk(found: Iterable[Crosswalk], framework_id: str) -> Crosswalk | None:
    return next((one for one in found if one.framework.id == framework_id), None)


def _codes(framework: Framework, references: Mapping[str, Reference]) -> list[Reference]:
    """In the order of the file, which is the order of the framework."""
    return [
        one
        for one in references.values()
        if one.scheme == framework.scheme and one.code.startswith(framework.codes or ("",))
    ]
