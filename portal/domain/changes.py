"""What changed from one version of a questionnaire to another, question by question, and whether the score changes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from typing import Any

from portal.domain.questionnaire import Question, Questionnaire, Section
from portal.domain.redline import Piece, compare_words

#: Fields of a question that no rule of the score reads, whatever they say. All others change the score, also those
#: that are added to the format later: better a warning too many.
WORDS = frozenset(
    {"ask", "why", "levels", "counts_as", "evidence", "remedial", "references", "same_as", "short", "unit"}
)
#: The same inside options and columns.
INNER_WORDS = frozenset({"label", "hint", "anchors", "prefill"})
#: The same in the head of a questionnaire.
HEAD_WORDS = frozenset({"title", "short_title", "purpose", "who"})
_HEAD = ("title", "short_title", "purpose", "who", "kind", "applies", "profile", "weakest_stage_cap")


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs. `path` names it: "ask", "levels.3", "options.yes.level", "rule.4"."""

    path: str
    old: str
    new: str
    #: Whether the same answers can give another score.
    scored: bool

    @property
    def pieces(self) -> tuple[Piece, ...]:
        return compare_words(self.old, self.new)


@dataclass(frozen=True, slots=True)
class QuestionChange:
    section: Section
    question: Question
    changes: tuple[Change, ...]

    @property
    def scored(self) -> bool:
        return any(change.scored for change in self.changes)


@dataclass(frozen=True, slots=True)
class SectionChange:
    """A section that was added (`old` is nothing), removed (`new` is nothing), or has another title or weight."""

    old: Section | None
    new: Section | None

    @property
    def scored(self) -> bool:
        return self.old is None or self.new is None or self.old.weight != self.new.weight


@dataclass(frozen=True, slots=True)
class VersionChanges:
    head: tuple[Change, ...]
    sections: tuple[SectionChange, ...]
    added: tuple[tuple[Section, Question], ...]
    removed: tuple[tuple[Section, Question], ...]
    changed: tuple[QuestionChange, ...]
    #: How many questions are the same in both.
    same: int

    @property
    def scored(self) -> bool:
        """Whether the same answers can give another score under the new version."""
        parts = (self.head, self.sections, self.changed)
        return bool(self.added or self.removed) or any(one.scored for part in parts for one in part)

    @property
    def is_empty(self) -> bool:
        return not (self.head or self.sections or self.added or self.removed or self.changed)


def compare_versions(
    old: Questionnaire, new: Questionnaire, rules_before: Mapping[str, str], rules_after: Mapping[str, str]
) -> VersionChanges:
    """Compare two versions; `rules_before` and `rules_after` are the expressions of the profile each belongs to.

    A question is the same question if it has the same id. Its place within a section has no meaning for the score; its
    section has.
    """
    before, after = old.by_id, new.by_id
    changed = [
        QuestionChange(new.section_of[key], after[key], found)
        for key in after
        if key in before and (found := tuple(_question(old, new, key, rules_before, rules_after)))
    ]
    return VersionChanges(
        head=tuple(_compared(_head(old), _head(new), HEAD_WORDS)),
        sections=tuple(_sections(old, new)),
        added=tuple((new.section_of[key], question) for key, question in after.items() if key not in before),
        removed=tuple((old.section_of[key], question) for key, question in before.items() if key not in after),
        changed=tuple(changed),
        same=len(before.keys() & after.keys()) - len(changed),
    )


def _question(
    old: Questionnaire, new: Questionnaire, key: str, before: Mapping[str, str], after: Mapping[str, str]
) -> Iterator[Change]:
    one, other = _flat(old.by_id[key]), _flat(new.by_id[key])
    one["section"], other["section"] = old.section_of[key].id, new.section_of[key].id
    # The rule of the same name may say something else in another version of the profile.
    one["condition"] = before.get(old.by_id[key].applies, "")
    other["condition"] = after.get(new.by_id[key].applies, "")
    yield from _compared(one, other, WORDS)


def _compared(old: Mapping[str, str], new: Mapping[str, str], words: frozenset[str]) -> Iterator[Change]:
    in_both = {_part(path) for path in old} & {_part(path) for path in new}
    for path in dict.fromkeys((*old, *new)):
        before, after = old.get(path, ""), new.get(path, "")
        if before != after:
            yield Change(path, before, after, not _is_wording(path, words, in_both))


def _is_wording(path: str, words: frozenset[str], in_both: Collection[str]) -> bool:
    """An option or column that is new or gone is more than another word for it."""
    first, *rest = path.split(".")
    return first in words or (len(rest) > 1 and rest[1] in INNER_WORDS and _part(path) in in_both)


def _part(path: str) -> str:
    """The option or column that a path is about: options.yes of options.yes.level."""
    return ".".join(path.split(".")[:2])


def _sections(old: Questionnaire, new: Questionnaire) -> Iterator[SectionChange]:
    before = {section.id: section for section in old.sections}
    after = {section.id: section for section in new.sections}
    for key in dict.fromkeys((*after, *before)):
        one, other = before.get(key), after.get(key)
        if one is None or other is None or (one.title, one.weight) != (other.title, other.weight):
            yield SectionChange(one, other)


def _head(version: Questionnaire) -> dict[str, str]:
    return {name: _text(getattr(version, name)) for name in _HEAD}


def _flat(question: Question) -> dict[str, str]:
    """Path -> text of every field that holds something."""
    found: dict[str, str] = {}
    for item in fields(question):
        value = getattr(question, item.name)
        if item.name in ("options", "columns"):
            for part in value:
                found |= {
                    f"{item.name}.{part.id}.{inner.name}": _text(getattr(part, inner.name))
                    for inner in fields(part)
                    if inner.name != "id" and _text(getattr(part, inner.name))
                }
        elif item.name == "levels":
            found |= {f"levels.{level}": words for level, words in enumerate(value)}
        elif item.name == "rule":
            found |= {f"rule.{step.level}": _text(step) for step in value}
        elif text := _text(value):
            found[item.name] = text
    return found


def _text(value: Any) -> str:
    """A value as an author would write it: words, lists with commas, the fields of a rule by their names."""
    if isinstance(value, Enum):
        return str(value.value)
    if is_dataclass(value):
        parts = ((item.name, getattr(value, item.name)) for item in fields(value) if item.name != "level")
        return "; ".join(f"{name} {_text(part)}" for name, part in parts if _text(part))
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_text(part)}" for key, part in value.items())
    if isinstance(value, tuple):
        return (" / " if value and is_dataclass(value[0]) else ", ").join(_text(part) for part in value)
    if value is None or value is False:
        return ""
    return "yes" if value is True else str(value)
