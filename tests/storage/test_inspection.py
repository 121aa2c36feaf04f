"""What an upload really is: proved by parsing, whatever its name and headers claim."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from portal.storage import FileStore, StoredFileDamaged
from portal.storage.inspection import Inspected, RefusedFile, clean_name, inspect

LIMIT = 20 * 1024 * 1024


def picture(kind: str) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (4, 4), "white").save(made, kind)
    return made.getvalue()


def pdf(*, script: bool = False, password: str = "") -> bytes:
    made, document = io.BytesIO(), pikepdf.new()
    document.add_blank_page()
    if script:
        document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    encryption = pikepdf.Encryption(user=password, owner=password) if password else False
    document.save(made, encryption=encryption)
    return made.getvalue()


def office(main: str, **more: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {"[Content_Types].xml": b"<Types/>", main: b"<document/>", **more}.items():
            archive.writestr(name, content)
    return made.getvalue()


WORD, SHEET = "word/document.xml", "xl/workbook.xml"
GOOD = {
    "a.pdf": pdf(),
    "a.png": picture("PNG"),
    "a.jpg": picture("JPEG"),
    "A.JPEG": picture("JPEG"),
    "a.docx": office(WORD),
    "a.xlsx": office(SHEET),
    "a.csv": "ชื่อ;1\n".encode(),
    "a.txt": b"plain",
}
BAD = {
    "picture named pdf": ("a.pdf", picture("PNG"), "mismatch"),
    "page named picture": ("a.png", pdf(), "mismatch"),
    "html named pdf": ("a.pdf", b"<html><script>1</script>", "mismatch"),
    "svg named picture": ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "mismatch"),
    "jpeg named png": ("a.png", picture("JPEG"), "mismatch"),
    "no ending": ("a", b"x", "type"),
    "svg": ("a.svg", b"<svg/>", "type"),
    "program": ("a.exe", b"MZ", "type"),
    "two endings": ("a.pdf.exe", pdf(), "type"),
    "empty": ("a.txt", b"", "empty"),
    "half a pdf": ("a.pdf", pdf()[:200], "unreadable"),
    "half a picture": ("a.png", picture("PNG")[:60], "unreadable"),
    "locked pdf": ("a.pdf", pdf(password="secret"), "encrypted"),
    "pdf with script": ("a.pdf", pdf(script=True), "macros"),
    "macros": ("a.docx", office(WORD, **{"word/vbaProject.bin": b"x"}), "macros"),
    "plain zip": ("a.docx", office("other.txt"), "mismatch"),
    "sheet named document": ("a.docx", office(SHEET), "mismatch"),
    "zip in a document": ("a.docx", office(WORD, **{"inner.zip": b"x"}), "too_complex"),
    "bomb": ("a.docx", office(WORD, **{"word/bomb.xml": b"0" * 50_000_000}), "too_complex"),
    "many parts": ("a.xlsx", office(SHEET, **{f"xl/{n}.xml": b"x" for n in range(2001)}), "too_complex"),
    "binary text": ("a.txt", b"\x00\x01\x02", "mismatch"),
    "latin text": ("a.csv", "é".encode("latin-1"), "mismatch"),
}


def put(folder: Path, content: bytes) -> Path:
    path = folder / "upload"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("name", GOOD)
def test_a_file_that_is_what_it_says_is_taken(tmp_path: Path, name: str) -> None:
    inspected = inspect(put(tmp_path, GOOD[name]), name, limit=LIMIT)

    assert inspected == Inspected(name, inspected.media_type, len(GOOD[name]))


@pytest.mark.parametrize("case", BAD)
def test_a_file_that_is_not_is_refused_with_its_reason(tmp_path: Path, case: str) -> None:
    name, content, code = BAD[case]

    with pytest.raises(RefusedFile) as refused:
        inspect(put(tmp_path, content), name, limit=LIMIT)

    assert refused.value.code == code


def test_a_picture_of_too_many_points_is_refused_unopened(tmp_path: Path) -> None:
    made = io.BytesIO()
    Image.new("1", (13_000, 13_000)).save(made, "PNG")

    with pytest.raises(RefusedFile) as refused:
        inspect(put(tmp_path, made.getvalue()), "a.png", limit=LIMIT)

    assert refused.value.code == "too_complex"


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\files\\a.pdf", "a.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("line\r\nbreak.pdf", "linebreak.pdf"),
        ("รายงาน ๒๕๖๙.pdf", "รายงาน ๒๕๖๙.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        (" .. ", "file"),
    ],
)
def test_names_are_cleaned_and_never_paths(name: str, cleaned: str) -> None:
    assert clean_name(name) == cleaned


@given(st.text(max_size=300))
def test_any_name_becomes_a_harmless_one(name: str) -> None:
    cleaned = clean_name(name)

    assert 0 < len(cleaned) <= 120
    assert not set(cleaned) & set("/\\\r\n\x00\u202e\u200b")


def test_files_are_kept_by_content_and_checked_when_read(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    digest = store.put_bytes(b"evidence")

    assert store.put_bytes(b"evidence") == digest
    assert store.read(digest) == b"evidence"
    next((tmp_path / "sha256").rglob(digest)).write_bytes(b"altered")
    with pytest.raises(StoredFileDamaged):
        store.read(digest)


@pytest.mark.parametrize("digest", ["../../etc/passwd", "A" * 64, "", "0" * 63])
def test_only_a_hash_is_a_key(tmp_path: Path, digest: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        FileStore(tmp_path).read(digest)
