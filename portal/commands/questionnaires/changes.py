"""What a version changes against the one before it, as lines for the people who publish it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from portal.catalogue.digests import meaning
from portal.domain.changes import VersionChanges, compare_versions
from portal.domain.questionnaire import Catalogue, Profile, Questionnaire

V = TypeVar("V", Questionnaire, Profile)
#: A longer text is cut in the list; the files hold it whole.
LONGEST = 200


def changes_since(version: Questionnaire | Profile, catalogue: Catalogue) -> Iterator[str]:
    """Yield what is different from the version before, one line each."""
    if isinstance(version, Profile):
        yield from _changes_of_profile(version, _before(version, catalogue.profiles))
        return
    before = _before(version, catalogue.questionnaires)
    if before is None:
        yield f"{version.reference} is the first version: {len(version.by_id)} questions."
        return
    rules_before, rules_after = (catalogue.profiles[one.profile].rules for one in (before, version))
    yield f"What {version.reference} changes since {before.reference}:"
    yield from _changes(compare_versions(before, version, rules_before, rules_after))


def _before(version: V, others: Mapping[str, V]) -> V | None:
    """The newest version below this one."""
    number = _number(version)
    older = [one for one in others.values() if one.slug == version.slug and _number(one) < number]
    return max(older, key=_number, default=None)


def _number(version: Questionnaire | Profile) -> list[int]:
    return [int(part) for part in version.version.split(".")]


def _changes(found: VersionChanges) -> Iterator[str]:
    for change in found.head:
        yield f"  {change.path}: {_cut(change.old)} -> {_cut(change.new)}"
    for section in found.sections:
        old, new = (f"{one.title} ({one.weight})" if one else "-" for one in (section.old, section.new))
        yield f"  section {(section.new or section.old).id}: {old} -> {new}"  # type: ignore[union-attr]
    for _section, question in found.removed:
        yield f"  {question.id}: is gone"
    for _section, question in found.added:
        yield f"  {question.id}: is new: {_cut(question.ask)}"
    for changed in found.changed:
        for change in changed.changes:
            mark = "" if change.scored else " (words only)"
            yield f"  {changed.question.id}.{change.path}: {_cut(change.old)} -> {_cut(change.new)}{mark}"
    yield f"  {found.same} questions are the same; " + (
        "the same answers may give another score." if found.scored else "the score is the same for the same answers."
    )


def _changes_of_profile(version: Profile, before: Profile | None) -> Iterator[str]:
    if before is None:
        yield f"{version.reference} is the first version: {len(version.fields)} fields, {len(version.rules)} rules."
        return
    yield f"What {version.reference} changes since {before.reference}:"
    old, new = (dict(_flat(meaning(one))) for one in (before, version))
    for path in dict.fromkeys([*old, *new]):
        if old.get(path) != new.get(path):
            yield f"  {path}: {_cut(old.get(path, ''))} -> {_cut(new.get(path, ''))}"


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    match value:
        case dict():
            for key, inner in value.items():
                yield from _flat(inner, f"{path}.{key}" if path else key)
        case list():
            for number, inner in enumerate(value, 1):
                name = inner.get("id", str(number)) if isinstance(inner, dict) else str(number)
                yield from _flat(inner, f"{path}.{name}")
        case _:
            yield path, value if isinstance(value, str) else json.dumps(value)


def _cut(text: str) -> str:
    return (text[: LONGEST - 1] + "…" if len(text) > LONGEST else text) or "nothing"
