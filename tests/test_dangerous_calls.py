"""What no line of ours does: run text as code or commands, unpack objects, break hashes, build queries or markup."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.sources import ROOT, at, modules, templates, texts

OURS = modules("portal", "migrations", "wsgi.py")
#: A call by its last name, where the module does not matter.
CALLS = {"eval", "exec", "compile", "__import__", "render_template_string", "from_string"}
#: A call or attribute by its whole name.
NAMED = {
    "os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput", "hashlib.md5", "hashlib.sha1",
    "hashlib.new", "yaml.load", "yaml.unsafe_load", "yaml.full_load", "tempfile.mktemp", "ssl.CERT_NONE",
    "ssl._create_unverified_context", "hashes.MD5", "hashes.SHA1", "modes.ECB", "padding.PKCS1v15", "algorithms.ARC4",
}  # fmt: skip
#: Modules that unpack objects of any kind, guess at chance, or speak without encryption.
MODULES = {
    "pickle", "marshal", "shelve", "dill", "jsonpickle", "random", "telnetlib", "ftplib", "ldap3", "ldap", "memcache",
    "pymemcache", "pylibmc", "xml.etree.ElementTree", "xml.dom.minidom", "xml.dom.pulldom", "xml.sax.parse",
    "xml.sax.parseString", "xml.sax.make_parser", "lxml",
}  # fmt: skip
#: Module -> what it may use all the same, and why.
ALLOWED = {
    # re.compile builds a pattern; the shapes of all patterns are written in our files.
    "compile": "re",
}
#: Executed as SQL as it stands; everything else is built by SQLAlchemy, which binds values.
RAW_SQL = {"text", "exec_driver_sql"}
FORMATTING = {"format", "format_map", "vformat"}
#: Module -> the one statement it puts together, from names in a table of its own.
PUT_TOGETHER = {"portal/services/checks.py": "f'SHOW {name}'"}
MATCHERS = {f"re.{name}" for name in ("compile", "match", "fullmatch", "search", "sub", "split", "findall", "finditer")}
SCRIPTS = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "portal" / "static" / "js").glob("*.js")}


def dotted(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            return f"{dotted(value)}.{name}"
    return "?"


def dangerous(tree: ast.Module) -> Iterator[str]:
    """Every dangerous use in a module, with its line."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in CALLS:
                yield f"{node.lineno} {name}()"
            case ast.Call(func=ast.Attribute(attr=name, value=owner)) if name in CALLS:
                if dotted(owner) != ALLOWED.get(name):
                    yield f"{node.lineno} {name}()"
            case ast.Attribute() if any(dotted(node).endswith(name) for name in NAMED):
                yield f"{node.lineno} {dotted(node)}"
            case ast.Import(names=names):
                yield from (f"{node.lineno} import {one.name}" for one in names if _is_listed(one.name))
            case ast.ImportFrom(module=module, names=names) if module:
                named = [f"{module}.{one.name}" for one in names]
                yield from (f"{node.lineno} import {one}" for one in named if _is_listed(one) or _is_named(one))
            case ast.keyword(arg="shell" | "verify", value=ast.Constant(value=value)) if value in (True, False):
                if (node.arg, value) in (("shell", True), ("verify", False)):
                    yield f"{node.value.lineno} {node.arg}={value}"


def _is_listed(name: str) -> bool:
    return any(name == module or name.startswith(f"{module}.") for module in MODULES)


def _is_named(name: str) -> bool:
    return any(name.endswith(f".{one}") or name == one for one in NAMED)


def raw_sql(tree: ast.Module) -> Iterator[tuple[int, ast.expr]]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[first, *_]) if name in RAW_SQL:
                yield node.lineno, first


def test_nothing_runs_text_as_code_or_unpacks_objects() -> None:
    assert [f"{module.place}:{use}" for module in OURS for use in dangerous(module.tree)] == []


@pytest.mark.parametrize(
    "line",
    [
        "eval('1')",
        "exec(given)",
        "builtins.compile(given, 'x', 'exec')",
        "import pickle",
        "from random import choice",
        "from xml.etree.ElementTree import parse",
        "import os; os.system(given)",
        "subprocess.run(given, shell=True)",
        "requests.get(given, verify=False)",
        "hashlib.md5(given)",
        "from hashlib import sha1",
        "yaml.load(given)",
        "Environment().from_string(given)",
    ],
)
def test_it_would_be_noticed(line: str) -> None:
    assert list(dangerous(ast.parse(line)))


def test_no_statement_is_put_together_from_text() -> None:
    """Statements are SQLAlchemy's; the few that are written out are constants."""
    found = [
        (module.place, line, first)
        for module in modules("portal")
        if "sqlalchemy" in module.text
        for line, first in raw_sql(module.tree)
    ]
    moving = [(place, ast.unparse(first)) for place, _line, first in found if not _is_constant(first)]

    assert len(found) > 3
    assert moving == list(PUT_TOGETHER.items())


def _is_constant(node: ast.expr) -> bool:
    match node:
        case ast.Constant():
            return True
        case ast.IfExp(body=body, orelse=other):
            return _is_constant(body) and _is_constant(other)
    return False


def test_patterns_are_written_in_our_files() -> None:
    """A pattern from outside could take for ever; where a word from elsewhere goes into one, it is escaped."""
    calls = [
        (f"{module.place}:{node.lineno}", _escaped(function), node.args[0])
        for module in OURS
        for function in module.functions
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and dotted(node.func) in MATCHERS and node.args
    ]
    loose = [place for place, escaped, pattern in calls if not _is_written(pattern, escaped)]

    assert len(calls) > 10
    assert loose == []


@pytest.mark.parametrize("pattern", ["given", "f'a{given}'", "'|'.join(given)", "'a' + given", "form.pattern"])
def test_a_pattern_from_elsewhere_would_be_noticed(pattern: str) -> None:
    assert not _is_written(ast.parse(pattern, mode="eval").body, set())


def _escaped(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """Names that hold escaped text in this function."""
    return {
        target.id
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and _is_escape(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _is_written(node: ast.expr, escaped: set[str]) -> bool:
    """A constant, or one with constants of ours (CAPITALS) and escaped words in it."""
    match node:
        case ast.Constant():
            return True
        case ast.Name(id=name):
            return name.isupper() or name in escaped
        case ast.JoinedStr(values=values):
            return all(_is_written(value, escaped) for value in values)
        case ast.FormattedValue(value=value):
            return _is_written(value, escaped)
        case ast.BinOp(left=left, right=right) | ast.IfExp(body=left, orelse=right):
            return _is_written(left, escaped) and _is_written(right, escaped)
        case ast.Call(func=ast.Attribute(attr="join", value=ast.Constant()), args=[argument]):
            return any(_is_escape(part) for part in ast.walk(argument))
    return _is_escape(node)


def _is_escape(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and dotted(node.func) == "re.escape"


def test_format_strings_are_written_in_our_files() -> None:
    """One from outside could read attributes of what it is filled with, or ask for a gigabyte of blanks."""
    calls = [
        (f"{module.place}:{node.lineno}", node.func.value)
        for module in modules("portal")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in FORMATTING
    ]

    assert calls
    assert [place for place, text in calls if not _is_ours(text)] == []


def _is_ours(node: ast.expr) -> bool:
    """A text as it stands, or from a table of ours (CAPITALS)."""
    match node:
        case ast.Constant():
            return True
        case ast.Name(id=name) | ast.Subscript(value=ast.Name(id=name)):
            return name.isupper()
    return False


def test_scripts_write_text_and_never_markup_or_code() -> None:
    forbidden = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setTimeout\([\"'`]|WebSocket"
        r"|importScripts|\bvar\s|__proto__|Object\.assign"
        # Tabs of our own origin may speak to each other by a BroadcastChannel; windows of others may not.
        r"|(?<!\btabs\?)\.(?:postMessage|addEventListener\(\"message\")|\btabs = (?!\"BroadcastChannel\" in window)"
    )

    assert SCRIPTS
    assert [where for name, text in SCRIPTS.items() for where in at(name, text, forbidden)] == []


def test_pages_load_nothing_from_elsewhere_and_nothing_outdated() -> None:
    elsewhere = r"<(?:script|link|img|iframe|source|video|audio)\b[^>]*(?:src|href)=[\"'](?:https?:)?//"
    outdated = r"<(?:object|embed|applet|frame|frameset|bgsound)\b"

    assert [where for name, text in templates().items() for where in at(name, text, f"{elsewhere}|{outdated}")] == []


def test_no_secret_is_written_into_the_code() -> None:
    keys = r"-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b"
    given = r"(?:secret_key|smtp_password|release_secret)\s*=\s*[\"'][^\"']"
    found = [where for module in OURS for where in at(module.place, module.text, f"{keys}|{given}")]

    assert found == []
    assert [place for place in texts() if place.endswith((".env", ".pem", ".key"))] == []
