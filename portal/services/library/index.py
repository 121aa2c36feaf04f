"""Every question of the newest versions with what can be searched and filtered, made once for each catalogue."""

from __future__ import annotations

from dataclasses import dataclass

from portal.domain.questionnaire import Catalogue, Question, Questionnaire, Section
from portal.services.library.folding import Text, text_of
from portal.services.library.topics import topics_of
from portal.services.questionnaires import newest_versions

#: What a question without a flag is found under.
NO_FLAG = "none"


@dataclass(frozen=True, slots=True)
class Entry:
    """One question as the library knows it. `texts` is (kind, text), the question itself first."""

    questionnaire: Questionnaire
    section: Section
    question: Question
    texts: tuple[tuple[str, Text], ...]
    topics: frozenset[str]
    schemes: frozenset[str]

    def values(self, facet: str) -> frozenset[str]:
        """What this question counts as under one of the filters."""
        match facet:
            case "topic":
                return self.topics
            case "instrument":
                return frozenset(scheme.lower() for scheme in self.schemes)
            case "stage":
                return frozenset((self.question.stage.value,))
            case "flag":
                return frozenset((self.question.flag.value if self.question.flag else NO_FLAG,))
            case "questionnaire":
                return frozenset((self.questionnaire.slug,))
            case _:
                raise KeyError(facet)


_memory: list[tuple[Catalogue, tuple[Entry, ...]]] = []


def entries_of(catalogue: Catalogue) -> tuple[Entry, ...]:
    """All questions that a reader should find: of each questionnaire the version newest_versions names."""
    if not _memory or _memory[0][0] is not catalogue:
        _memory[:] = [(catalogue, tuple(_entries(catalogue)))]
    return _memory[0][1]


def _entries(catalogue: Catalogue) -> list[Entry]:
    return [
        _entry(catalogue, questionnaire, section, question)
        for questionnaire in newest_versions(catalogue)
        for section in questionnaire.sections
        for question in section.questions
    ]


def _entry(catalogue: Catalogue, questionnaire: Questionnaire, section: Section, question: Question) -> Entry:
    cited = [catalogue.references[code] for code in question.references if code in catalogue.references]
    texts = [("ask", question.ask), ("id", question.id), ("why", question.why)]
    texts += [(f"level-{level}", words) for level, words in enumerate(question.levels)]
    texts += [("option", " ".join(filter(None, (option.label, option.hint)))) for option in question.options]
    texts += [("column", " ".join(filter(None, (column.label, column.hint)))) for column in question.columns]
    texts += [("counts", question.counts_as), ("evidence", question.evidence), ("remedial", question.remedial)]
    texts += [("article", f"{reference.code} {reference.title}") for reference in cited]
    texts += [("section", section.title)]
    return Entry(
        questionnaire,
        section,
        question,
        tuple((kind, text_of(words)) for kind, words in texts if words),
        topics_of(question.references),
        frozenset(reference.scheme for reference in cited),
    )
