"""Decide what an uploaded file really is, by parsing it in a child process that can be killed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unicodedata
from dataclasses import dataclass
from pathlib import Path

CHILD = Path(__file__).parent / "inspector.py"
#: A file that takes longer than this to parse is refused; the child itself may use fewer seconds of the processor.
SECONDS = 15
#: Larger pictures are none of the drawing program's.
LARGEST_PICTURE = 8 * 1024 * 1024

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "txt": "text/plain",
}

#: Bidirectional controls and zero-width characters: they make a name look like another.
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


class RefusedFile(Exception):
    """The file is not taken. `code`: type, empty, too_big, mismatch, encrypted, macros, unreadable, too_complex."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Inspected:
    name: str
    media_type: str
    size: int


def inspect(path: Path, name: str, *, limit: int) -> Inspected:
    """Return the cleaned name and the true type of an uploaded file. Raises RefusedFile."""
    name = clean_name(name)
    ending = ending_of(name)
    size = path.stat().st_size
    if ending not in MEDIA_TYPES:
        raise RefusedFile("type")
    if not size:
        raise RefusedFile("empty")
    if size > limit:
        raise RefusedFile("too_big")
    if problem := _ask_child(path, ending):
        raise RefusedFile(problem)
    return Inspected(name, MEDIA_TYPES[ending], size)


def ending_of(name: str) -> str:
    return name.rsplit(".", 1)[-1].lower() if "." in name else ""


def clean_name(name: str) -> str:
    """The file's own name, without folders, controls and invisible characters, at most 120 characters."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    name = "".join(c for c in _INVISIBLE.sub("", name) if unicodedata.category(c)[0] != "C").strip(" .")
    if len(name) > 120:
        stem, dot, ending = name.rpartition(".")
        name = f"{stem[: 119 - len(ending)]}{dot}{ending}" if dot and len(ending) <= 8 else name[:120]
    return name or "file"


def draw(path: Path, ending: str) -> bytes | None:
    """Return a JPEG drawn anew from a picture or the first page of a PDF, or nothing where none can be made."""
    drawn = _run_child(path, ending, "draw")
    return drawn if drawn.startswith(b"\xff\xd8") and len(drawn) <= LARGEST_PICTURE else None


def _ask_child(path: Path, ending: str) -> str:
    """Return the reason to refuse the file, or nothing. A child that dies or hangs means: too complex."""
    try:
        return str(json.loads(_run_child(path, ending, "check"))["refused"])
    except (ValueError, KeyError):
        return "too_complex"


def _run_child(path: Path, ending: str, task: str) -> bytes:
    command = [sys.executable, "-I", str(CHILD), task, str(path), ending]
    try:
        return subprocess.run(command, capture_output=True, timeout=SECONDS, check=False, env={}).stdout  # noqa: S603
    except subprocess.TimeoutExpired:
        return b""
