"""What is wrong with a version though it loads, and what its authors should look at again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from portal.catalogue.faults import Fault, Faults
from portal.catalogue.places import Place, places_in
from portal.catalogue.translations import FOLDER, Entry, read_entries
from portal.catalogue.yaml_nodes import Unreadable
from portal.domain import reading
from portal.domain.growth import flaws_of
from portal.domain.questionnaire import Catalogue, Profile, Question, Questionnaire
from portal.domain.reach import Reach, reach
from portal.domain.wording import wordings

#: Of texts without a translation so many are named; the rest is a number.
NAMED = 10


@dataclass(slots=True)
class Remarks:
    """Faults make a version wrong; warnings are for a person to judge. Each stands at its place in the files."""

    folder: Path
    places: Mapping[str, Place]
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    def fault(self, path: str, what: str) -> None:
        self._add(self.faults, path, what)

    def warn(self, path: str, what: str) -> None:
        self._add(self.warnings, path, f"warning: {what}")

    def _add(self, to: list[Fault], path: str, what: str) -> None:
        """At the nearest place that is known: of `rule.2`, where it has no line of its own, at `rule`."""
        near = path
        while near not in self.places and "." in near:
            near = near.rpartition(".")[0]
        file, line = self.places.get(near, Place(self.folder, 1))
        Faults(file, to).add(line, path, what)


def remarks_on(folder: Path, version: Questionnaire | Profile, catalogue: Catalogue) -> Remarks:
    """Look at a version that loads. `folder` is its own."""
    found = Remarks(folder, places_in(folder))
    if isinstance(version, Profile):
        _rules(version, found)
    else:
        _reachable(version, catalogue.profiles[version.profile], found)
        for question in version.questions:
            for flaw in flaws_of(question):
                (found.fault if flaw.certain else found.warn)(f"{question.id}.{flaw.key}", flaw.what)
            _readable(question, found)
    _translations(folder, wordings(version), found)
    return found


def _rules(profile: Profile, found: Remarks) -> None:
    for name, expression in profile.rules.items():
        _say(reach(profile, [expression]), f"rules.{name}", "holds", found)
    for entry in profile.applicable:
        expression = entry.expression or profile.rules[entry.rule]
        _say(reach(profile, [expression]), f"questionnaires.{entry.id}", "applies", found)


def _reachable(questionnaire: Questionnaire, profile: Profile, found: Remarks) -> None:
    """A question can be asked only of companies that get the questionnaire."""
    if questionnaire.id not in {entry.id for entry in profile.applicable}:
        what = f"{questionnaire.id!r} is missing under questionnaires in applicability.yaml of {questionnaire.profile}"
        found.warn("id", f"{what}, so no company gets this questionnaire")
    given = [
        entry.expression or profile.rules[entry.rule] for entry in profile.applicable if entry.id == questionnaire.id
    ]
    given.append(profile.rules[questionnaire.applies])
    alone = reach(profile, given)
    _say(alone, "applies", "gives a company this questionnaire", found)
    known: dict[str, Reach] = {}
    for question in questionnaire.questions if alone is Reach.YES else ():
        if question.applies not in known:
            known[question.applies] = reach(profile, [*given, profile.rules[question.applies]])
        what = f"that gets this questionnaire meets the rule {question.applies}, so the question is asked"
        _say(known[question.applies], f"{question.id}.applies", what, found)


def _say(reached: Reach, path: str, what: str, found: Remarks) -> None:
    match reached, what:
        case Reach.NEVER, "holds" | "applies":
            found.fault(path, f"no company can meet this: with every profile tried it never {what}")
        case Reach.NEVER, "gives a company this questionnaire":
            found.fault(path, "no company can get this questionnaire")
        case Reach.NEVER, _:
            found.fault(path, f"no company {what.replace('is asked', 'is never asked')}")
        case Reach.HARDLY, _:
            found.warn(path, "none of the made-up profiles tried meets this; is the calculation right?")


def _readable(question: Question, found: Remarks) -> None:
    texts = {path: text for path, text in _own_texts(question).items() if path.rpartition(".")[2] != "id"}
    whole = reading.reading_of(texts.values())
    if whole.lix > reading.TARGET:
        found.warn(f"{question.id}.ask", _hard("the texts of this question together are", whole.lix, reading.TARGET))
    for path, text in texts.items():
        one = reading.reading_of([text])
        if one.longest > reading.LONGEST_SENTENCE:
            limit = reading.LONGEST_SENTENCE
            found.warn(path, f"a sentence of {one.longest} words; make it at most {limit}, or two of it")
        elif one.words >= reading.FEWEST_WORDS and one.lix > reading.TARGET_OF_ONE:
            found.warn(path, _hard("this text is", one.lix, reading.TARGET_OF_ONE))


def _hard(what: str, lix: int, target: int) -> str:
    return f"{what} hard to read: LIX {lix}, target {target}; use shorter sentences and words"


def _own_texts(question: Question) -> dict[str, str]:
    texts = {f"levels.{level}": text for level, text in enumerate(question.levels)}
    texts |= {"ask": question.ask, "why": question.why, "counts_as": question.counts_as}
    texts |= {"evidence": question.evidence, "remedial": question.remedial}
    texts |= {f"options.{option.id}.label": option.label for option in question.options}
    return {f"{question.id}.{key}": text for key, text in texts.items() if text}


def _translations(folder: Path, texts: Mapping[str, str], found: Remarks) -> None:
    for file in sorted((folder / FOLDER).glob("*.po")):
        try:
            entries = read_entries(file)
        except Unreadable as error:
            Faults(file, found.faults).add(error.line, "", error.what)
        else:
            _translation(Faults(file, found.warnings), entries, texts)


def _translation(warnings: Faults, entries: Mapping[str, Entry], texts: Mapping[str, str]) -> None:
    for path, line, what in _wrong(entries, texts):
        warnings.add(line, path, f"warning: {what}")
    missing = [path for path in texts if path not in entries or not entries[path].text]
    for path in missing[:NAMED]:
        warnings.add(entries[path].line if path in entries else 1, path, "warning: is not translated")
    if len(missing) > NAMED:
        warnings.add(1, "", f"warning: {len(missing) - NAMED} more of {len(texts)} texts are not translated")


def _wrong(entries: Mapping[str, Entry], texts: Mapping[str, str]) -> Iterator[tuple[str, int, str]]:
    for path, entry in entries.items():
        if path not in texts:
            yield path, entry.line, "translates a text that no longer exists"
        elif entry.text and entry.source != texts[path]:
            yield path, entry.line, "translates what stood there before; the text has changed"
        elif entry.text and entry.fuzzy:
            yield path, entry.line, "is marked fuzzy; somebody must confirm it"


def orphan_references(file: Path, catalogue: Catalogue, *, each: bool) -> list[Fault]:
    """Return a warning about rows of references.csv that nobody cites: one in all, or one for `each` row."""
    cited = set(_cited(catalogue.questionnaires.values()))
    lines = {code: line for line, code in enumerate(catalogue.references, start=2)}
    orphans = [code for code in catalogue.references if code not in cited]
    warnings = Faults(file)
    for code in orphans if each else ():
        warnings.add(lines[code], code, "warning: no question cites it")
    if orphans and not each:
        what = f"no question cites {len(orphans)} of {len(lines)} articles; --all names them"
        warnings.add(lines[orphans[0]], orphans[0], f"warning: {what}")
    return warnings.found


def _cited(questionnaires: Iterable[Questionnaire]) -> Iterator[str]:
    for questionnaire in questionnaires:
        for section in questionnaire.sections:
            yield from section.basis
            for question in section.questions:
                yield from question.references
