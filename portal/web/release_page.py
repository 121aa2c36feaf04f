"""A release as its page shows it: figures with bars, and tables of cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from portal.domain.questionnaire import Catalogue, Question
from portal.web import release_words as words


@dataclass(frozen=True, slots=True)
class Bar:
    """One number with its bar from 0 to 100. Between `solid` and `pale` lies a share that is only bounded."""

    label: str
    value: str
    solid: int
    pale: int = 0
    #: Language of the label, where it is not the page's.
    language: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """`kind` says which sentences go with it: bands, stages, flags or questions."""

    id: str
    kind: str
    title: str
    bars: tuple[Bar, ...]
    #: The title in a few words, where it has some.
    short: str = ""


@dataclass(frozen=True, slots=True)
class CellRow:
    label: str
    #: Names of the categories shown together in this row.
    together: tuple[str, ...]
    companies: str
    mean: Bar | None
    as_of: date


@dataclass(frozen=True, slots=True)
class CellTable:
    id: str
    title: str
    dimension: str
    rows: tuple[CellRow, ...]
    #: Names of the categories without a number that are in no row either.
    hidden: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReleasePage:
    everybody: Mapping[str, Any]
    bands: Figure | None
    stages: Figure | None
    flags: tuple[Figure, ...]
    #: The harm that fewest have looked for, with the share that has not.
    headline: tuple[Figure, Bar] | None
    questions: Figure | None
    tables: tuple[CellTable, ...]
    symbol: str
    is_held: bool


def page_of(document: Mapping[str, Any], catalogue: Catalogue) -> ReleasePage:
    tables = {table["id"]: table for table in document["tables"]}
    everybody = tables["all"]["rows"][0]
    symbol, snapshot = document["method"]["symbol"], document["snapshot_on"]
    asked = _questions(document, catalogue)
    flags = tuple(_flags(everybody["red_flags"], asked, symbol))
    return ReleasePage(
        everybody=everybody,
        bands=_shares("bands", "bands", "", everybody["bands"], words.BANDS, symbol),
        stages=_stages(everybody["stages"], symbol),
        flags=flags,
        headline=max(((flag, flag.bars[0]) for flag in flags), key=lambda found: found[1].pale, default=None),
        questions=_weakest(tables["questions"]["rows"], asked),
        tables=tuple(_tables(tables, symbol)),
        symbol=symbol,
        is_held=any(row["as_of"] not in (None, snapshot) for table in tables.values() for row in table["rows"]),
    )


def _questions(document: Mapping[str, Any], catalogue: Catalogue) -> dict[str, Question]:
    """The questions, as far as this installation still has the questionnaires."""
    known = (catalogue.questionnaires.get(reference) for reference in document["questionnaires"])
    return {question.id: question for questionnaire in known if questionnaire for question in questionnaire.questions}


def _ask(asked: Mapping[str, Question], question: str) -> str:
    return asked[question].ask if question in asked else question


def _shares(
    name: str, kind: str, title: str, shares: Mapping[str, str], labels: Mapping[str, object], symbol: str
) -> Figure | None:
    """A distribution is shown whole or not at all."""
    if symbol in shares.values():
        return None
    return Figure(name, kind, title, tuple(_share(str(label), shares[code]) for code, label in labels.items()))


def _share(label: str, code: str) -> Bar:
    percent = int(code.lstrip("<>="))
    value = words.share_words(code)
    if code.startswith("<="):
        return Bar(label, value, 0, percent)
    return Bar(label, value, percent, 100 if code.startswith(">=") else percent)


def _stages(stages: Mapping[str, Any], symbol: str) -> Figure | None:
    shown = [(code, mean) for code, mean in stages.items() if mean != symbol]
    bars = tuple(Bar(str(words.STAGES[code]), str(mean), mean, mean) for code, mean in shown)
    return Figure("stages", "stages", "", bars) if bars else None


def _flags(flags: Mapping[str, Any], asked: Mapping[str, Question], symbol: str) -> Iterator[Figure]:
    for question, shares in flags.items():
        title = _ask(asked, question)
        if figure := _shares(question, "flags", title, shares, words.STATES, symbol):
            short = asked[question].short if question in asked else ""
            yield replace(figure, short=short or title)


def _weakest(rows: list[Mapping[str, Any]], asked: Mapping[str, Question]) -> Figure | None:
    bars = tuple(
        Bar(_ask(asked, row["key"]), str(row["mean_points"]), row["mean_points"], row["mean_points"], "en")
        for row in rows
    )
    return Figure("questions", "questions", "", bars) if bars else None


def _tables(tables: Mapping[str, Any], symbol: str) -> Iterator[CellTable]:
    """A table of one category says what the figures above it say, so it has no place."""
    for name, title in words.TABLES.items():
        table = tables.get(name)
        if table is None or len(table["rows"]) == 1:
            continue
        shown = [row for row in table["rows"] if row["as_of"]]
        merged = {key for row in shown for key in row["merged"]}
        hidden = [row["key"] for row in table["rows"] if not row["as_of"] and row["key"] not in merged]
        yield CellTable(
            id=name,
            title=str(title),
            dimension=str(words.DIMENSIONS[name]),
            rows=tuple(_cell(name, row, symbol) for row in shown),
            hidden=tuple(words.category(name, key) for key in hidden),
        )


def _cell(table: str, row: Mapping[str, Any], symbol: str) -> CellRow:
    mean, leaves = row["mean_score"], "country" if table == "sector_country" else table
    return CellRow(
        label=words.category(table, row["key"]),
        together=tuple(words.category(leaves, key) for key in row["merged"]),
        companies=row["companies"],
        mean=None if mean == symbol else Bar("", str(mean), mean, mean),
        as_of=date.fromisoformat(row["as_of"]),
    )
