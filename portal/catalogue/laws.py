"""The laws a company may have to report under, from laws.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from portal.catalogue.faults import Faults
from portal.catalogue.formulas import check_expression
from portal.catalogue.profile_reader import FIELD_ID, names_of
from portal.catalogue.questionnaire_reader import open_file
from portal.catalogue.reader import Fields, unique
from portal.domain.law import Law
from portal.domain.questionnaire import Profile, Reference
from portal.domain.versions import newest_of

LAWS = "laws.yaml"
KEYS = ("id", "name", "expression", "threshold", "because", "caution", "as_of", "url", "reference")


def read_laws(
    path: Path,
    profiles: Mapping[str, Profile],
    references: Mapping[str, Reference],
    faults: Faults,
) -> tuple[Law, ...]:
    """Return the laws in the order of the file; none where there is no file. Faults go to `faults`."""
    fields = open_file(path, faults) if path.exists() else None
    if fields is None or not profiles:
        return ()
    profile = newest_of(profiles.values())
    asked = fields.matching("field", FIELD_ID, "the id of a profile field, such as PRO-26")
    known = profile.by_id.get(asked)
    if asked and known is None:
        fields.fault(f"{asked!r} is not a field of {profile.reference}", "field")
    items = fields.items("laws")
    unique(items, "law")
    names, options = names_of(profile.fields), {option.id for option in known.options} if known else set()
    laws = []
    for item in items:
        laws.append(_law(item, options, references))
        check_expression(item, names)
        item.close()
    fields.close()
    return tuple(laws)


def _law(item: Fields, options: set[str], references: Mapping[str, Reference]) -> Law:
    law = Law(**{key: item.text(key) if key in {"id", "expression"} else item.prose(key) for key in KEYS})
    if law.id and law.id not in options:
        item.fault(f"{law.id!r} is not an option of the field that asks for laws", "id")
    if law.reference and law.reference not in references:
        item.fault(f"{law.reference!r} is not in references.csv", "reference")
    if law.url and not law.url.startswith("https://"):
        item.fault(f"must start with https://, is {law.url!r}", "url")
    if law.as_of and not _is_day(law.as_of):
        item.fault(f"must be a day written YYYY-MM-DD, is {law.as_of!r}", "as_of")
    return law


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
