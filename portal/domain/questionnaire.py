"""What a published questionnaire is: frozen sections, questions and machine-readable level rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from portal.domain.law import Law


class Flag(StrEnum):
    CRITICAL = "critical"
    RED_FLAG = "red_flag"


class Stage(StrEnum):
    """The six stages of due diligence, in the order of the method."""

    COMMIT = "commit"
    IDENTIFY = "identify"
    ACT = "act"
    TRACK = "track"
    COMMUNICATE = "communicate"
    REMEDY = "remedy"


class QuestionType(StrEnum):
    MATURITY = "maturity"
    INCIDENT = "incident"
    YESNO = "yesno"
    CHOICE = "choice"
    MULTI = "multi"
    NUMBER = "number"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose. `level` is what it is worth where the option alone decides (yesno, choice, number)."""

    id: str
    label: str
    level: int | None = None
    hint: str = ""
    #: In a multi question: choosing this excludes all others ("none of these").
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table question. `kind`: text, integer, number, choice, country, question, calculate."""

    id: str
    label: str
    kind: str
    required: bool = True
    hint: str = ""
    minimum: int | None = None
    maximum: int | None = None
    options: tuple[Option, ...] = ()
    #: What the numbers mean, where the column is a rating: value -> words.
    anchors: Mapping[str, str] = field(default_factory=dict)
    #: Only for `calculate`: an XLSForm expression over the columns of the same row.
    expression: str = ""
    #: With what an empty form begins, never part of the level: "options" for one row per option of this column, or a
    #: column of a profile table, such as "PRO-12-origin", for one per row there; both together for every pair.
    prefill: str = ""


@dataclass(frozen=True, slots=True)
class NumberStep:
    """`level` is reached when the number is at least `at_least`."""

    level: int
    at_least: int | float
    #: Profile rule -> the number that replaces `at_least` where the rule holds; one rule for all steps of a question.
    instead: Mapping[str, int | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MultiStep:
    """`level` is reached when all of `all_of` are chosen, and at least `at_least` options in all."""

    level: int
    at_least: int = 0
    all_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RowCondition:
    """How many rows there must be.

    Counted are rows with anything in them (`complete` false) or rows whose required columns are all filled
    (`complete` true); with `where`, only those whose named columns hold one of the values listed; with `filled`,
    only those in which the named columns are not empty. `covers`: among the counted rows every value listed must occur
    in the column named. `each`: all this must hold for every group of rows that agree in these columns.
    """

    complete: bool = True
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    filled: tuple[str, ...] = ()
    at_least: int = 0
    at_most: int | None = None
    each: tuple[str, ...] = ()
    covers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TableStep:
    """`level` is reached when every condition holds."""

    level: int
    conditions: tuple[RowCondition, ...]


#: Steps are tried from the first (highest level) on; the first that holds gives the level, none gives 0.
Rule = tuple[NumberStep, ...] | tuple[MultiStep, ...] | tuple[TableStep, ...]


@dataclass(frozen=True, slots=True)
class Question:
    id: str
    type: QuestionType
    ask: str
    weight: int
    stage: Stage
    #: Name of an applicability rule of the profile, such as "has_suppliers".
    applies: str = "always"
    flag: Flag | None = None
    #: Why we ask, one or two sentences of our own.
    why: str = ""
    #: Five anchors, level 0 to 4 (maturity only).
    levels: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    columns: tuple[Column, ...] = ()
    rule: Rule = ()
    #: Unit and limits of a number question.
    unit: str = ""
    minimum: int | float | None = None
    maximum: int | float | None = None
    #: What counts as a yes (incident questions): a full sentence or list.
    counts_as: str = ""
    #: What evidence is fitting; empty where none is asked.
    evidence: str = ""
    evidence_exempt: bool = False
    references: tuple[str, ...] = ()
    remedial: str = ""
    #: Ids of questions in other questionnaires that ask the same thing.
    same_as: tuple[str, ...] = ()
    #: A few words that name the harm asked about (incident), for sentences such as "Unknown: ...".
    short: str = ""

    def option(self, option_id: str) -> Option | None:
        return next((option for option in self.options if option.id == option_id), None)


@dataclass(frozen=True, slots=True)
class Section:
    id: str
    title: str
    weight: int
    questions: tuple[Question, ...]
    basis: tuple[str, ...] = ()
    slug: str = ""


@dataclass(frozen=True)
class Questionnaire:
    """One published or draft version. `reference` is "<slug>@<version>", such as "hrdd-short@2026.1"."""

    id: str
    slug: str
    version: str
    title: str
    sections: tuple[Section, ...]
    #: "sha256:<hex>" of the parsed content; the same for the same meaning, whatever the layout of the files.
    digest: str
    #: core, recruitment or sector: which group of the overall score it belongs to.
    kind: str = "core"
    short_title: str = ""
    purpose: str = ""
    who: str = ""
    #: Whether rule CAP-S (weakest stage) applies.
    weakest_stage_cap: bool = False
    #: Applicability rule that decides whether a company gets this questionnaire at all.
    applies: str = "always"
    #: Reference of the profile version whose fields and rules this questionnaire uses.
    profile: str = "profile@2026.1"

    @property
    def reference(self) -> str:
        return f"{self.slug}@{self.version}"

    @property
    def questions(self) -> Iterator[Question]:
        return (question for section in self.sections for question in section.questions)

    @cached_property
    def by_id(self) -> Mapping[str, Question]:
        return {question.id: question for question in self.questions}

    @cached_property
    def section_of(self) -> Mapping[str, Section]:
        return {question.id: section for section in self.sections for question in section.questions}

    def section(self, section_id: str) -> Section | None:
        return next((section for section in self.sections if section.id == section_id), None)


@dataclass(frozen=True, slots=True)
class ProfileField:
    """A profile field. `kind`: text, choice, country, countries, isic, integer, integers, multi, yesno, date, period,
    table, signoff. A field with `parts` is answered by an object with those keys (integers, period, signoff).
    """

    id: str
    kind: str
    ask: str
    group: str
    hint: str = ""
    options: tuple[Option, ...] = ()
    columns: tuple[Column, ...] = ()
    #: Fixed rows of a table, where it has them.
    rows: tuple[Option, ...] = ()
    #: Key -> label, for fields made of several inputs.
    parts: Mapping[str, str] = field(default_factory=dict)
    #: Smallest number of integer fields; largest number, or most entries of a list (countries, isic).
    minimum: int | None = None
    maximum: int | None = None
    required: bool = False
    #: Id of the questionnaire at whose start the field is asked, instead of in the profile.
    asked_in: str = ""


@dataclass(frozen=True, slots=True)
class ApplicableQuestionnaire:
    """When a company gets a questionnaire: by the name of a profile rule, or by an expression of its own."""

    id: str
    title: str
    #: Exactly one of `rule` and `expression` is set.
    rule: str = ""
    expression: str = ""
    #: Why the company gets it, in words for people: "Migrant workers work for you".
    because: str = ""
    #: Of those that apply and share this word, the company answers one; the first is proposed.
    one_of: str = ""


@dataclass(frozen=True)
class Profile:
    """The profile version: fields, and applicability rules as XLSForm expressions over them."""

    slug: str
    version: str
    title: str
    fields: tuple[ProfileField, ...]
    #: Rule name -> expression as text, in the order of the file.
    rules: Mapping[str, str]
    digest: str
    #: Group id -> title, in order.
    groups: Mapping[str, str] = field(default_factory=dict)
    #: Rule name -> what it means, in words, for people.
    rule_labels: Mapping[str, str] = field(default_factory=dict)
    #: Which questionnaires there are for whom, in order; also those this installation does not have yet.
    applicable: tuple[ApplicableQuestionnaire, ...] = ()

    @property
    def reference(self) -> str:
        return f"{self.slug}@{self.version}"

    @cached_property
    def by_id(self) -> Mapping[str, ProfileField]:
        return {item.id: item for item in self.fields}


@dataclass(frozen=True, slots=True)
class Reference:
    """An article of an instrument that questions cite. `verified` false: the number was not checked at the source."""

    code: str
    scheme: str
    title: str
    topic: str
    url: str
    verified: bool


@dataclass(frozen=True)
class Catalogue:
    """All versions known to this installation, frozen in memory at start."""

    questionnaires: Mapping[str, Questionnaire]
    profiles: Mapping[str, Profile]
    references: Mapping[str, Reference]
    #: References (slug@version) whose digest stands in PUBLISHED.toml.
    published: frozenset[str] = frozenset()
    laws: tuple[Law, ...] = ()
