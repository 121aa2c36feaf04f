"""Which questions of a submission speak to which code of another framework."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

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
class Line:
    """A code, and the questions of this questionnaire that cite it; none where nothing speaks to it."""

    reference: Reference
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Crosswalk:
    framework: Framework
    lines: tuple[Line, ...]

    @property
    def answered(self) -> int:
        """How many codes at least one question speaks to."""
        return sum(bool(line.questions) for line in self.lines)

    @property
    def is_whole(self) -> bool:
        """Whether it is cited as a whole only, without codes for its parts."""
        return len(self.lines) <= 1


def crosswalks(
    questionnaire: Questionnaire, references: Mapping[str, Reference], asked: Collection[str]
) -> tuple[Crosswalk, ...]:
    """Return every framework with all its codes, so that what nothing speaks to is seen too.

    Of the questions only those asked of the company count.
    """
    citing: dict[str, list[Question]] = {}
    for question in questionnaire.questions:
        for code in question.references if question.id in asked else ():
            citing.setdefault(code, []).append(question)
    return tuple(
        Crosswalk(framework, tuple(Line(one, tuple(citing.get(one.code, ()))) for one in _codes(framework, references)))
        for framework in FRAMEWORKS
    )


def find_crosswalk(found: Iterable[Crosswalk], framework_id: str) -> Crosswalk | None:
    return next((one for one in found if one.framework.id == framework_id), None)


def _codes(framework: Framework, references: Mapping[str, Reference]) -> list[Reference]:
    """In the order of the file, which is the order of the framework."""
    return [
        one
        for one in references.values()
        if one.scheme == framework.scheme and one.code.startswith(framework.codes or ("",))
    ]
