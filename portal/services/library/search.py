"""Find questions: plain words and filters in, a page of marked results and the counts of every filter out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from portal.domain.questionnaire import Catalogue, Question, Questionnaire, Section
from portal.services.library.folding import Marked, words_of
from portal.services.library.index import Entry, entries_of

FACETS = ("questionnaire", "topic", "instrument", "stage", "flag")
#: Results on one page.
PAGE = 20
#: Characters of a text shown around what was found, and how many such texts.
EXCERPT, EXCERPTS = 160, 2


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody looks for: words as typed, and for each facet one value or nothing."""

    query: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    page: int = 1

    @property
    def chosen(self) -> Mapping[str, str]:
        return {facet: value for facet, value in self.filters.items() if value}

    @property
    def is_empty(self) -> bool:
        return not self.query.strip() and not self.chosen


@dataclass(frozen=True, slots=True)
class Result:
    questionnaire: Questionnaire
    section: Section
    question: Question
    ask: Marked
    #: (kind, marked text): where the words stand that the question itself does not hold.
    excerpts: tuple[tuple[str, Marked], ...]


@dataclass(frozen=True, slots=True)
class Found:
    results: tuple[Result, ...]
    total: int
    page: int
    pages: int
    #: Facet -> value -> how many questions there would be if this value were chosen instead.
    counts: Mapping[str, Mapping[str, int]]


def find_questions(catalogue: Catalogue, wish: Wish) -> Found:
    """Return the questions in which every word occurs somewhere; those whose own sentence holds them all come first.

    A filter value that nobody knows finds nothing. A page beyond the last is the last.
    """
    words = words_of(wish.query)
    hits = [entry for entry in entries_of(catalogue) if all(_holds(entry, word) for word in words)]
    kept = [entry for entry in hits if _passes(entry, wish.chosen)]
    ranked = sorted(kept, key=lambda entry: _rank(entry, words)) if words else kept
    pages = max(1, -(-len(ranked) // PAGE))
    page = min(max(1, wish.page), pages)
    shown = ranked[(page - 1) * PAGE : page * PAGE]
    return Found(tuple(_result(entry, words) for entry in shown), len(ranked), page, pages, _counts(hits, wish.chosen))


def _holds(entry: Entry, word: str) -> bool:
    return any(text.has(word) for _kind, text in entry.texts)


def _passes(entry: Entry, chosen: Mapping[str, str], but: str = "") -> bool:
    return all(value in entry.values(facet) for facet, value in chosen.items() if facet != but)


def _rank(entry: Entry, words: Sequence[str]) -> int:
    if words == (entry.question.id.lower(),):
        return 0
    ask = entry.texts[0][1]
    return 1 if all(ask.has(word) for word in words) else 2


def _counts(hits: Sequence[Entry], chosen: Mapping[str, str]) -> dict[str, dict[str, int]]:
    return {
        facet: dict(Counter(value for entry in hits if _passes(entry, chosen, facet) for value in entry.values(facet)))
        for facet in FACETS
    }


def _result(entry: Entry, words: Sequence[str]) -> Result:
    ask = entry.texts[0][1]
    missing = [word for word in words if not ask.has(word)]
    excerpts: list[tuple[str, Marked]] = []
    for kind, text in entry.texts[1:]:
        here = [word for word in missing if text.has(word)]
        if here and len(excerpts) < EXCERPTS:
            missing = [word for word in missing if word not in here]
            excerpts.append((kind, text.around(here, EXCERPT).marked(words)))
    return Result(entry.questionnaire, entry.section, entry.question, ask.marked(words), tuple(excerpts))
