"""Read a report PDF back: the answers attached to it, and the digests and the score printed on its pages."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pikepdf

#: The name under which a report carries its bundle.
ANSWERS = "answers.json"
GROUP = "[0-9a-f]{8}"
FULL_DIGEST = re.compile(rf"\b(?:{GROUP}\s+){{7}}{GROUP}\b")
#: The first sixteen digits, at the foot of every page.
SHORT_DIGEST = re.compile(rf"\b({GROUP})\s+({GROUP})\b")
SCORE = re.compile(r"\d{1,3}\.\d|–")
GLYPH_TEXT = re.compile(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]*)>")
STREAM = re.compile(rb">>\s*stream\r?\n")
CHUNK = 1 << 16
CHARACTERS = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)


class UnreadableReport(Exception):
    """Not a PDF that a report could be; the message is one line."""


@dataclass(frozen=True, slots=True)
class PrintedReport:
    #: Every different content attached as answers.json, in the order found; a genuine report has one.
    answers: tuple[bytes, ...]
    #: Full digests on the pages, without spaces.
    digests: frozenset[str]
    #: What could be the shortened digest at the foot, page by page.
    feet: tuple[frozenset[frozenset[str]], ...]
    pages: int
    #: The number in the largest type: the score on the summary page, or a dash where there is none.
    score: str | None
    #: What the PDF library found wrong with the file itself.
    damage: str


@dataclass(frozen=True, slots=True)
class Run:
    """Text set in one go."""

    size: float
    text: str


def read_report(content: bytes) -> PrintedReport:
    """Raises UnreadableReport. Nothing is repaired: a file that needs repair is not the file that was issued."""
    try:
        with pikepdf.open(BytesIO(content), attempt_recovery=False) as document:
            damage = _damage(content, document)
            pages = [list(_runs(page)) for page in document.pages]
            return PrintedReport(
                answers=tuple(dict.fromkeys(_attached(document))),
                digests=frozenset(digest for runs in pages for digest in _digests(runs)),
                feet=tuple(_feet(runs) for runs in pages),
                pages=len(pages),
                score=_largest(run for runs in pages for run in runs),
                damage=damage,
            )
    except pikepdf.PasswordError:
        raise UnreadableReport("the PDF is encrypted") from None
    except (pikepdf.PdfError, pikepdf.DataDecodingError, RuntimeError, ValueError, LookupError, TypeError) as error:
        raise UnreadableReport(f"the PDF is damaged: {' '.join(str(error).split())[:120]}") from None


def _attached(document: Any) -> Iterator[bytes]:
    """Every embedded file of that name, wherever the PDF refers to it: viewers do not agree on where to look."""
    for item in document.objects:
        if not isinstance(item, pikepdf.Dictionary) or "/EF" not in item:
            continue
        if ANSWERS in (str(item.get("/UF", "")), str(item.get("/F", ""))):
            yield item["/EF"]["/F"].read_bytes()


def _damage(content: bytes, document: Any) -> str:
    """Name the first thing wrong with the file.

    Every packed stream carries a checksum that a chance change does not survive. The PDF library forgives a wrong one,
    so they are unpacked here as well.
    """
    for found in STREAM.finditer(content):
        dictionary = content[content.rfind(b" obj", 0, found.start()) : found.start()]
        if b"/FlateDecode" in dictionary and not _unpacks(memoryview(content)[found.end() :]):
            return f"the stream at byte {found.end()}"
    for item in document.objects:
        if isinstance(item, pikepdf.Stream):
            item.read_bytes()
    warnings = document.get_warnings()
    return str(warnings[0]) if warnings else ""


def _unpacks(packed: memoryview) -> bool:
    unpacking = zlib.decompressobj()
    try:
        for start in range(0, len(packed), CHUNK):
            part = bytes(packed[start : start + CHUNK])
            while part and not unpacking.eof:
                unpacking.decompress(part, CHUNK)
                part = unpacking.unconsumed_tail
            if unpacking.eof:
                return True
    except zlib.error:
        return False
    return False


def _runs(page: Any) -> Iterator[Run]:
    fonts = {name: _characters(font) for name, font in page.Resources.get("/Font", {}).items()}
    characters: Mapping[bytes, str] = {}
    size = 0.0
    for instruction in pikepdf.parse_content_stream(page, "Tf Tj TJ"):
        operands: Any = instruction.operands
        operator = str(instruction.operator)
        if operator == "Tf":
            characters, size = fonts.get(str(operands[0]), {}), float(operands[1])
            continue
        parts = operands[0] if operator == "TJ" else operands
        glyphs = b"".join(bytes(part) for part in parts if isinstance(part, pikepdf.String))
        pairs = (glyphs[place : place + 2] for place in range(0, len(glyphs), 2))
        yield Run(size, "".join(characters.get(pair, "\ufffd") for pair in pairs))


def _characters(font: Any) -> dict[bytes, str]:
    """Glyph number, two bytes, to the text it stands for."""
    if "/ToUnicode" not in font:
        return {}
    known = {}
    for block in CHARACTERS.findall(font["/ToUnicode"].read_bytes()):
        for glyph, text in GLYPH_TEXT.findall(block):
            known[bytes.fromhex(glyph.decode())] = bytes.fromhex(text.decode()).decode("utf-16-be")
    return known


def _digests(runs: list[Run]) -> Iterator[str]:
    for found in FULL_DIGEST.findall(_joined(runs)):
        yield re.sub(r"\s", "", found)


def _feet(runs: list[Run]) -> frozenset[frozenset[str]]:
    """Both groups of a shortened digest, in any order: a page from right to left may turn them round."""
    found = SHORT_DIGEST.findall(FULL_DIGEST.sub("", _joined(runs)))
    return frozenset(frozenset(groups) for groups in found)


def _joined(runs: list[Run]) -> str:
    return " ".join(run.text for run in runs)


def _largest(runs: Iterable[Run]) -> str | None:
    scores = [run for run in runs if SCORE.fullmatch(run.text.strip())]
    return max(scores, key=lambda run: run.size).text.strip() if scores else None
