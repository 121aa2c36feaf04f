"""What the type of a row in somebody's form comes to here, and why some come to nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass

BEGIN = re.compile(r"begin[ _]?(?P<what>group|repeat|lgroup|looped group|loop)(?: (?:over )?(?P<list>.+))?", re.I)
END = re.compile(r"end[ _]?(?P<what>group|repeat|lgroup|looped group|loop)", re.I)
SELECT = re.compile(
    r"(?:add )?(?P<many>select(?:[ _]?one|1)|select[ _]multiple|select[ _]all[ _]that[ _]apply)"
    r"(?:[ _](?P<outside>external|from[ _]file))?(?: prompt)?(?: (?:using|from))?(?: (?P<list>\S.*?))??"
    r"(?P<other>[ _]or[ _](?:specify[ _])?other)?",
    re.I,
)
PROMPT = re.compile(r"^(?:add |q )|^get | prompt$", re.I)

NUMBERS = {"integer": "integer", "int": "integer", "decimal": "number", "percentage": "number", "range": "number"}
TEXTS = {"text", "string", "date", "time", "datetime", "barcode", "phone number", "email", "url"}
DEVICE = {
    "start", "end", "today", "start time", "end time", "deviceid", "device id", "imei", "subscriberid", "subscriber id",
    "simserial", "sim id", "simid", "phonenumber", "username", "audit", "start-geopoint", "background-audio",
    "background-geopoint", "uri:deviceid", "uri:subscriberid", "uri:simserial", "uri:phonenumber", "uri:username",
    "uri:email", "hidden", "number of days in last month", "number of days in last six months",
    "number of days in last year",
}  # fmt: skip
FILES = {"image", "photo", "picture", "audio", "video", "file", "signature"}
PLACES = {"geopoint", "location", "gps", "geotrace", "geoshape", "osm"}
NOTHING = {
    "cascading_select": "lists that depend on each other are not carried; left out",
    "note": "a note asks nothing; left out",
    "calculate": "there is no question for it here; left out",
    "rank": "an order of preference has no level; left out",
    "acknowledge": "a tick alone has no levels; left out",
    "trigger": "a tick alone has no levels; left out",
    "xml-external": "lists in other files are not read; left out",
    "csv-external": "lists in other files are not read; left out",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """`what`: begin, end, one, several, integer, number, text, calculate, or nothing, with the reason in `why`."""

    what: str
    why: str = ""
    list_name: str = ""
    with_other: bool = False
    block: str = ""


def kind_of(written: str) -> Kind:
    """Classify the type of a row, however it is spelt."""
    text = " ".join(written.split())
    if begin := BEGIN.fullmatch(text):
        return Kind("begin", block=_block(begin["what"]), list_name=begin["list"] or "")
    if end := END.fullmatch(text):
        return Kind("end", block=_block(end["what"]))
    if select := SELECT.fullmatch(text):
        return _select(select)
    name = PROMPT.sub("", text.lower()).strip()
    if name in NUMBERS:
        return Kind(NUMBERS[name])
    if name in TEXTS:
        return Kind("text")
    if name == "calculate":
        return Kind("calculate", NOTHING[name])
    return Kind("nothing", _reason(name, written))


def _block(what: str) -> str:
    return {"group": "group", "loop": "loop"}.get(what.lower(), "repeat")


def _select(found: re.Match[str]) -> Kind:
    if found["outside"]:
        return Kind("nothing", "its choices are in another file, which is not read; left out")
    what = "one" if re.search(r"one|1", found["many"].lower()) else "several"
    return Kind(what, list_name=found["list"] or "", with_other=bool(found["other"]))


def _reason(name: str, written: str) -> str:
    first = name.split(" ")[0]
    if name in DEVICE:
        return "the device fills it in, nobody is asked; left out"
    if name in FILES:
        return "files are attached as evidence of any question here; left out"
    if name in PLACES or first in PLACES:
        return "a place on the map has no level; left out"
    if name in NOTHING or first in NOTHING:
        return NOTHING.get(name) or NOTHING[first]
    return f"{written[:60]!r} is no type that we know; left out"
