"""The filters of the library in words: topics, stages, flags, instruments and questionnaires with their counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from portal.domain.questionnaire import Catalogue
from portal.services.library.instruments import instruments_of
from portal.services.library.search import Found, Wish
from portal.services.questionnaires import newest_versions
from portal.web.public.instrument_words import NAMES

TOPICS: Mapping[str, object] = {
    "commitment": _l("Commitment and responsibility"),
    "risks": _l("Finding risks"),
    "action": _l("Acting on risks"),
    "suppliers": _l("Suppliers and buying"),
    "fees": _l("Recruitment fees and costs"),
    "recruiters": _l("Recruiters and agencies"),
    "contracts": _l("Information and contracts"),
    "documents": _l("Documents and freedom to leave"),
    "forced-labour": _l("Forced labour and trafficking"),
    "wages": _l("Pay and hours"),
    "safety": _l("Safety and health"),
    "housing": _l("Housing and living conditions"),
    "equality": _l("Equality, violence and harassment"),
    "unions": _l("Unions and representatives"),
    "children": _l("Children"),
    "voice": _l("Listening to people affected"),
    "grievance": _l("Complaints and remedy"),
    "checking": _l("Checking what works"),
    "reporting": _l("Telling others"),
    "sea": _l("Work and rescue at sea"),
    "land": _l("Land and communities"),
    "refugees": _l("Refugees and people at borders"),
    "platforms": _l("Online platforms and scams"),
}
STAGES: Mapping[str, object] = {
    "commit": _l("Commit"),
    "identify": _l("Identify"),
    "act": _l("Act"),
    "track": _l("Track"),
    "communicate": _l("Communicate"),
    "remedy": _l("Remedy"),
}
FLAGS: Mapping[str, object] = {
    "critical": _l("Critical control"),
    "red_flag": _l("Question about harm"),
    "none": _l("Neither"),
}
#: What a search result shows where the words were found outside the question.
PLACES: Mapping[str, object] = {
    "id": _l("Number"),
    "why": _l("Why we ask"),
    "option": _l("Option"),
    "column": _l("Column"),
    "counts": _l("What counts"),
    "evidence": _l("Evidence"),
    "remedial": _l("If this is low"),
    "article": _l("Article"),
    "section": _l("Section"),
}
LEVEL = _l("Level %(level)s")


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    count: int
    #: Whether the label is text of the questionnaire, in English, and not of the interface.
    english: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    name: str
    label: str
    any: str
    chosen: str
    choices: tuple[Choice, ...]

    @property
    def words(self) -> str:
        """The chosen value in words; as it stands in the address where nobody knows it."""
        return next((choice.label for choice in self.choices if choice.value == self.chosen), self.chosen)


def facets_of(catalogue: Catalogue, wish: Wish, found: Found) -> list[Facet]:
    """Every filter with the values that would leave something, and the one that is chosen."""
    known = {
        "questionnaire": {q.slug: q.short_title or q.title for q in newest_versions(catalogue)},
        "topic": TOPICS,
        "instrument": {one.slug: NAMES.get(one.scheme, one.scheme) for one in instruments_of(catalogue)},
        "stage": STAGES,
        "flag": FLAGS,
    }
    return [
        Facet(
            name,
            str(_LABELS[name][0]),
            str(_LABELS[name][1]),
            wish.chosen.get(name, ""),
            _choices(known[name], found.counts[name], wish.chosen.get(name, ""), english=name == "questionnaire"),
        )
        for name in known
    ]


def place_words(kind: str) -> str:
    if kind.startswith("level-"):
        return str(LEVEL) % {"level": kind.removeprefix("level-")}
    return str(PLACES[kind])


def _choices(
    known: Mapping[str, object], counts: Mapping[str, int], chosen: str, *, english: bool
) -> tuple[Choice, ...]:
    return tuple(
        Choice(value, str(label), counts.get(value, 0), english)
        for value, label in known.items()
        if counts.get(value) or value == chosen
    )


_LABELS = {
    "questionnaire": (_l("Questionnaire"), _l("All questionnaires")),
    "topic": (_l("Topic"), _l("All topics")),
    "instrument": (_l("Instrument"), _l("All instruments")),
    "stage": (_l("Stage"), _l("All stages")),
    "flag": (_l("Kind"), _l("All kinds")),
}
