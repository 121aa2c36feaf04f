"""A questionnaire with every type of question and column, answers to it of every kind, and ways to alter workbooks."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from portal.domain.answers import INCIDENT_OPTIONS, Answer
from portal.domain.canonical import UNFIT
from portal.domain.questionnaire import (
    Catalogue,
    Column,
    Flag,
    MultiStep,
    NumberStep,
    Option,
    Profile,
    Question,
    Questionnaire,
    QuestionType,
    Section,
    Stage,
)
from portal.spreadsheets import Draft, assessment_workbook
from portal.spreadsheets.intake import Sheet, take_in
from portal.spreadsheets.reading import Reading, read_answers, read_metadata

KEY = b"0123456789abcdef0123456789abcdef"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ASSESSMENT, COMPANY = UUID(int=1), UUID(int=2)
COMMON: dict[str, Any] = {"weight": 1, "stage": Stage.ACT, "why": "It matters.", "evidence": "A note."}
OPTIONS = (
    Option("logged", "Yes, by a named person, within three weeks", 4),
    Option("no", "No", 0, hint="or not yet"),
    Option("same_a", "The same words", 1),
    Option("same_b", "The same words", 2),
    Option("trap", "=1+1", 3),
)
TICKS = (
    Option("association", "Freedom of association"),
    Option("child_labour", "No child labour"),
    Option("none", "None of these", exclusive=True),
)
ANCHORS = {"1": "Less than a week’s wage", "3": "More than a month’s wage"}
COLUMNS = (
    Column("cost", "Cost", "text", hint="For example the visa"),
    Column("payer", "Who pays", "choice", options=(Option("employer", "We"), Option("worker", "The worker"))),
    Column("burden", "How heavy", "integer", minimum=1, maximum=3, anchors=ANCHORS, required=False),
    Column("workers", "Workers", "integer", minimum=0, maximum=100_000, required=False),
    Column("amount", "Amount", "number", minimum=-5, required=False),
    Column("origin", "Origin", "country", required=False),
    Column("about", "About", "question", required=False),
    Column("sum", "Sum", "calculate", required=False, expression="1"),
)
STARTED = (
    Column("item", "Item", "choice", options=(Option("visa", "Visa"), Option("flight", "Flight")), prefill="options"),
    Column("land", "Country", "country", prefill="PRO-12-origin", required=False),
    Column("paid", "Paid by", "text", required=False),
)


def question(number: int, kind: QuestionType, ask: str, **more: Any) -> Question:
    return Question(f"TRY-ALL-{number:02}", kind, ask, **{**COMMON, **more})


QUESTIONS = (
    question(1, QuestionType.MATURITY, "Do you look?", levels=("No.", "Now and then.", "Yearly.", "=2+2", "L" * 300)),
    question(
        2, QuestionType.INCIDENT, "Did anybody pay?", flag=Flag.RED_FLAG, counts_as="Any fee.", short="Fees of workers"
    ),
    question(3, QuestionType.YESNO, "Do you answer?", options=OPTIONS),
    question(4, QuestionType.CHOICE, "Who keeps passports?", options=OPTIONS, flag=Flag.CRITICAL),
    question(5, QuestionType.MULTI, "Which rights?", options=TICKS, rule=(MultiStep(1, 1),)),
    question(
        6,
        QuestionType.NUMBER,
        "What share?",
        options=(Option("not_known", "Not known", 0), Option("trap", "12", 1)),
        minimum=-100,
        maximum=10**12,
        unit="percent",
        rule=(NumberStep(1, 1),),
    ),
    question(7, QuestionType.TABLE, "Who pays what?", columns=COLUMNS, evidence_exempt=True),
    question(8, QuestionType.TABLE, "Which costs?", columns=STARTED),
)
TRIAL = Questionnaire(
    id="TRY",
    slug="trial",
    version="2026.1",
    title="A questionnaire to try",
    sections=(
        Section("ONE", "The first half", 50, QUESTIONS[:4]),
        Section("TWO", "The second half", 50, QUESTIONS[4:]),
    ),
    digest="sha256:" + "0" * 64,
)
CATALOGUE = Catalogue(
    {TRIAL.reference: TRIAL}, {"profile@2026.1": Profile("profile", "2026.1", "Profile", (), {}, "")}, {}
)
BY_ID = TRIAL.by_id

NASTY = (
    "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "＝1", "\u200b=1", "'=1", "_x000B_", "_x005F_", "x005F_",
    "_x005F_x000D_", "<r><t>x</t></r>", "<r></si><si>", "_x_x0041_x0042_",
    "ภาษาไทย", "العربية", "👩🏽‍🏭", "<b>&amp;</b>", "]]>", "a\nb", " blanks at the ends ", "{=1}",
    "TRUE", "#REF!", "1E5", "2027-01-31", "https://a.example", "\u202ereversed", "0: No.", "We don’t know",
)  # fmt: skip
texts = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40).filter(lambda text: not UNFIT.search(text)),
    st.sampled_from(("x" * 10_000, "👩" * 10_000)),
)
#: A spreadsheet keeps fifteen digits.
numbers = st.one_of(
    st.integers(-100, 10**12), st.decimals("-100", "100000", places=4).map(float).filter(lambda n: abs(n) >= 1e-4)
)


def optional(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), values)


def _row(cells: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in cells.items() if value is not None}


filled = texts.filter(bool)
rows = st.fixed_dictionaries(
    {
        "cost": optional(filled),
        "payer": optional(st.sampled_from(("employer", "worker"))),
        "burden": optional(st.integers(1, 3)),
        "workers": optional(st.integers(0, 100_000)),
        "amount": optional(st.integers(-5, 10**12)),
        "origin": optional(st.sampled_from(("TH", "ID", "XX", "GB"))),
        "about": optional(st.sampled_from(tuple(BY_ID))),
    }
).map(_row)
started = st.fixed_dictionaries(
    {
        "item": optional(st.sampled_from(("visa", "flight"))),
        "land": optional(st.just("TH")),
        "paid": optional(filled),
    }
).map(_row)
VALUES: dict[QuestionType, st.SearchStrategy[Any]] = {
    QuestionType.MATURITY: st.integers(0, 4),
    QuestionType.INCIDENT: st.sampled_from(INCIDENT_OPTIONS),
    QuestionType.YESNO: st.sampled_from([option.id for option in OPTIONS]),
    QuestionType.CHOICE: st.sampled_from([option.id for option in OPTIONS]),
    QuestionType.MULTI: st.one_of(
        st.lists(st.sampled_from(("association", "child_labour")), unique=True), st.just(["none"])
    ),
    QuestionType.NUMBER: st.one_of(numbers, st.sampled_from(("not_known", "trap"))),
}


def answers_to(asked: Question) -> st.SearchStrategy[Answer]:
    """Every valid answer: a value, "don't know", and "does not apply" where it may be said."""
    lines = started if asked.id == "TRY-ALL-08" else rows
    values = VALUES.get(asked.type, st.lists(lines, max_size=4))
    said = [st.builds(Answer, value=values, comment=texts), st.builds(Answer, dont_know=st.just(True), comment=texts)]
    if not asked.flag:
        reasons = texts.filter(lambda text: bool(text.strip()))
        said.append(st.builds(Answer, not_applicable=reasons, comment=texts))
    if asked.type is QuestionType.INCIDENT:
        days = st.dates(date(1899, 1, 1), date(2100, 1, 1))
        said.append(st.builds(Answer, value=st.just("found_remediating"), plan_end=days, comment=texts))
    return st.one_of(*said, st.builds(Answer, comment=texts))


any_answers = st.fixed_dictionaries({}, optional={asked.id: answers_to(asked) for asked in QUESTIONS})


def workbook(answers: dict[str, Answer] | None = None, *, language: str = "en", **changes: Any) -> bytes:
    """The workbook of an assessment with these answers, each saved once."""
    draft = Draft(
        **{
            "assessment": ASSESSMENT,
            "company": COMPANY,
            "company_name": "=Company A",
            "period": "1 July 2025 to 30 June 2026",
            "version": 1,
            "questions": frozenset(BY_ID),
            "answers": {key: (answer, 1) for key, answer in (answers or {}).items()},
            "profile": {"PRO-12": [{"origin": "TH"}, {"origin": "KH"}]},
            **changes,
        }
    )
    return assessment_workbook(TRIAL, draft, key=KEY, at=NOON, language=language)


def sheets_of(content: bytes, name: str = "a.xlsx") -> tuple[Sheet, ...]:
    """The real way in: a file, and a child process."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        return take_in(Path(file.name), name)


def reading_of(content: bytes) -> Reading:
    sheets = sheets_of(content)
    return read_answers(sheets, TRIAL, read_metadata(sheets, KEY).words)


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def altered(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    parts = parts_of(content)
    assert part in parts
    return packed(parts | {part: change(parts[part])})


def edited(content: bytes, edit: Callable[[Any], None]) -> bytes:
    """Open the workbook in another program, change cells, and save it there."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(content))
    edit(book)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def row_of(sheet: Any, key: str) -> int:
    """The row of an openpyxl sheet whose first cell is `key`."""
    return next(cell.row for cell in sheet["A"] if cell.value == key)
