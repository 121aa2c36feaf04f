"""From the rows of a survey to sections with questions: groups opened, repeats gathered, the rest explained."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from portal.xlsform.kinds import Kind, kind_of
from portal.xlsform.layout import COMMENT, COUNTS_AS, INSTEAD, PROFILE
from portal.xlsform.questions import Given
from portal.xlsform.remarks import Remark
from portal.xlsform.sheets import Line

QUESTIONS = ("one", "several", "integer", "number")
FREE_TEXT = "what is typed freely has no level; left out (people can comment on any question)"
LOOP = "loops are not carried; left out with all that is in it"
IN_TABLE = "a table holds no other table; left out with all that is in it"


@dataclass(slots=True)
class Asked:
    """A question as it stands in the form, with the conditions of the groups around it and its own."""

    line: Line
    conditions: tuple[tuple[Line, str], ...]
    columns: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class Part:
    """A section to be. `line` is where its group begins; None for what stands outside all groups."""

    line: Line | None
    asked: list[Asked] = field(default_factory=list)


@dataclass(slots=True)
class Block:
    """A group or repeat that is open. `use`: section, inner, table, left_out, or quiet (ours, and nothing to read)."""

    line: Line
    use: str
    kind: str


@dataclass(slots=True)
class Survey:
    """Walks the rows once, from the first to the last."""

    remarks: list[Remark]
    wrapped: bool = False
    parts: list[Part] = field(default_factory=list)
    stack: list[Block] = field(default_factory=list)
    table: Asked | None = None
    instead: dict[str, Line] = field(default_factory=dict)
    counts_as: dict[str, str] = field(default_factory=dict)

    def walk(self, lines: Sequence[Line]) -> None:
        self.wrapped = is_wrapped(lines)
        for line in lines:
            self.row(line)
        for block in self.stack:
            self.remark(block.line, f"begins a {block.kind} that never ends")

    def remark(self, line: Line, message: str, column: str = "") -> None:
        what = f"{line.get('type')[:60]} {line.get('name')[:60]!r}: " if line.get("type") and not column else ""
        self.remarks.append(Remark(line.sheet, line.number, column, what + message))

    def row(self, line: Line) -> None:
        if not line.get("type"):
            if line.get("name") or line.get("label"):
                self.remark(line, "has no type; left out", "type")
            return
        kind = kind_of(line.get("type"))
        if kind.what == "begin":
            self.begin(line, kind)
        elif kind.what == "end":
            self.end(line, kind)
        elif any(block.use == "quiet" for block in self.stack):
            return
        elif any(block.use == "left_out" for block in self.stack):
            self.remark(line, "left out with the block around it")
        elif line.says_yes("disabled"):
            self.remark(line, "is disabled; left out")
        elif self.table is not None:
            self.table.columns.append(line)
        else:
            self.question(line, kind)

    def begin(self, line: Line, kind: Kind) -> None:
        self.stack.append(Block(line, self.use_of(line, kind), kind.block))
        match self.stack[-1].use:
            case "section":
                self.parts.append(Part(line))
            case "table":
                self.table = Asked(line, self.conditions(line))
            case "inner" if self.table is not None:
                self.remark(line, "groups the columns of a table; its heading is left out")
            case "inner":
                self.remark(line, "a section has no groups in it; its questions stay, its heading is left out")

    def use_of(self, line: Line, kind: Kind) -> str:
        if any(block.use in ("quiet", "left_out") for block in self.stack):
            return self.stack[-1].use
        if line.own("role") == PROFILE:
            return "quiet"
        if kind.block == "loop" or line.says_yes("disabled"):
            self.remark(line, LOOP if kind.block == "loop" else "is disabled; left out with all that is in it")
            return "left_out"
        if kind.block == "repeat" and self.table is not None:
            self.remark(line, IN_TABLE)
            return "left_out"
        if kind.block == "repeat":
            return "table"
        return "section" if len(self.stack) == int(self.wrapped) and self.table is None else "inner"

    def end(self, line: Line, kind: Kind) -> None:
        if not self.stack:
            self.remark(line, "ends what never began; left out")
            return
        block = self.stack.pop()
        if block.kind != kind.block:
            self.remark(line, f"ends the {block.kind} that begins in row {block.line.number}")
        if block.use == "table" and self.table is not None:
            self.part().asked.append(self.table)
            self.table = None

    def question(self, line: Line, kind: Kind) -> None:
        match line.own("role"):
            case "":
                pass
            case role:
                if role == INSTEAD:
                    self.instead[line.own("id")] = line
                elif role == COUNTS_AS:
                    self.counts_as[line.own("id")] = line.get("label")
                elif role != COMMENT:
                    self.remark(line, f"{role[:60]!r} is no role that we know; left out", "portal_role")
                return
        if kind.what in QUESTIONS:
            self.part().asked.append(Asked(line, self.conditions(line)))
        else:
            self.remark(line, kind.why or FREE_TEXT)

    def conditions(self, line: Line) -> tuple[tuple[Line, str], ...]:
        around = [block.line for block in self.stack if block.line is not line]
        return tuple((item, item.get("relevant")) for item in (*around, line) if item.get("relevant"))

    def part(self) -> Part:
        """The section that is open, or the one for what stands outside."""
        if any(block.use == "section" for block in self.stack):
            return next(part for part in reversed(self.parts) if part.line is not None)
        outside = next((part for part in self.parts if part.line is None), None)
        if outside is None:
            outside = Part(None)
            self.parts.append(outside)
        return outside

    def given(self, asked: Asked) -> Given:
        own = asked.line.own("id")
        return Given(asked.line, asked.columns, self.instead.get(own), self.counts_as.get(own, ""))


def is_wrapped(lines: Iterable[Line]) -> bool:
    """Whether one group holds everything, so that the groups in it are the sections."""
    depth = outer = inner = 0
    for line in lines:
        kind = kind_of(line.get("type"))
        if kind.what == "begin":
            outer += depth == 0
            inner += depth == 1 and kind.block == "group"
            depth += 1
        elif kind.what == "end":
            depth = max(depth - 1, 0)
        elif depth == 0 and kind.what in QUESTIONS:
            return False
    return outer == 1 and inner > 1
