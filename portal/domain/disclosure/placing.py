"""Which published cells a company may read itself beside: by its own categories, and by nothing but the document."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from portal.domain.disclosure.regions import country_class, sector_class, size_class
from portal.domain.isic import codes

#: Largest headcount of each size class but the last.
SIZE_LIMITS = ((9, "micro"), (49, "small"), (249, "medium"))
#: In the order of the public page. Roles overlap, so a company may stand in several rows of that table.
TABLES = ("sector", "sector_country", "country", "size", "role", "questionnaire")


@dataclass(frozen=True, slots=True)
class Place:
    """The categories of one company, as the tables of a release know them."""

    sector: str
    country: str
    size: str
    roles: frozenset[str]
    questionnaire: str

    def keys(self, table: str) -> tuple[str, ...]:
        found: Mapping[str, tuple[str, ...]] = {
            "sector": (self.sector,),
            "country": (self.country,),
            "size": (self.size,),
            "role": tuple(sorted(self.roles)),
            "questionnaire": (self.questionnaire,),
            "sector_country": (f"{self.sector}/{self.country}",),
        }
        return found[table]


@dataclass(frozen=True, slots=True)
class Found:
    """A category of the company, and the published row that holds it: none where it is not shown."""

    table: str
    key: str
    row: Mapping[str, Any] | None


def sector_of(profile: Mapping[str, Any]) -> str:
    """The section and division of the main activity, as far as they are said: "A03"."""
    activities = profile.get("PRO-06") or [""]
    return "".join(codes(str(activities[0])))


def size_of(profile: Mapping[str, Any]) -> str:
    people = (profile.get("PRO-07") or 0) + (profile.get("PRO-08") or 0)
    return next((name for most, name in SIZE_LIMITS if people <= most), "large")


def place_of(profile: Mapping[str, Any], *, country: str, questionnaire: str) -> Place:
    """Where a company with this profile would stand; `country` is where it is registered, ISO 3166-1 alpha-2."""
    return Place(
        sector_class(sector_of(profile)),
        country_class(country),
        size_class(size_of(profile)),
        frozenset(profile.get("PRO-13") or ()),
        questionnaire,
    )


def rows_for(document: Mapping[str, Any], place: Place) -> list[Found]:
    """One entry for each category of the company in a table the release has.

    A category that is shown together with others is found in their row. What is hidden stays hidden: the next wider
    table is never used in its place, for the reader would take its number for that of the category.
    """
    tables = {table["id"]: table for table in document["tables"]}
    return [
        Found(name, key, _row(name, tables[name]["rows"], key))
        for name in TABLES
        if name in tables and len(tables[name]["rows"]) > 1
        for key in place.keys(name)
    ]


def whole(document: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The row of everybody, where it may be shown."""
    row: Mapping[str, Any] = next(table for table in document["tables"] if table["id"] == "all")["rows"][0]
    return row if row["as_of"] else None


def counts_in(document: Mapping[str, Any], *, questionnaire: str, submitted_on: date, valid_until: date) -> bool:
    """Whether a submission that joins the figures, of a verified company, was old enough and valid at the snapshot."""
    snapshot = date.fromisoformat(document["snapshot_on"])
    oldest = snapshot - timedelta(days=document["method"]["minimum_age_days"])
    return questionnaire in document["questionnaires"] and submitted_on <= oldest and valid_until >= snapshot


def _row(table: str, rows: Collection[Mapping[str, Any]], key: str) -> Mapping[str, Any] | None:
    shown = [row for row in rows if row["as_of"]]
    exact = next((row for row in shown if row["key"] == key and not row["merged"]), None)
    return exact or next((row for row in shown if _holds(table, row, key)), None)


def _holds(table: str, row: Mapping[str, Any], key: str) -> bool:
    """Merged rows of the table of two ways name countries, and their own key begins with the sector."""
    if table != "sector_country":
        return key in row["merged"]
    sector, _slash, country = key.partition("/")
    return str(row["key"]).startswith(f"{sector}/") and country in row["merged"]
