"""Workbooks altered in thousands of ways, by chance but always the same chance."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date

from portal.domain.answers import Answer
from tests.spreadsheets.trial import packed, parts_of, workbook

ANSWERS = {
    "TRY-ALL-01": Answer(value=2, comment="A comment"),
    "TRY-ALL-02": Answer(value="found_remediating", plan_end=date(2027, 1, 31)),
    "TRY-ALL-03": Answer(not_applicable="We buy nothing"),
    "TRY-ALL-05": Answer(value=["association"]),
    "TRY-ALL-06": Answer(value=12.5),
    "TRY-ALL-07": Answer(value=[{"cost": "Visa", "payer": "worker", "burden": 3, "origin": "TH"}]),
}
SHEET, TABLE, STRINGS = "xl/worksheets/sheet2.xml", "xl/worksheets/sheet3.xml", "xl/sharedStrings.xml"
#: What stands in place of a value or an attribute.
ODD = (
    "", "NaN", "nan", "INF", "-inf", "1e999", "1E5", "-1", "0", "60", "2958466", "99999999999999999999", "9" * 5000,
    "#REF!", "#N/A", "TRUE", "=1+1", "A0", "XFE1", "A1:XFD1048576", "A99999999999", "../../etc/passwd", "\u202e",
    "&#0;", "&#xD800;", "&#x1F600;", "&lt;r&gt;", "_x000B_", "_xD83D_", "_x0000_", "１２", "٣", "x" * 40_000,
)  # fmt: skip
CELLS = (
    '<c r="D4" t="e"><v>#REF!</v></c>', '<c r="D4" t="b"><v>1</v></c>', '<c r="D4" t="b"><v>maybe</v></c>',
    '<c r="D4"><f>1+1</f><v>2</v></c>', '<c r="D4" t="str"><f>CMD()</f><v>x</v></c>',
    '<c r="D4"><f t="array" ref="A1:XFD1048576">1</f></c>', '<c r="D4"><f t="shared" si="9"/></c>',
    '<c r="D4"><f t="dataTable" ref="D4" bad="1"/></c>', '<c r="D4" t="d"><v>1899-12-31T00:00:00</v></c>',
    '<c r="D4" t="d"><v>not a day</v></c>', '<c r="D4" t="s"><v>999999</v></c>', '<c r="D4" t="s"><v>-1</v></c>',
    '<c r="D4" t="inlineStr"><is><t>inline</t></is></c>', '<c r="D4" t="inlineStr"/>', '<c r="D4" t="odd"><v>1</v></c>',
    '<c r="D4" s="99999"><v>1</v></c>', '<c r="D4" s="x"><v>1</v></c>', "<c><v>1</v></c>", '<c r=""><v>1</v></c>',
    '<c r="D4"><v>NaN</v></c>', '<c r="D4"><v>1e999</v></c>', '<c r="F5" s="9"><v>-5</v></c>',
    '<c r="F5" s="9"><v>0</v></c>', '<c r="F5" s="9"><v>60</v></c>', '<c r="F5" s="9"><v>1462</v></c>',
    '<c r="F5" s="9"><v>1e300</v></c>', "<v>1</v>", "<c><c><c/></c></c>",
)  # fmt: skip
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'

Alter = Callable[[random.Random, bytes], bytes]


def of_part(change: Callable[[random.Random, bytes], bytes], *names: str) -> Alter:
    """Alter one part, one of `names` or any."""

    def alter(chance: random.Random, content: bytes) -> bytes:
        parts = parts_of(content)
        name = chance.choice(names or sorted(parts))
        return packed(parts | {name: change(chance, parts[name])})

    return alter


def flip_bytes(chance: random.Random, content: bytes) -> bytes:
    made = bytearray(content)
    for _ in range(chance.randint(1, 20)):
        made[chance.randrange(len(made))] = chance.randrange(256)
    return bytes(made)


def cut(chance: random.Random, content: bytes) -> bytes:
    return content[: chance.randrange(len(content))]


def repeat_a_stretch(chance: random.Random, content: bytes) -> bytes:
    start = chance.randrange(len(content))
    stretch = content[start : start + chance.randrange(1, 400)]
    return content[:start] + stretch * chance.randint(2, 5) + content[start:]


def drop_a_tag(chance: random.Random, xml: bytes) -> bytes:
    return _replaced(chance, rb"<[^>]*>", xml, lambda found: b"")


def repeat_a_tag(chance: random.Random, xml: bytes) -> bytes:
    return _replaced(chance, rb"<[^>]*>", xml, lambda found: found * chance.randint(2, 50))


def odd_attribute(chance: random.Random, xml: bytes) -> bytes:
    return _replaced(chance, rb'="[^"]*"', xml, lambda _: f'="{chance.choice(ODD)}"'.encode())


def odd_text(chance: random.Random, xml: bytes) -> bytes:
    return _replaced(chance, rb">[^<]+<", xml, lambda _: f">{chance.choice(ODD)}<".encode())


def odd_cell(chance: random.Random, xml: bytes) -> bytes:
    return _replaced(chance, rb"<c [^>]*(?:/>|>.*?</c>)", xml, lambda _: chance.choice(CELLS).encode())


def swap_two_cells(chance: random.Random, xml: bytes) -> bytes:
    cells = re.findall(rb"<c [^>]*>.*?</c>", xml)
    if len(cells) < 2:
        return xml[::-1]
    one, other = chance.sample(cells, 2)
    return xml.replace(one, b"\0").replace(other, one).replace(b"\0", other)


def flip_in_part(chance: random.Random, xml: bytes) -> bytes:
    return flip_bytes(chance, xml) if xml else b"<"


def deep(chance: random.Random, xml: bytes) -> bytes:
    depth = chance.choice((30, 60, 1000, 100_000))
    return xml.replace(b"</worksheet>", b"<a>" * depth + b"</a>" * depth + b"</worksheet>")


def declared(chance: random.Random, xml: bytes) -> bytes:
    body = xml.split(b"?>", 1)[-1]
    return chance.choice((BOMB, OUTSIDE, "<!DOCTYPE a>")).encode() + body.replace(b"<t>", b"<t>&i;", 1)


def other_encoding(chance: random.Random, xml: bytes) -> bytes:
    text = xml.decode().replace("UTF-8", name := chance.choice(("UTF-16", "UTF-7", "latin-1", "EBCDIC", "cp037")))
    try:
        return text.encode(name)
    except (LookupError, UnicodeEncodeError):
        return text.encode()


def many_rows(chance: random.Random, xml: bytes) -> bytes:
    row = chance.choice(("<row/>", '<row><c t="n"><v>1</v></c></row>', '<row r="1048576"/>')).encode()
    return xml.replace(b"</sheetData>", row * chance.choice((1000, 50_000, 150_000)) + b"</sheetData>")


def many_strings(chance: random.Random, xml: bytes) -> bytes:
    one, count = chance.choice(
        (("<si/>", 300_000), ("<si><t>x</t></si>", 50_000), (f"<si><t>{'x' * 5000}</t></si>", 3000))
    )
    return xml.replace(b"</sst>", one.encode() * count + b"</sst>")


def one_string_everywhere(chance: random.Random, content: bytes) -> bytes:
    """A long text named by very many cells: small in the file, endless once read."""
    parts = parts_of(content)
    size, cells = chance.choice(((30_000, 50_000), (1_000_000, 500)))
    parts[STRINGS] = parts[STRINGS].replace(b"<si>", f"<si><t>{'y' * size}</t></si><si>".encode(), 1)
    rows = b"".join(b'<row><c t="s"><v>0</v></c></row>' for _ in range(cells))
    parts[SHEET] = parts[SHEET].replace(b"</sheetData>", rows + b"</sheetData>")
    return packed(parts)


def other_parts(chance: random.Random, content: bytes) -> bytes:
    """Parts missing, doubled, of other names, or of a kind no workbook of answers has."""
    parts = parts_of(content)
    match chance.randrange(6):
        case 0:
            parts.pop(chance.choice(sorted(parts)))
        case 1:
            parts[chance.choice(("xl/vbaProject.bin", "xl/externalLinks/externalLink1.xml", "xl/activeX/a.bin"))] = b"x"
        case 2:
            parts |= {f"xl/junk{n}.xml": b"<a/>" for n in range(chance.choice((10, 500)))}
        case 3:
            parts["xl/bomb.xml"] = b"<a>" + b" " * chance.choice((10**6, 25 * 10**6)) + b"</a>"
        case 4:
            name = chance.choice(sorted(parts))
            parts["../" + name] = parts.pop(name)
        case _:
            rels = "xl/_rels/workbook.xml.rels"
            parts[rels] = parts[rels].replace(b'Target="', b'TargetMode="External" Target="http://127.0.0.1/', 1)
    return packed(parts)


def macro_type(chance: random.Random, xml: bytes) -> bytes:
    return xml.replace(
        b"spreadsheetml.sheet.main+xml", chance.choice((b"template.main+xml", b"sheet.macroEnabled.main"))
    )


def lying_zip(chance: random.Random, content: bytes) -> bytes:
    """Sizes, flags and methods in the headers that are not so."""
    made = bytearray(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        start = archive.start_dir
    place = start + chance.choice((8, 10, 20, 24, 28, 30, 32, 42))
    made[place : place + 2] = chance.choice((b"\xff\xff", b"\x00\x00", b"\x01\x00", b"\x63\x00"))
    return bytes(made)


WAYS: tuple[Alter, ...] = (
    flip_bytes, cut, repeat_a_stretch, lying_zip, other_parts, one_string_everywhere,
    *(of_part(change) for change in (drop_a_tag, repeat_a_tag, odd_attribute, odd_text, flip_in_part, declared)),
    of_part(other_encoding), of_part(macro_type, "[Content_Types].xml"),
    *(of_part(change, SHEET, TABLE) for change in (odd_cell, odd_text, odd_attribute, swap_two_cells, deep)),
    *(of_part(change, SHEET, TABLE) for change in (odd_cell, odd_cell, drop_a_tag)),
    of_part(many_rows, SHEET, TABLE), of_part(many_strings, STRINGS), of_part(odd_text, STRINGS),
)  # fmt: skip


def mutants(count: int, *, seed: int = 0) -> Iterator[tuple[str, bytes]]:
    """So many altered workbooks, each with a name that tells how to make it again."""
    original = workbook(ANSWERS)
    for number in range(count):
        chance = random.Random(f"{seed}/{number}")
        way = WAYS[number % len(WAYS)]
        yield f"{seed}/{number}", way(chance, original)


def _replaced(chance: random.Random, pattern: bytes, xml: bytes, by: Callable[[bytes], bytes]) -> bytes:
    found = list(re.finditer(pattern, xml, re.DOTALL))
    if not found:
        return xml + b"<"
    one = chance.choice(found)
    return xml[: one.start()] + by(one[0]) + xml[one.end() :]
