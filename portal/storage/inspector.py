"""Runs alone in a child process: parse one file of unknown intent and print why to refuse it, if at all."""

from __future__ import annotations

import json
import resource
import sys
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

#: Limits of one inspection: memory in bytes, processor seconds.
MEMORY, SECONDS = 768 * 1024 * 1024, 10
PIXELS = 50_000_000
#: Office files: parts, bytes when inflated, and how much larger than packed.
PARTS, INFLATED, RATIO = 2_000, 200 * 1024 * 1024, 100
ACTIVE_PARTS = ("vbaproject.bin", "activex", "embeddings/", "externallinks/")
ACTIVE_PDF = ("/JavaScript", "/JS", "/Launch", "/EmbeddedFiles", "/OpenAction", "/AA", "/RichMedia")


class Refuse(Exception):
    """With the code that says why."""


def check_pdf(path: Path) -> None:
    import pikepdf

    if not path.read_bytes()[:1024].lstrip().startswith(b"%PDF-"):
        raise Refuse("mismatch")
    try:
        with pikepdf.open(path) as document:
            if len(document.pages) == 0:
                raise Refuse("unreadable")
            names: Any = document.Root.get("/Names", {})
            found = [key for key in ACTIVE_PDF if key in document.Root or key in names]
            if any(key != "/OpenAction" or "/S" in document.Root["/OpenAction"] for key in found):
                raise Refuse("macros")
    except pikepdf.PasswordError:
        raise Refuse("encrypted") from None
    except pikepdf.PdfError:
        raise Refuse("unreadable") from None


def check_image(path: Path, kind: str) -> None:
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = PIXELS
    warnings.simplefilter("error")
    try:
        with Image.open(path) as image:
            if image.format != kind:
                raise Refuse("mismatch")
            if image.width * image.height > PIXELS:
                raise Refuse("too_complex")
            image.verify()
    except UnidentifiedImageError:
        raise Refuse("mismatch") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refuse("too_complex") from None
    except (OSError, SyntaxError, ValueError):
        raise Refuse("unreadable") from None


def check_office(path: Path, main_part: str) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            names = [entry.filename.lower() for entry in entries]
            if "[content_types].xml" not in names or main_part not in names:
                raise Refuse("mismatch")
            if any(part in name for name in names for part in ACTIVE_PARTS):
                raise Refuse("macros")
            if len(entries) > PARTS or any(name.endswith((".zip", ".docx", ".xlsx", ".jar")) for name in names):
                raise Refuse("too_complex")
            _inflate(archive, entries, path.stat().st_size)
    except zipfile.BadZipFile:
        raise Refuse("mismatch") from None
    except (RuntimeError, NotImplementedError, EOFError, OSError):
        raise Refuse("unreadable") from None


def _inflate(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], packed: int) -> None:
    """Count while inflating: the sizes a zip claims for itself may lie."""
    allowed = min(INFLATED, max(packed * RATIO, 1024 * 1024))
    for entry in entries:
        if entry.flag_bits & 1:
            raise Refuse("encrypted")
        with archive.open(entry) as part:
            while chunk := part.read(65536):
                allowed -= len(chunk)
                if allowed < 0:
                    raise Refuse("too_complex")
                if (
                    entry.filename.lower().endswith(".rels")
                    and b'TargetMode="External"' in chunk
                    and b"hyperlink" not in chunk
                ):
                    raise Refuse("macros")


def check_text(path: Path) -> None:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refuse("mismatch") from None
    if any(ord(c) < 32 and c not in "\t\r\n" for c in text):
        raise Refuse("mismatch")


CHECKS: dict[str, Callable[[Path], None]] = {
    "pdf": check_pdf,
    "png": lambda path: check_image(path, "PNG"),
    "jpg": lambda path: check_image(path, "JPEG"),
    "jpeg": lambda path: check_image(path, "JPEG"),
    "docx": lambda path: check_office(path, "word/document.xml"),
    "xlsx": lambda path: check_office(path, "xl/workbook.xml"),
    "csv": check_text,
    "txt": check_text,
}


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    path, ending = Path(sys.argv[1]), sys.argv[2]
    refused = ""
    try:
        CHECKS[ending](path)
    except Refuse as refusal:
        refused = str(refusal)
    except (MemoryError, RecursionError):
        refused = "too_complex"
    print(json.dumps({"refused": refused}))


if __name__ == "__main__":
    main()
