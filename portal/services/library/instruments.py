"""Instruments with their articles, and the questions of the newest versions that cite each."""

from __future__ import annotations

from dataclasses import dataclass

from portal.domain.questionnaire import Catalogue, Question, Questionnaire, Reference
from portal.services.library.index import entries_of

Citing = tuple[Questionnaire, Question]


@dataclass(frozen=True, slots=True)
class Article:
    reference: Reference
    questions: tuple[Citing, ...]


@dataclass(frozen=True, slots=True)
class Instrument:
    """One scheme of references.csv. `slug` is its name in addresses."""

    scheme: str
    slug: str
    articles: tuple[Article, ...]

    @property
    def questions(self) -> int:
        """How many questions cite it."""
        return len({question.id for article in self.articles for _version, question in article.questions})

    @property
    def unverified(self) -> int:
        return sum(1 for article in self.articles if not article.reference.verified)

    @property
    def address(self) -> str:
        """Where to read it, if all its articles stand in one place."""
        found = {article.reference.url for article in self.articles}
        return found.pop() if len(found) == 1 else ""


def instruments_of(catalogue: Catalogue) -> list[Instrument]:
    """All instruments, in the order of references.csv."""
    schemes = dict.fromkeys(reference.scheme for reference in catalogue.references.values())
    cited = _cited(catalogue)
    return [_instrument(catalogue, scheme, cited) for scheme in schemes]


def find_instrument(catalogue: Catalogue, slug: str) -> Instrument | None:
    schemes = {reference.scheme for reference in catalogue.references.values()}
    scheme = next((scheme for scheme in schemes if scheme.lower() == slug), None)
    return _instrument(catalogue, scheme, _cited(catalogue)) if scheme else None


def _instrument(catalogue: Catalogue, scheme: str, cited: dict[str, list[Citing]]) -> Instrument:
    articles = tuple(
        Article(reference, tuple(cited.get(reference.code, ())))
        for reference in catalogue.references.values()
        if reference.scheme == scheme
    )
    return Instrument(scheme, scheme.lower(), articles)


def _cited(catalogue: Catalogue) -> dict[str, list[Citing]]:
    cited: dict[str, list[Citing]] = {}
    for entry in entries_of(catalogue):
        for code in entry.question.references:
            cited.setdefault(code, []).append((entry.questionnaire, entry.question))
    return cited
