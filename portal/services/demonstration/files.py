"""Small evidence files of the demonstration: real PDF, PNG and CSV content made from a few lines of text."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable

from portal.services.evidence import FileStore
from portal.storage.inspection import MEDIA_TYPES, Inspected

#: A line with only this begins the next page of a PDF.
PAGE_BREAK = "\f"
WIDTH, HEIGHT = 240, 160
#: A file as taken in: what it is, and its hash.
Received = tuple[Inspected, str]
COLOURS = {"green": (95, 156, 152), "blue": (61, 81, 102), "ochre": (181, 101, 29)}


def keep_file(store: FileStore, name: str, lines: list[str]) -> Received:
    """Store a file and return what `receive_file` would return for it.

    The content is our own, so no child process has to find out what it is; a test lets it.
    """
    content = content_of(name, lines)
    media_type = MEDIA_TYPES[name.rsplit(".", 1)[-1]]
    return Inspected(name, media_type, len(content)), store.put_bytes(content)


def content_of(name: str, lines: list[str]) -> bytes:
    match name.rsplit(".", 1)[-1]:
        case "pdf":
            return pdf(lines)
        case "png":
            return png(COLOURS[lines[0]])
        case _:
            return ("\r\n".join(lines) + "\r\n").encode()


def pdf(lines: list[str]) -> bytes:
    """A PDF of plain pages in Helvetica, always the same bytes for the same lines."""
    pages = [page.split("\n") for page in "\n".join(lines).split(f"\n{PAGE_BREAK}\n")]
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, page in enumerate(pages):
        resources = f"/Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * number} 0 R"
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] {resources} >>".encode())
        text = _page_text(page)
        objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(text), text))
    return _assembled(objects)


def _page_text(lines: Iterable[str]) -> bytes:
    shown = [line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") for line in lines]
    steps = "\n".join(f"({line}) Tj T*" for line in shown)
    return f"BT /F1 11 Tf 18 TL 56 780 Td\n{steps}\nET".encode("cp1252")


def _assembled(objects: list[bytes]) -> bytes:
    content = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(content)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    content += b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(objects) + 1, rows)
    return content + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)


def png(colour: tuple[int, int, int]) -> bytes:
    """A picture of nothing: a frame and a horizon, in place of a photo of something."""
    rows = b"".join(b"\0" + b"".join(_pixel(x, y, colour) for x in range(WIDTH)) for y in range(HEIGHT))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


def _pixel(x: int, y: int, colour: tuple[int, int, int]) -> bytes:
    framed = min(x, y, WIDTH - 1 - x, HEIGHT - 1 - y) < 6
    return bytes((246, 241, 231)) if framed or y < HEIGHT * (0.35 + 0.1 * (x // 60 % 2)) else bytes(colour)
