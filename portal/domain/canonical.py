"""Strict JSON in, canonical JSON (RFC 8785) out, and digests of it."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

DEEPEST = 20
TOO_DEEP = f"nested more than {DEEPEST} levels deep"
#: Above this two programs may read the same digits as different numbers (RFC 8785, section 3.2.2.3).
LARGEST = 2**53 - 1

CONTAINERS = frozenset((dict, list))
CONSTANTS = {None: "null", True: "true", False: "false"}
#: Whatever no text may hold: controls but tab and line feed, lone surrogates, non-characters.
UNFIT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
    + "]"
)
ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class NotJSON(ValueError):
    """The text is not the strict JSON we take. `key` names the place: a key, or a line and column."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(f"{key}: {message}")
        self.key = key
        self.message = message


def loads(text: str | bytes) -> Any:
    """Read strict JSON. Raises NotJSON.

    Refused beside what JSON refuses: bytes that are not UTF-8, NaN and infinities, keys that appear twice, lone
    surrogates, more than 20 levels, numbers beyond 2**53 - 1. A number such as 3.0 is read as 3, the same number.
    """
    document = _decoded(text)
    try:
        read = _DECODER.decode(document)
    except json.JSONDecodeError as error:
        raise NotJSON(f"line {error.lineno} column {error.colno}", f"not JSON: {error.msg}") from None
    except RecursionError:
        raise NotJSON("JSON", TOO_DEEP) from None
    _refuse_depth(read)
    if "\\u" in document and ESCAPED_SURROGATE.search(document) and _has_surrogate(read):
        raise NotJSON("JSON", "a text holds half a character (lone surrogate)")
    return read


def _decoded(text: str | bytes) -> str:
    try:
        if isinstance(text, bytes):
            return text.decode("utf-8")
        text.encode("utf-8")
    except UnicodeDecodeError as error:
        raise NotJSON(f"byte {error.start + 1}", "not UTF-8") from None
    except UnicodeEncodeError as error:
        raise NotJSON(f"character {error.start + 1}", "not UTF-8") from None
    return text


def _refuse_depth(read: Any) -> None:
    containers = [read] if type(read) in CONTAINERS else []
    for _ in range(DEEPEST):
        if not containers:
            return
        containers = [
            item
            for value in containers
            for item in (value.values() if type(value) is dict else value)
            if type(item) in CONTAINERS
        ]
    if containers:
        raise NotJSON("JSON", TOO_DEEP)


def _has_surrogate(read: Any) -> bool:
    try:
        json.dumps(read, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise NotJSON(shown(key), "appears twice in the same object")
            seen.add(key)
    return read


@lru_cache(maxsize=1024)
def _integer(digits: str) -> int:
    if len(digits) > 15 and (len(digits) > 17 or abs(int(digits)) > LARGEST):
        raise NotJSON(shown(digits), "the number is too large")
    return int(digits)


def _decimal(digits: str) -> int | float:
    read = float(digits)
    if not abs(read) <= LARGEST:
        raise NotJSON(shown(digits), "the number is too large")
    return int(read) if read.is_integer() else read


def _constant(name: str) -> Any:
    raise NotJSON(name, "not a number that JSON knows")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_decimal, parse_constant=_constant
)


def shown(value: Any) -> str:
    """Return a value as it may stand in a one-line message: printable, and short."""
    written = json.dumps(value, default=str)
    return written if len(written) <= 60 else f"{written[:57]}..."


def canonical(value: Any) -> bytes:
    """Return the one way to write `value` (RFC 8785). Raises NotJSON for text that is not in normal form C."""
    return _written(value).encode("utf-8")


def digest_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _written(value: Any) -> str:
    """By exact type first: questionnaires are digested at every start, and pattern matching is five times as slow."""
    kind = type(value)
    if kind is str:
        return _text(value)
    if kind is dict or isinstance(value, Mapping):
        ordered = sorted(value) if all(map(str.isascii, value)) else sorted(value, key=_utf16)
        return "{" + ",".join([f"{_text(key)}:{_written(value[key])}" for key in ordered]) + "}"
    if kind is list or (isinstance(value, Sequence) and not isinstance(value, str)):
        return "[" + ",".join([_written(item) for item in value]) + "]"
    if value is None or kind is bool:
        return CONSTANTS[value]
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, str):
        return _text(value)
    raise TypeError(f"{kind.__name__} has no canonical JSON")


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be")


def _text(value: str) -> str:
    if UNFIT.search(value):
        raise NotJSON(shown(value), "holds characters that no text may hold")
    if not unicodedata.is_normalized("NFC", value):
        raise NotJSON(shown(value), "not in Unicode normal form C")
    return encode_basestring(value)


def _number(value: int | float) -> str:
    """Write a number as ECMAScript does (RFC 8785, section 3.2.2.3); Python differs only in the exponents."""
    if not abs(value) <= LARGEST:
        raise NotJSON(shown(value), "the number is too large")
    if isinstance(value, int) or value.is_integer():
        return str(int(value))
    sign, digits, exponent = ("-" if value < 0 else "", *_shortest(abs(value)))
    point = len(digits) + exponent
    if point > 0:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if point > -6:
        return f"{sign}0.{digits.rjust(len(digits) - point, '0')}"
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{fraction}e{point - 1}"


def _shortest(value: float) -> tuple[str, int]:
    """Return the shortest digits and the power of ten that read back as `value`."""
    mantissa, _, exponent = repr(value).partition("e")
    before, _, after = mantissa.partition(".")
    digits = (before + after).lstrip("0")
    power = int(exponent or 0) - len(after)
    stripped = digits.rstrip("0")
    return stripped, power + len(digits) - len(stripped)
