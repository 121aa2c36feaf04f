"""The project's own files, as the structural tests read them."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOT_OURS = {".git", ".venv", "var", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis"}
BINARY = {".ttf", ".woff2", ".png", ".jpg", ".pdf", ".mo", ".pyc", ".ico"}


@dataclass(frozen=True)
class Import:
    """One imported module. `target` is as precise as the statement tells: portal.db for `from portal import db`."""

    target: str
    line: int
    inside: str | None
    relative: bool = False

    @property
    def package(self) -> str:
        return self.target.partition(".")[0]


@dataclass(frozen=True)
class Module:
    path: Path
    name: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """Parsed when a test asks: every worker collects all tests, and one of them runs those that ask."""
        return ast.parse(self.text, filename=str(self.path))

    @property
    def place(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def package(self) -> str:
        return self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        return tuple(_imports(self.tree, self.package, None))

    @property
    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """Return every module in these folders; a structural test that finds none has lost its subject."""
    found = tuple(_module(path) for folder in folders for path in _python_files(ROOT / folder))
    assert found, f"no modules in {folders}"
    return found


@cache
def templates() -> dict[str, str]:
    folder = ROOT / "portal" / "templates"
    found = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    assert found, "no templates"
    return found


@cache
def texts() -> dict[str, str]:
    """Return every text file that is the project's own, by place."""
    found = {}
    for folder, inside, names in os.walk(ROOT):
        inside[:] = sorted(set(inside) - NOT_OURS)
        for path in (Path(folder, name) for name in sorted(set(names) - NOT_OURS)):
            if path.suffix not in BINARY:
                found[path.relative_to(ROOT).as_posix()] = path.read_text(encoding="utf-8", errors="replace")
    assert found, "no files"
    return found


def documentation() -> str:
    """Return every README and page of documentation as one text."""
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("questionnaires/**/*.md")]
    assert pages, "no documentation"
    return "\n".join(page.read_text(encoding="utf-8") for page in pages)


def at(place: str, text: str, pattern: str) -> list[str]:
    """Return `place:line` of every match."""
    return [f"{place}:{text.count(chr(10), 0, match.start()) + 1}" for match in re.finditer(pattern, text)]


def _python_files(folder: Path) -> list[Path]:
    return [folder] if folder.suffix == ".py" else sorted(folder.rglob("*.py"))


@cache
def _module(path: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    parts = path.relative_to(ROOT).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Module(path, name, text)


def _imports(node: ast.AST, package: str, inside: str | None) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.Import():
                yield from (Import(alias.name, child.lineno, inside) for alias in child.names)
            case ast.ImportFrom():
                above = package.rsplit(".", child.level - 1)[0] if child.level else ""
                module = ".".join(part for part in (above, child.module) if part)
                relative = bool(child.level)
                yield from (Import(_precise(module, a.name), child.lineno, inside, relative) for a in child.names)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield from _imports(child, package, child.name)
            case _:
                yield from _imports(child, package, inside)


@cache
def _precise(module: str, name: str) -> str:
    """Return the submodule where `from module import name` names one, else the module."""
    path = ROOT.joinpath(*module.split("."), name)
    return f"{module}.{name}" if path.with_suffix(".py").exists() or (path / "__init__.py").exists() else module
