"""What a workbook says about itself on its hidden sheet, and how the portal knows that nobody changed it."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from portal.domain.canonical import NotJSON, loads
from portal.spreadsheets.layout import FORMAT

#: Characters in one cell; a spreadsheet program takes 32,767.
CHUNK = 20_000
#: Set apart from whatever else the same secret signs.
PURPOSE = b"workbook/1 metadata"


class Unfit(Exception):
    """The metadata is not ours. `code`: foreign (there is none), altered."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Metadata:
    """`assessment` is none for a blank workbook, which belongs to nobody and is not signed."""

    questionnaire: str
    digest: str
    #: The fixed words of its drop-downs, by key: a translation may have changed since.
    words: Mapping[str, str]
    made_at: str = ""
    assessment: UUID | None = None
    company: UUID | None = None
    #: Of the assessment, when the workbook was made.
    version: int = 0
    #: Question id -> version of its answer at that moment, and the fingerprint of what stood in the workbook.
    answers: Mapping[str, tuple[int, str]] = field(default_factory=dict)


def written(metadata: Metadata, key: bytes | None) -> tuple[list[str], str]:
    """The text of the cells, and the signature (empty for a blank workbook)."""
    content = {
        "format": FORMAT,
        "questionnaire": metadata.questionnaire,
        "digest": metadata.digest,
        "words": dict(metadata.words),
        "made_at": metadata.made_at,
        "assessment": str(metadata.assessment or ""),
        "company": str(metadata.company or ""),
        "version": metadata.version,
        "answers": {question: list(stood) for question, stood in metadata.answers.items()},
    }
    text = json.dumps(content, sort_keys=True)
    chunks = [text[start : start + CHUNK] for start in range(0, len(text), CHUNK)]
    return chunks, _signature(text, key) if key and metadata.assessment else ""


def read(chunks: Sequence[str], signature: str, key: bytes) -> Metadata:
    """Return what the hidden sheet says. Raises Unfit."""
    text = "".join(chunks)
    if not text:
        raise Unfit("foreign")
    try:
        content = loads(text)
        metadata = _metadata(content)
    except (NotJSON, KeyError, TypeError, ValueError, AttributeError):
        raise Unfit("altered") from None
    if content["format"] != FORMAT:
        raise Unfit("foreign")
    if metadata.assessment is None and not signature:
        return metadata
    if not hmac.compare_digest(_signature(text, key).encode(), signature.encode("utf-8", "replace")):
        raise Unfit("altered")
    return metadata


def moment(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _metadata(content: Any) -> Metadata:
    return Metadata(
        questionnaire=_text(content["questionnaire"]),
        digest=_text(content["digest"]),
        words={_text(key): _text(word) for key, word in content["words"].items()},
        made_at=_text(content["made_at"]),
        assessment=UUID(content["assessment"]) if content["assessment"] else None,
        company=UUID(content["company"]) if content["company"] else None,
        version=int(content["version"]),
        answers={_text(key): (int(stood[0]), _text(stood[1])) for key, stood in content["answers"].items()},
    )


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 500:
        raise TypeError("not a short text")
    return value


def _signature(text: str, key: bytes) -> str:
    own = hmac.new(key, PURPOSE, hashlib.sha256).digest()
    return hmac.new(own, text.encode(), hashlib.sha256).hexdigest()
