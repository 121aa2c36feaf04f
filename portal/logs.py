"""What the portal writes about itself: one JSON line per record, with ids and figures, never words of people."""

from __future__ import annotations

import json
import logging
import re
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from traceback import walk_tb
from types import TracebackType

from portal.settings import Mode, Settings

#: Id of the request a record belongs to; the person gets it as X-Request-Id.
request_id: ContextVar[str] = ContextVar("request_id", default="")
#: Frames of a trace that are named, the innermost last.
FRAMES = 6
#: Longest message; a longer one was made from what somebody sent.
LONGEST = 500
ACCESS = "portal.access"
#: Libraries quote what they were given. Links in mails, cookies and form tokens are 20 characters and more; ids of
#: rows are let through.
_ADDRESS = re.compile(r"[^\s@<>\"',;:()=?&/]+@[^\s@<>\"',;:()?&/]+")
_QUERY = re.compile(r"\?[^\s\"'\]]*[=&][^\s\"'\]]*")
_TOKEN = re.compile(r"(?<![\w./-])(?=[\w.+-]*\d)(?=[\w.+-]*[A-Za-z])[\w+-]{20,}(?:\.[\w+-]+)*=*|(?<=/)[\w-]{20,}")
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class JsonLines(logging.Formatter):
    """One line whatever is in it: JSON writes line breaks as \\r and \\n. Of an error only its type and its place."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z",
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if about := request_id.get():
            line["request"] = about
        line |= _facts(record)
        if record.exc_info and record.exc_info[0]:
            line |= {"error": record.exc_info[0].__name__, "where": _places(record.exc_info[2])}
        return json.dumps(line, default=str)


def set_up(settings: Settings) -> None:
    """Write lines to standard output from now on; called once more it changes nothing.

    The demonstration is looked at in a terminal, where a line for every picture and page would only be in the way.
    """
    root = logging.getLogger()
    if not any(isinstance(handler.formatter, JsonLines) for handler in root.handlers):
        lines = logging.StreamHandler(sys.stdout)
        lines.setFormatter(JsonLines())
        root.addHandler(lines)
    root.setLevel(logging.WARNING)
    logging.getLogger("portal").setLevel(logging.INFO)
    logging.getLogger(ACCESS).setLevel(logging.INFO if settings.mode is Mode.PRODUCTION else logging.WARNING)


def without_people(text: str) -> str:
    """The text without addresses, query strings and whatever could be a token, in one short line's length."""
    text = _ADDRESS.sub("[address]", text)
    text = _QUERY.sub("?[…]", text)
    return _TOKEN.sub(lambda found: found[0] if _ID.fullmatch(found[0]) else "[…]", text)[:LONGEST]


def _facts(record: logging.LogRecord) -> dict[str, object]:
    """Our own records come as JSON already; the message of any other is cleaned."""
    message = record.getMessage()
    if record.name.startswith("portal.") and message.startswith("{"):
        try:
            return dict(json.loads(message))
        except ValueError:
            pass
    return {"message": without_people(message)}


def _places(trace: TracebackType | None) -> list[str]:
    """File, line and function, innermost last: the message of an error could quote an answer."""
    frames = [(frame.f_code, line) for frame, line in walk_tb(trace)]
    return [f"{code.co_filename}:{line} {code.co_name}" for code, line in frames[-FRAMES:]]
