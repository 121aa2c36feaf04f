"""What a report says: frozen data, every number already final, no words of our own.

Texts of the company arrive filtered for print (`portal.reports.text`); texts of the questionnaire arrive as they are.
Codes (states, reasons, effects, caps, bands) become sentences in the templates, through gettext.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.reports.answer_parts import AnsweredQuestion


@dataclass(frozen=True, slots=True)
class SectionAnswers:
    id: str
    title: str
    questions: tuple[AnsweredQuestion, ...]


@dataclass(frozen=True, slots=True)
class Company:
    name: str
    local_name: str
    country: str


@dataclass(frozen=True, slots=True)
class Form:
    """The questionnaire answered."""

    id: str
    #: One or two lines.
    title: tuple[str, ...]
    short_title: str
    version: str
    reference: str
    digest: str
    questions: int


@dataclass(frozen=True, slots=True)
class Glance:
    """The profile in brief; None and empty where the company did not say."""

    own: int | None
    agency: int | None
    migrants: int | None
    corridors: tuple[tuple[str, str], ...]
    sectors: tuple[str, ...]
    shared_with: tuple[str, ...]
    joins_aggregates: bool | None
    vessels: int | None = None
    flags: tuple[str, ...] = ()
    largest_tonnage: int | None = None


@dataclass(frozen=True, slots=True)
class Risk:
    what: str
    who: str
    severity: int
    likelihood: int
    classification: str


@dataclass(frozen=True, slots=True)
class Headline:
    """The score and its company: `place` is where it stands on the scale of 0 to 100, for drawing only."""

    score: str | None
    band: str
    raw: str | None
    declared: str | None
    place: float
    applicable: int
    answered: int
    accepted: int
    reviewed: int
    dont_know: int
    not_applicable: int


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a limit holds: a code and the question it comes from."""

    code: str
    question: str = ""
    #: The harm in a few words, or the question as asked.
    what: str = ""
    level: int = 0
    until: date | None = None
    stage: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """A limit that lowered a section, or the whole (`section` empty)."""

    cap: str
    section: str
    limit: str
    before: str
    counts: str
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class Harm:
    """A question about harm, its state, and what the company says."""

    question: str
    what: str
    state: str
    reason: str
    evidence: str
    until: date | None


@dataclass(frozen=True, slots=True)
class Bar:
    """Lengths of 0 to 100, for drawing only; the numbers beside the bar are the message."""

    counted: float
    before: float
    claimed: float
    limit: float | None = None


@dataclass(frozen=True, slots=True)
class SectionRow:
    id: str
    title: str
    weight: int
    #: None where nothing in the section applies.
    score: str | None
    raw: str = ""
    declared: str = ""
    limit: str = ""
    cap: str = ""
    because: tuple[str, ...] = ()
    bar: Bar | None = None


@dataclass(frozen=True, slots=True)
class StageRow:
    id: str
    questions: int
    score: str
    declared: str
    band: str
    bar: Bar


@dataclass(frozen=True, slots=True)
class Weakest:
    """The weakest stage, and the limit it sets to the whole (empty where it sets none or the rule is off)."""

    stage: str
    score: str
    band: str
    limit: str
    acts: bool


@dataclass(frozen=True, slots=True)
class ActionRow:
    number: int
    question: str
    #: What to do, in the words of the questionnaire.
    remedial: str
    stage: str
    priority: str
    flag: str | None
    state: str | None
    declared: int
    counted: int
    urgent: bool


@dataclass(frozen=True, slots=True)
class Left:
    """A question left out, by the profile (no reason) or by the company with a reason."""

    id: str
    ask: str
    reason: tuple[str, ...] = ()
    review: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """Who stands behind the report: nobody but the company, unless a government reviewed it."""

    reviewed_by: str = ""
    reviewed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    name: str
    position: str
    on: date | None


@dataclass(frozen=True, slots=True)
class Logged:
    """Where a portal's log holds the submission, and the signed note that covers it."""

    entry: int
    note: str


@dataclass(frozen=True, slots=True)
class WorkerStatement:
    """What worker representatives said: for whom they speak, and their words in paragraphs."""

    body: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AssessmentReport:
    company: Company
    form: Form
    glance: Glance
    headline: Headline
    label: Label
    as_of: date
    digest: str
    reference: str
    verify: str
    signature: Signature | None
    period: tuple[date, date] | None
    valid_until: date
    risks: tuple[Risk, ...]
    held: tuple[Held, ...]
    harms: tuple[Harm, ...]
    sections: tuple[SectionRow, ...]
    stages: tuple[StageRow, ...]
    weakest: Weakest | None
    actions: tuple[ActionRow, ...]
    answers: tuple[SectionAnswers, ...]
    left_out: tuple[Left, ...]
    #: Path data of the QR code and the length of its side in modules.
    qr: tuple[str, int]
    fictional: bool = False
    #: None where the report was not made of a submission in a portal's log, or the log is not signed yet.
    logged: Logged | None = None
    statements: tuple[WorkerStatement, ...] = ()
