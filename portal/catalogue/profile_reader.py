"""The folder of one profile version, read into a frozen Profile."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from portal.catalogue.digests import digest_of_meaning
from portal.catalogue.faults import Faults
from portal.catalogue.formulas import Names, check_expression
from portal.catalogue.questionnaire_reader import QUESTIONNAIRE_ID, named_like_folder, open_file
from portal.catalogue.reader import WORD, Fields, unique
from portal.catalogue.rules import read_columns, read_options
from portal.domain import isic
from portal.domain.questionnaire import ApplicableQuestionnaire, Option, Profile, ProfileField

FIELD_ID = re.compile(r"PRO-[0-9]{2}|[A-Z]{3}-PRE-[0-9]{2}")
KINDS = (
    "text", "choice", "country", "countries", "isic", "integer", "integers", "multi", "yesno", "date", "period",
    "table", "signoff",
)  # fmt: skip
WITH_OPTIONS = ("choice", "multi", "yesno", "signoff")
WITH_PARTS = ("integers", "period", "signoff")
#: The parts of these kinds mean something to the program; those of `integers` are the author's.
FIXED_PARTS = {"period": ["start", "end"], "signoff": ["filled_by", "signed_by"]}
WITH_MINIMUM = ("integer", "integers")
WITH_MAXIMUM = ("integer", "integers", "countries", "isic")
ISIC_CODES = frozenset(isic.SECTIONS) | frozenset(isic.DIVISIONS)
MOST = 10**9


def read_profile(folder: Path, faults: Faults) -> Profile | None:
    """Return the version in `folder`, or None where one of its two files cannot be read."""
    fields = open_file(folder / "profile.yaml", faults)
    applicability = open_file(folder / "applicability.yaml", faults)
    for entry in sorted(folder.iterdir()):
        if entry.name not in {"profile.yaml", "applicability.yaml", "translations"}:
            faults.within(entry).add(1, "", "does not belong into the folder of a profile")
    if fields is None or applicability is None:
        return None
    slug, version = named_like_folder(fields, folder)
    groups = fields.items("groups")
    items = [(item, group.text("id")) for group in groups for item in _members(group)]
    items += [(item, "") for item in fields.items("screening", required=False)]
    unique(groups, "group")
    unique([item for item, _ in items], "field")
    asked = tuple(_field(item, group) for item, group in items)
    names = names_of(asked)
    for item, _ in items:
        for column in item.items("columns", required=False):
            check_expression(column, names)
    rules, labels = _rules(applicability, names)
    profile = Profile(
        slug=slug,
        version=version,
        title=fields.prose("title"),
        fields=asked,
        rules=rules,
        digest="",
        groups={group.text("id"): group.text("title") for group in groups},
        rule_labels=labels,
        applicable=_applicable(applicability, names, rules),
    )
    fields.close()
    applicability.close()
    return replace(profile, digest=digest_of_meaning(profile))


def names_of(fields: Iterable[ProfileField]) -> Names:
    """Every name an expression may use, with its options: fields, and columns and parts as FIELD-column."""
    found: dict[str, Collection[str] | None] = {}
    for field in fields:
        found[field.id] = ISIC_CODES if field.kind == "isic" else _ids(field.options)
        found.update({f"{field.id}-{column.id}": _ids(column.options) for column in field.columns})
        found.update({f"{field.id}-{part}": _ids(field.options) for part in field.parts})
    return found


def _ids(options: Iterable[Option]) -> set[str] | None:
    return {option.id for option in options} or None


def _members(group: Fields) -> list[Fields]:
    """The fields of a group. A fault is found by the id of the field alone; the group would only make it longer."""
    group.word("id")
    group.prose("title")
    items = group.items("fields")
    group.close()
    for item in items:
        item.where = item.where.removeprefix(f"{group.where}.")
    return items


def _field(item: Fields, group: str) -> ProfileField:
    kind = item.one_of("kind", KINDS)
    found = ProfileField(
        id=item.matching("id", FIELD_ID, "such as PRO-01, or ERR-PRE-01 for a field asked in ERR"),
        kind=kind,
        ask=item.prose("ask"),
        group=group,
        hint=item.prose("hint", required=False),
        options=read_options(item) if kind in WITH_OPTIONS else (),
        columns=read_columns(item) if kind == "table" else (),
        rows=_rows(item) if kind == "table" else (),
        parts=_parts(item, kind) if kind in WITH_PARTS else {},
        minimum=item.whole("minimum", -MOST, MOST, required=False) if kind in WITH_MINIMUM else None,
        maximum=item.whole("maximum", 1, MOST, required=False) if kind in WITH_MAXIMUM else None,
        required=item.yes("required"),
        asked_in="" if group else item.matching("asked_in", QUESTIONNAIRE_ID, "the id of a questionnaire"),
    )
    item.close()
    return found


def _parts(item: Fields, kind: str) -> dict[str, str]:
    parts = item.labels("parts", required=True)
    if parts and (kind in FIXED_PARTS and list(parts) != FIXED_PARTS[kind]):
        item.fault(f"must be {' and '.join(FIXED_PARTS[kind])}, in this order", "parts")
    for name in parts:
        if not WORD.fullmatch(name):
            item.fault(f"{name!r} must be a word in lower case (letters, digits, _)", "parts")
    return parts


def _rows(item: Fields) -> tuple[Option, ...]:
    rows = item.items("rows", required=False)
    unique(rows, "row")
    found = []
    for row in rows:
        found.append(Option(row.word("id"), row.prose("label")))
        row.close()
    return tuple(found)


def _rules(applicability: Fields, names: Names) -> tuple[dict[str, str], dict[str, str]]:
    rules: dict[str, str] = {}
    labels: dict[str, str] = {}
    inner = applicability.mapping("rules")
    for name in inner.entries if inner else ():
        rule = inner.mapping(name) if inner else None
        if rule is None:
            continue
        if not WORD.fullmatch(name):
            rule.fault("must be named by a word in lower case (letters, digits, _)")
        labels[name], rules[name] = rule.prose("label"), rule.text("expression")
        check_expression(rule, names)
        rule.close()
    if inner and rules.get("always") != "true()":
        inner.fault("needs the rule always with the expression true()")
    return rules, labels


def _applicable(applicability: Fields, names: Names, rules: Mapping[str, str]) -> tuple[ApplicableQuestionnaire, ...]:
    found = []
    items = applicability.items("questionnaires")
    unique(items, "questionnaire")
    for item in items:
        if item.has("rule") == item.has("expression"):
            item.fault("needs either rule or expression")
        found.append(
            ApplicableQuestionnaire(
                id=item.matching("id", QUESTIONNAIRE_ID, "three capital letters"),
                title=item.prose("title"),
                rule=item.one_of("rule", rules, required=False),
                expression=item.text("expression", required=False),
                because=item.prose("because"),
                one_of=item.matching("one_of", WORD, "a word in lower case", required=False),
            )
        )
        check_expression(item, names)
        item.close()
    return tuple(found)
