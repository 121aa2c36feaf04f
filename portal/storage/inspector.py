"""Runs alone in a child process: parse one file of unknown intent and say why to refuse it, or draw a picture of it."""

from __future__ import annotations

import io
import json
import re
import resource
import struct
import sys
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

#: Limits of one inspection: memory in bytes, processor seconds.
MEMORY, SECONDS = 300 * 1024 * 1024, 4
PIXELS = 50_000_000
#: Office files: parts, bytes when inflated, and how much larger than packed.
PARTS, INFLATED, RATIO = 2_000, 200 * 1024 * 1024, 100
ACTIVE_PARTS = ("vbaproject", "activex", "embeddings/", "externallinks/", "oleobject", "customui")
NESTED = (".zip", ".docx", ".xlsx", ".docm", ".xlsm", ".jar", ".rar", ".7z", ".exe", ".js", ".vbs", ".html", ".htm")
ACTIVE_PDF = ("/JavaScript", "/JS", "/EmbeddedFiles", "/AA", "/RichMedia", "/XFA", "/EF")
#: What a PDF may not do when something is clicked or opened; going to a page or to an address is no harm.
ACTS = ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Rendition", "/Movie", "/Sound")
#: Dictionaries of a PDF that are looked at before it counts as too complex.
OBJECTS = 100_000
#: Longest side of a preview, and how good it is.
SIDE, QUALITY = 1600, 85
#: Office files of before 2007, and locked ones of today.
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


class Refuse(Exception):
    """With the code that says why."""


def check_pdf(path: Path) -> None:
    import pikepdf

    with path.open("rb") as file:
        if not file.read(1024).lstrip().startswith(b"%PDF-"):
            raise Refuse("mismatch")
    try:
        with pikepdf.open(path) as document:
            if len(document.pages) == 0:
                raise Refuse("unreadable")
            _check_pdf_objects(document, pikepdf)
    except pikepdf.PasswordError:
        raise Refuse("encrypted") from None
    except (pikepdf.PdfError, ValueError, TypeError, OverflowError):
        raise Refuse("unreadable") from None


def _check_pdf_objects(document: Any, pikepdf: Any) -> None:
    """Whatever could act may hang anywhere: at a page, an annotation, a bookmark, in a form. So all of it is seen."""
    waiting, seen = list(document.objects), 0
    while waiting:
        found = waiting.pop()
        if (seen := seen + 1) > OBJECTS:
            raise Refuse("too_complex")
        if isinstance(found, pikepdf.Array):
            waiting += [part for part in found if not getattr(part, "is_indirect", True)]
        elif isinstance(found, pikepdf.Dictionary | pikepdf.Stream):
            if any(key in found for key in ACTIVE_PDF) or str(found.get("/S", "")) in ACTS:
                raise Refuse("macros")
            waiting += [part for _key, part in found.items() if not getattr(part, "is_indirect", True)]


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
    with path.open("rb") as file:
        head = file.read(8)
        if head == OLD_OFFICE:
            locked = "EncryptedPackage".encode("utf-16-le") in file.read()
            raise Refuse("encrypted" if locked else "mismatch")
    if not head.startswith(b"PK\x03\x04"):
        raise Refuse("mismatch")
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            names = [entry.filename.lower() for entry in entries]
            if "[content_types].xml" not in names or main_part not in names:
                raise Refuse("mismatch")
            if len(set(names)) < len(names):
                raise Refuse("mismatch")
            if any(part in name for name in names for part in ACTIVE_PARTS):
                raise Refuse("macros")
            if len(entries) > PARTS or any(name.endswith(NESTED) for name in names):
                raise Refuse("too_complex")
        _inflate(path, entries)
    except zipfile.BadZipFile:
        raise Refuse("mismatch") from None
    except (RuntimeError, NotImplementedError, EOFError, OSError, zlib.error, struct.error):
        raise Refuse("unreadable") from None


def _inflate(path: Path, entries: list[zipfile.ZipInfo]) -> None:
    """Count while inflating: the sizes a zip claims for itself may lie, and so may what its directory says of it."""
    allowed = min(INFLATED, max(path.stat().st_size * RATIO, 1024 * 1024))
    with path.open("rb") as file:
        for entry in entries:
            if entry.flag_bits & 1:
                raise Refuse("encrypted")
            size, kept = 0, b""
            for chunk in _inflated(file, entry):
                size += len(chunk)
                if size > allowed:
                    raise Refuse("too_complex")
                kept = (kept + chunk)[: 1024 * 1024] if entry.filename.lower().endswith((".rels", ".xml")) else b""
            if size != entry.file_size:
                raise Refuse("mismatch")
            allowed -= size
            _check_part(entry.filename.lower(), kept)


def _inflated(file: IO[bytes], entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """What another program would read there: by the local head, which has to say the same as the directory."""
    file.seek(entry.header_offset)
    head = struct.unpack("<4s5H3L2H", file.read(30))
    name = file.read(head[9])
    if head[0] != b"PK\x03\x04" or head[3] != entry.compress_type:
        raise Refuse("mismatch")
    if name.decode("utf-8" if head[2] & 0x800 else "cp437", "replace") != entry.orig_filename:
        raise Refuse("mismatch")
    if head[2] & 1:
        raise Refuse("encrypted")
    file.seek(head[10], 1)
    left = entry.compress_size
    if entry.compress_type == zipfile.ZIP_STORED:
        while left > 0 and (chunk := file.read(min(left, 65536))):
            left -= len(chunk)
            yield chunk
        return
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise Refuse("unreadable")
    unpacking = zlib.decompressobj(-15)
    while not unpacking.eof:
        packed = unpacking.unconsumed_tail
        if not packed:
            packed = file.read(min(left, 65536))
            left -= len(packed)
        if not packed:
            raise Refuse("mismatch")
        yield unpacking.decompress(packed, 1024 * 1024)
    if left or unpacking.unused_data:
        raise Refuse("mismatch")


def _check_part(name: str, content: bytes) -> None:
    """Nothing an office program would fetch or run: macros by another name, references to outside, own entities."""
    plain = content.replace(b"\0", b"").lower()
    if name == "[content_types].xml" and b"macroenabled" in plain:
        raise Refuse("macros")
    if b"<!doctype" in plain or b"<!entity" in plain:
        raise Refuse("macros")
    if name.endswith(".rels"):
        for link in re.findall(rb"<[\w:]*relationship\b[^>]*>", plain):
            if re.search(rb"targetmode\s*=\s*[\"']\s*external", link) and b"/hyperlink" not in link:
                raise Refuse("macros")
    elif re.search(rb"instrtext[^>]*>\s*dde|<ddelink", plain):
        raise Refuse("macros")


def check_text(path: Path) -> None:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refuse("mismatch") from None
    if _CONTROLS.search(text):
        raise Refuse("mismatch")


def draw_image(path: Path) -> bytes:
    """From the points alone, so that nothing that was said beside them comes along."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = PIXELS
    with Image.open(path, formats=("PNG", "JPEG")) as image:
        image.thumbnail((SIDE, SIDE), Image.Resampling.BICUBIC, reducing_gap=1.5)
        return _as_jpeg(ImageOps.exif_transpose(image))


def _as_jpeg(image: Any) -> bytes:
    from PIL import Image

    if image.mode not in ("RGB", "L", "CMYK"):
        image = image.convert("RGBA")
    plain = Image.new("RGB", image.size, "white")
    plain.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
    made = io.BytesIO()
    plain.save(made, "JPEG", quality=QUALITY)
    return made.getvalue()


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


DRAWING: dict[str, Callable[[Path], bytes]] = {"png": draw_image, "jpg": draw_image}


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    task, path, ending = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    if task == "draw":
        sys.stdout.buffer.write(DRAWING[ending](path))
        return
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
