"""The rows of a repeat as columns of a table question."""

from __future__ import annotations

from collections.abc import Sequence

from portal.catalogue.reader import WORD
from portal.catalogue.rules import COLUMN_KINDS
from portal.domain.expressions import ExpressionError, parse, references
from portal.xlsform.extras import limits_in, more_in
from portal.xlsform.kinds import Kind, kind_of
from portal.xlsform.layout import INERT, REFERENCE
from portal.xlsform.lists import WORDS, Lists, choices, options, unique, word
from portal.xlsform.notation import Undecided, Value
from portal.xlsform.question_rows import PLACED_OF_COLUMN
from portal.xlsform.remarks import Remark
from portal.xlsform.sheets import Line

LABEL = Undecided("decide: the heading of this column; the form has none")
FITTING = {
    "text": ("text",),
    "one": ("choice", "country", "question", "integer"),
    "integer": ("integer", "number"),
    "number": ("number", "integer"),
    "calculate": ("calculate",),
}


class ColumnReader:
    """Reads the columns of one table, whose question has the id `table` now and had `old` in the form."""

    def __init__(self, table: str, old: str, lists: Lists, remarks: list[Remark]) -> None:
        self.table, self.old, self.lists, self.remarks = table, old or table, lists, remarks
        self.ids: dict[str, str] = {}

    def columns(self, lines: Sequence[Line]) -> list[Value]:
        return [column for line in lines if (column := self.column(line))]

    def refuse(self, line: Line, why: str) -> None:
        what = f"{line.get('type')[:60]} {line.get('name')[:60]!r}"
        self.remarks.append(Remark(line.sheet, line.number, "", f"{what}: {why}"))

    def column(self, line: Line) -> Value | None:
        found = kind_of(line.get("type"))
        if found.what not in FITTING:
            self.refuse(line, found.why or "a table has no column in which several can be chosen; left out")
            return None
        kind = self.kind(line, found)
        if kind is None:
            return None
        name = line.own("id") or line.get("name")
        own = unique(name if WORD.fullmatch(name) else word(name, "column"), list(self.ids.values()))
        column: dict[str, Value] = {"id": own, "label": line.get("label") or LABEL, "kind": kind}
        if kind == "calculate":
            if not (expression := self.expression(line)):
                return None
            column["expression"] = expression
            column["label"] = line.get("label") or own
        if hint := line.get("hint"):
            column["hint"] = hint
        self.ids[line.get("name")] = own
        return column | self.details(line, kind, found) | more_in(line, PLACED_OF_COLUMN, self.remarks)

    def kind(self, line: Line, found: Kind) -> str | None:
        own = line.own("type")
        if own in COLUMN_KINDS and own in FITTING[found.what]:
            return own
        if found.what == "one" and not choices(self.lists.get(found.list_name, ())):
            self.refuse(line, f"there is no list {found.list_name!r} in the choices; left out")
            return None
        if found.what == "text" and line.get("type").lower() not in ("text", "string"):
            self.refuse(line, "becomes a text; nothing checks its form")
        return "choice" if found.what == "one" else found.what

    def details(self, line: Line, kind: str, found: Kind) -> dict[str, Value]:
        details: dict[str, Value] = {}
        listed = choices(self.lists.get(found.list_name, ()))
        if kind == "choice":
            details["options"] = options(listed, self.remarks).written
        elif kind == "integer" and listed:
            # A rating: the list says what each number means.
            names = [item.get("name") for item in listed]
            details |= {"minimum": names[0], "maximum": names[-1]}
            details["anchors"] = {item.get("name"): item.get("label") or WORDS for item in listed}
        elif kind in ("integer", "number"):
            details |= limits_in(line, self.remarks)
        if kind != "calculate" and not self.is_required(line):
            details["required"] = "no"
        return details

    def is_required(self, line: Line) -> bool:
        return line.own("required") != "no" if line.own("type") else line.says_yes("required")

    def expression(self, line: Line) -> str:
        """The formula with the ids of this table; nothing where it is not in our language."""
        if own := line.own("expression"):
            return own.replace(INERT, REFERENCE).replace(f"{REFERENCE}{self.old}-", f"{REFERENCE}{self.table}-")
        formula = line.get("calculation")
        try:
            seen = references(parse(formula))
        except ExpressionError as error:
            self.refuse(line, f"{formula[:100]!r} is not an expression here ({error}); left out")
            return ""
        if strange := sorted(seen - self.ids.keys()):
            self.refuse(line, f"looks at {strange[0]!r}, which is no column before it in this table; left out")
            return ""
        for name in seen:
            formula = formula.replace(f"{REFERENCE}{name}}}", f"{REFERENCE}{self.table}-{self.ids[name]}}}")
        return formula
