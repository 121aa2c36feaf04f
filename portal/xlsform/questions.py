"""One question of somebody's form as a question of ours; what only an author can decide stays open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.xlsform.columns import ColumnReader
from portal.xlsform.extras import limits_in, more_in, yaml_in
from portal.xlsform.kinds import kind_of
from portal.xlsform.layout import EVIDENCE, UNIT
from portal.xlsform.lists import LEVEL, Lists, choices, options
from portal.xlsform.notation import Undecided, Value
from portal.xlsform.question_rows import PLACED
from portal.xlsform.remarks import Remark
from portal.xlsform.sheets import Line

ASK = Undecided("decide: the question in words; the form has none")
WHY = "decide: why we ask, one or two sentences"
WEIGHT = Undecided("decide: 1, 2 or 3")
STAGE = Undecided("decide: commit, identify, act, track, communicate or remedy")
PROOF = Undecided("decide: what would show it; or evidence_exempt: yes instead")
REMEDIAL = Undecided("decide: what to do if the level is low")
RULE = Undecided("decide: steps from level 4 down, such as - {level: 4, at_least: 3}")
ROWS = Undecided("decide: steps from level 4 down, such as - {level: 4, rows: [{at_least: 3}]}")
MEASURE = Undecided("decide: the unit, such as percent")
HARM = Undecided("decide: a few words that name the harm")
COUNTS = Undecided("decide: what counts as finding it")
MATURITY = ("0", "1", "2", "3", "4")
#: Types of ours that a kind of row can be.
FITTING = {
    "one": ("maturity", "incident", "yesno", "choice"),
    "several": ("multi",),
    "integer": ("number",),
    "number": ("number",),
    "begin": ("table",),
}


@dataclass(frozen=True, slots=True)
class Given:
    """All rows that make one question: its own, the columns of a repeat, and those beside it in our own forms."""

    line: Line
    columns: Sequence[Line] = ()
    instead: Line | None = None
    counts_as: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    lists: Lists
    remarks: list[Remark]

    def question(self, given: Given, question_id: str, applies: Value) -> dict[str, Value] | None:
        """Return the question, or None with the reason among the remarks."""
        line = given.line
        kind = self.type_of(line)
        if kind is None:
            return None
        own = self.about(line, question_id, kind, applies)
        details = self.details(given, question_id, kind)
        if details is None:
            return None
        return own | details | self.ending(line) | more_in(line, PLACED, self.remarks)

    def type_of(self, line: Line) -> str | None:
        found = kind_of(line.get("type"))
        own, fitting = line.own("type"), FITTING.get(found.what, ())
        if own and own not in fitting:
            what = f"{own!r} does not fit {line.get('type')[:60]!r}; the type of the form counts"
            self.remarks.append(Remark(line.sheet, line.number, "portal_type", what))
        elif own:
            return own
        match found.what:
            case "one" | "several" if not choices(self.lists.get(found.list_name, ())):
                self.refuse(line, f"there is no list {found.list_name!r} in the choices; left out")
                return None
            case "one":
                names = {item.get("name").lower() for item in self.lists[found.list_name]}
                return "yesno" if names == {"yes", "no"} else "choice"
        return fitting[0]

    def refuse(self, line: Line, why: str) -> None:
        what = f"{line.get('type')[:60]} {line.get('name')[:60]!r}"
        self.remarks.append(Remark(line.sheet, line.number, "", f"{what}: {why}"))

    def about(self, line: Line, question_id: str, kind: str, applies: Value) -> dict[str, Value]:
        hint = line.get("hint")
        why: Value = hint.partition(f"\n{UNIT}")[0] if line.own("type") else ""
        if not why:
            why = Undecided(f"{WHY}; the form says: {hint}" if hint else WHY)
        found: dict[str, Value] = {"id": question_id, "type": kind, "ask": line.get("label") or ASK, "why": why}
        if kind == "incident":
            found["short"] = line.own("short") or HARM
        found["weight"] = line.own("weight") or WEIGHT
        if flag := line.own("flag"):
            found["flag"] = flag
        return found | {"stage": line.own("stage") or STAGE, "applies": applies}

    def ending(self, line: Line) -> dict[str, Value]:
        found: dict[str, Value] = {}
        proof = line.get("guidance_hint")
        if line.own("evidence_exempt"):
            found["evidence_exempt"] = line.own("evidence_exempt")
        if proof and line.own("type"):
            found["evidence"] = proof.removeprefix(EVIDENCE.strip()).strip()
        elif not found:
            found["evidence"] = PROOF
        if proof and not line.own("type"):
            self.remarks.append(Remark(line.sheet, line.number, "guidance_hint", f"{proof[:100]!r} is not carried"))
        found["references"] = line.own("references").split()
        found["remedial"] = line.own("remedial") or REMEDIAL
        if same := line.own("same_as").split():
            found["same_as"] = same
        return found

    def details(self, given: Given, question_id: str, kind: str) -> dict[str, Value] | None:
        line = given.line
        found = kind_of(line.get("type"))
        listed = self.lists.get(found.list_name, ())
        match kind:
            case "maturity":
                return {"levels": self.levels(line, listed)}
            case "incident":
                return {"counts_as": given.counts_as or COUNTS}
            case "number":
                return self.number(given)
            case "table":
                return self.table(given, question_id)
        if found.with_other:
            self.remarks.append(Remark(line.sheet, line.number, "type", "'or other' is not carried; add an option"))
        if kind == "multi":
            return {"options": options(listed, self.remarks).written, "rule": self.rule(line) or RULE}
        return {"options": options(listed, self.remarks, levels=True).written}

    def levels(self, line: Line, listed: Sequence[Line]) -> Mapping[str, Value]:
        named = {item.get("name"): item.get("label") for item in choices(listed)}
        if strange := [name for name in named if name not in MATURITY]:
            what = f"{strange[0][:60]!r} is not a level from 0 to 4; left out"
            self.remarks.append(Remark(line.sheet, line.number, "type", what))
        return {level: named.get(level) or LEVEL for level in MATURITY}

    def rule(self, line: Line) -> Value | None:
        found = yaml_in(line, "rule", self.remarks)
        if found is not None and not (isinstance(found, list) and all(isinstance(step, dict) for step in found)):
            what = "must be a list of steps, each a mapping; left out"
            self.remarks.append(Remark(line.sheet, line.number, "portal_rule", what))
            return None
        return found or None

    def number(self, given: Given) -> dict[str, Value]:
        line = given.line
        unit = f"\n{line.get('hint')}".partition(f"\n{UNIT}")[2]
        limits = limits_in(line, self.remarks)
        found: dict[str, Value] = {"unit": unit or MEASURE}
        for key in ("minimum", "maximum"):
            found[key] = limits.get(
                key, Undecided(f"decide: the {'smallest' if key == 'minimum' else 'largest'} answer")
            )
        if given.instead is not None:
            listed = self.lists.get(kind_of(given.instead.get("type")).list_name, ())
            if choices(listed):
                found["options"] = options(listed, self.remarks, levels=True).written
        return found | {"rule": self.rule(line) or RULE}

    def table(self, given: Given, question_id: str) -> dict[str, Value] | None:
        reader = ColumnReader(question_id, given.line.own("id"), self.lists, self.remarks)
        columns = reader.columns(given.columns)
        if not columns:
            self.refuse(given.line, "nothing in it can be a column of a table; left out")
            return None
        return {"columns": columns, "rule": self.rule(given.line) or ROWS}
