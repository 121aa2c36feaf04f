"""House rules that a machine can check: size, docstrings, hidden imports, unsafe markup, names."""

from __future__ import annotations

import ast
import re
from pathlib import PurePosixPath

from tests.sources import Module, at, modules, templates, texts

MODULE_LINES, FUNCTION_LINES, TEMPLATE_LINES = 300, 40, 120
#: Imports inside functions: place → what may be imported there. Every other import is at the top of its file.
HIDDEN_IMPORTS = {
    # A missing Pango reaches the parent as a message; it must not keep the portal from starting.
    "portal/reports/renderer/__main__.py": {"portal.reports.renderer.engine"},
    # A child process looks into one file of unknown intent, and loads the one parser that file needs.
    "portal/storage/inspector.py": {"pikepdf", "PIL"},
}
#: Started in isolated mode, as a program of its own that finds no portal to import from.
RELATIVE_IMPORTS = "portal/reports/renderer/"
#: The one place that turns strings into markup; all else is escaped by the template engine.
MARKUP = {"portal/web/fragments.py"}
#: Names that say nothing of what is inside, so that anything ends up inside.
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "base", "data", "info", "misc"}

#: What answers differently each time: in the parameters of a test it gives each worker of a run other tests.
FLEETING = {"time", "now", "today", "utcnow", "monotonic", "uuid1", "uuid4", "urandom", "token_hex", "token_urlsafe"}

OURS = modules("portal", "bench", "wsgi.py")


def lines(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_every_module_says_in_one_sentence_what_it_is_for() -> None:
    silent = [module.place for module in (*OURS, *modules("migrations")) if not _is_sentence(_docstring(module))]

    assert silent == []


def test_modules_are_short_enough_to_read_at_once() -> None:
    long = {module.place: count for module in OURS if (count := module.text.count("\n")) > MODULE_LINES}

    assert long == {}


def test_functions_are_short_enough_to_see_at_once() -> None:
    functions = [(module, function) for module in OURS for function in module.functions]
    long = [f"{m.place}:{f.lineno} {f.name}: {lines(f)}" for m, f in functions if lines(f) > FUNCTION_LINES]

    assert len(functions) > 100
    assert long == []


def test_templates_are_short_enough_to_see_at_once() -> None:
    long = {name: count for name, text in templates().items() if (count := text.count("\n")) > TEMPLATE_LINES}

    assert long == {}


def test_parameters_of_tests_are_the_same_in_every_worker() -> None:
    decorated = [
        (module, decorator)
        for module in modules("tests")
        for function in module.functions
        for decorator in function.decorator_list
    ]
    fleeting = [
        f"{module.place}:{call.lineno}"
        for module, decorator in decorated
        for call in ast.walk(decorator)
        if isinstance(call, ast.Call) and _called(call) in FLEETING
    ]

    assert len(decorated) > 100
    assert fleeting == []


def test_imports_stand_at_the_top_of_their_file() -> None:
    inside = [(module.place, found) for module in OURS for found in module.imports if found.inside]
    hidden = [
        f"{place}:{found.line} imports {found.target} in {found.inside}"
        for place, found in inside
        if found.target not in HIDDEN_IMPORTS.get(place, set())
    ]

    assert hidden == []


def test_every_exception_for_hidden_imports_is_still_needed() -> None:
    used = {(module.place, found.target) for module in OURS for found in module.imports if found.inside}
    stale = [(place, name) for place, names in HIDDEN_IMPORTS.items() for name in names if (place, name) not in used]

    assert stale == []


def test_imports_are_absolute() -> None:
    relative = [f"{module.place}:{found.line}" for module in OURS for found in module.imports if found.relative]

    assert [place for place in relative if not place.startswith(RELATIVE_IMPORTS)] == []
    assert relative, "the exception for RELATIVE_IMPORTS is no longer needed"


def test_only_one_place_turns_strings_into_markup() -> None:
    makers = {
        module.place
        for module in OURS
        if any(isinstance(node, ast.Call) and _name(node.func) == "Markup" for node in ast.walk(module.tree))
    }
    from_strings = [
        where for module in OURS for where in at(module.place, module.text, r"\brender_template_string\b|from_string\(")
    ]

    assert makers <= MARKUP
    assert from_strings == []


def test_templates_escape_everything() -> None:
    unescaped = [
        where for name, text in templates().items() for where in at(name, text, r"\|\s*safe\b|autoescape\s+false")
    ]

    assert unescaped == []


def test_names_say_what_is_inside() -> None:
    empty = [module.place for module in OURS if module.name.rpartition(".")[2] in EMPTY_NAMES]
    empty += [name for name in templates() if PurePosixPath(name).stem in EMPTY_NAMES - {"base"}]

    assert empty == []


def test_no_file_names_a_place_on_one_machine() -> None:
    machine = re.compile(r"(?<![\w.:/<])/(?:work|tmp|home|root|Users|opt)/\w")
    found = [
        f"{place}:{text.count(chr(10), 0, hit.start()) + 1}"
        for place, text in texts().items()
        for hit in machine.finditer(text)
    ]

    assert found == []


def test_work_left_over_has_no_place_in_the_code() -> None:
    marks = "|".join(("TO" + "DO", "FIX" + "ME"))
    left = [
        where
        for place, text in texts().items()
        if place.endswith((".py", ".html", ".css", ".js", ".sh"))
        for where in at(place, text, rf"\b(?:{marks})\b")
    ]

    assert left == []


def test_types_are_silenced_by_name_only() -> None:
    blanket = [where for m in OURS for where in at(m.place, m.text, r"# type: ignore(?!\[)|# noqa(?!: [A-Z])")]

    assert blanket == []


def _docstring(module: Module) -> str:
    return ast.get_docstring(module.tree) or ""


def _is_sentence(text: str) -> bool:
    first = text.partition("\n\n")[0]
    return first.endswith((".", "?")) and "\n" not in first


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
