"""Rule expressions of ours as XLSForm expressions that ODK computes to the same result.

Most of the language is the same. Different are: what is blank in a table (we skip it, a node set holds it), fields that
we compute from their parts, truth (a node set that is there is true in XPath, whatever it holds) and division by zero.
"""

from __future__ import annotations

from decimal import Decimal

from portal.domain.expressions import AST, PRECEDENCE, parse
from portal.xlsform.names import Kind, Names, Written

ATOM = 9
NOTHING = "''"
ONE = (Kind.TEXT, Kind.NUMBER, Kind.SEVERAL)
BOOLEAN_CALLS = ("not", "true", "false", "selected")


class Untranslatable(ValueError):
    """The expression has no counterpart in XLSForm that gives the same result."""


def translated(expression: str, names: Names) -> str:
    """Return the expression as XLSForm. Raises Untranslatable."""
    return _Translator(names).whole(parse(expression))


class _Translator:
    def __init__(self, names: Names) -> None:
        self.names = names

    def whole(self, tree: AST) -> str:
        return self.write(tree)[0]

    def within(self, tree: AST, precedence: int) -> str:
        """The expression with brackets where its operator binds less than `precedence`."""
        text, own = self.write(tree)
        return text if own > precedence else f"({text})"

    def named(self, name: str) -> Written:
        return self.names[name]

    def write(self, tree: AST) -> tuple[str, int]:
        """Return the text and how tightly it binds."""
        match tree:
            case ("number", value):
                return format(Decimal(repr(value)), "f"), ATOM
            case ("text", value):
                return (f"'{value}'" if "'" not in value else f'"{value}"'), ATOM
            case ("own",):
                return ".", ATOM
            case ("reference", name):
                if self.named(name).kind not in ONE:
                    raise Untranslatable(f"${{{name}}} cannot stand here in a form")
                return self.named(name).text, ATOM
            case ("negate", inner):
                return f"-{self.within(inner, PRECEDENCE['*'])}", PRECEDENCE["*"]
            case ("call", name, *arguments):
                return self.call(name, arguments), ATOM
            case ("and" | "or" as operator, left, right):
                own = PRECEDENCE[operator]
                return f"{self.truth(left, own - 1)} {operator} {self.truth(right, own)}", own
            case ("div", left, right):
                return f"{self.within(left, PRECEDENCE['div'] - 1)} div {self.divisor(right)}", PRECEDENCE["div"]
            case (operator, left, right):
                own = PRECEDENCE[operator]
                return f"{self.within(left, own - 1)} {operator} {self.within(right, own)}", own
        raise AssertionError(f"not a syntax tree: {tree!r}")

    def divisor(self, tree: AST) -> str:
        """Divided by nothing is not a number with us, and infinite in XPath."""
        if tree[0] == "number" and tree[1] != 0:
            return self.whole(tree)
        return f"if({self.within(tree, PRECEDENCE['='])} = 0, number(''), {self.whole(tree)})"

    def truth(self, tree: AST, precedence: int = 0) -> str:
        """The expression where only true or false counts."""
        match tree:
            case ("reference", name):
                text = self.whole(tree)
                number = self.named(name).kind is Kind.NUMBER
                return f"({text} != '' and {text} != 0)" if number else f"({text} != '')"
            case ("call", "if", condition, yes, no):
                return f"if({self.truth(condition)}, {self.truth(yes)}, {self.truth(no)})"
            case ("call", name, *_) if name not in BOOLEAN_CALLS:
                return f"boolean({self.whole(tree)})"
            case ("number" | "text" | "negate" | "+" | "-" | "*" | "div" | "mod", *_):
                return f"boolean({self.whole(tree)})"
        return self.within(tree, precedence)

    def call(self, name: str, arguments: list[AST]) -> str:
        match name, arguments:
            case "selected", [value, option]:
                return self.selected(value, option)
            case "count", [value]:
                return self.count(value)
            case "sum", _:
                return (
                    " + ".join(self.summand(value) for value in arguments)
                    if len(arguments) == 1
                    else (f"({' + '.join(self.summand(value) for value in arguments)})")
                )
            case "min" | "max", _:
                return f"{name}({', '.join(self.candidates(arguments))})"
            case "join", [separator, *values] if all(self.is_column(value) for value in values):
                return f"join({self.whole(separator)}, {', '.join(self.column(value) for value in values)})"
            case "join", _:
                raise Untranslatable("join() can only join columns of a table in a form")
            case "concat", values:
                # XPath wants two at least.
                texts = [self.text_of(value) for value in values]
                return f"concat({', '.join(texts if len(texts) > 1 else [*texts, NOTHING])})"
            case "if", [condition, yes, no]:
                return f"if({self.truth(condition)}, {self.whole(yes)}, {self.whole(no)})"
            case "not", [value]:
                return f"not({self.truth(value)})"
        return f"{name}({', '.join(self.whole(value) for value in arguments)})"

    def is_column(self, tree: AST) -> bool:
        return tree[0] == "reference" and self.named(tree[1]).kind is Kind.COLUMN

    def column(self, tree: AST) -> str:
        return self.named(tree[1]).text

    def text_of(self, tree: AST) -> str:
        return f"join('', {self.column(tree)})" if self.is_column(tree) else self.whole(tree)

    def selected(self, value: AST, option: AST) -> str:
        if value[0] == "reference" and self.named(value[1]).kind is Kind.ACTIVITIES:
            if option[0] != "text":
                raise Untranslatable("an activity must be compared with a code written out")
            # Codes are a letter and two digits, such as "A03 C13": neither can occur by accident.
            return f"contains({self.named(value[1]).text}, '{option[1]}')"
        chosen = f"join(' ', {self.column(value)})" if self.is_column(value) else self.whole(value)
        return f"selected({chosen}, {self.whole(option)})"

    def count(self, value: AST) -> str:
        if value[0] == "reference":
            written = self.named(value[1])
            if written.kind in (Kind.ROWS, Kind.COLUMN):
                return f"count({written.text})"
            if written.kind is Kind.SEVERAL:
                return f"count-selected({written.text})"
        return f"if({self.within(value, PRECEDENCE['='])} != '', 1, 0)"

    def summand(self, value: AST) -> str:
        if self.is_column(value):
            return f"sum({self.column(value)})"
        return f"coalesce({self.whole(value)}, 0)"

    def candidates(self, values: list[AST]) -> list[str]:
        """Blank ones do not count: each is replaced by one of the others, and all are blank only together."""
        if any(self.is_column(value) for value in values):
            if len(values) > 1:
                raise Untranslatable("the smallest or largest of a column can only stand alone in a form")
            return [self.column(values[0])]
        texts = [self.whole(value) for value in values]
        return [_first_of(texts[place:] + texts[:place]) for place in range(len(texts))]


def _first_of(texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else f"coalesce({texts[0]}, {_first_of(texts[1:])})"
