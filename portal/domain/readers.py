"""From the JSON of a bundle's parts to answers and determinations; whatever is not as agreed is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, get_args

from portal.domain.answers import (
    EVIDENCE,
    NA_REVIEWS,
    Answer,
    Check,
    Determination,
    EvidenceFile,
    InvalidAnswer,
    check_level,
    check_text,
    checker,
    number_between,
    one_of,
    within,
)
from portal.domain.canonical import shown
from portal.domain.incidents import RedFlag
from portal.domain.plans import linking_columns
from portal.domain.profiles import parse_day
from portal.domain.questionnaire import Flag, Question

PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]{1,40}")
SHA256 = re.compile(r"[0-9a-f]{64}")
MOST_FILES = 200

#: Reads the content of one key of an answer.
Read = Callable[[Any], Any]


def named(key: str) -> str:
    """Return a key as it may stand in a one-line message."""
    return key if PLAIN_KEY.fullmatch(key) else shown(key)


def checked_object(value: Any, keys: Mapping[str, Any] | frozenset[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidAnswer("", "must be an object")
    if not value.keys() <= keys if isinstance(keys, frozenset) else not value.keys() <= keys.keys():
        unknown = min(key for key in value if key not in keys)
        raise InvalidAnswer(f".{named(unknown)}", "unknown key")
    return value


def answer_reader(question: Question, questions: frozenset[str]) -> Callable[[Any], Answer]:
    """Return the reader of answers to one question of a questionnaire with these `questions`."""
    readers = {**ANSWER_READERS, "value": _value_reader(question, questions)}

    def read(raw: Any) -> Answer:
        checked_object(raw, readers)
        answer = Answer(**read_parts(raw, readers))
        if len(raw.keys() & STATEMENTS) > 1:
            refuse_contradiction(answer)
        if answer.not_applicable is not None and question.flag is not None:
            raise InvalidAnswer(".not_applicable", "a critical or red-flag question cannot be left out")
        return answer

    return read


def _value_reader(question: Question, questions: frozenset[str]) -> Read:
    check, links = checker(question), linking_columns(question)

    def read(value: Any) -> Any:
        check(value)
        for column in links:
            check_links(value, column, questions)
        return value

    return read


def read_parts(raw: Mapping[str, Any], readers: Mapping[str, Read]) -> dict[str, Any]:
    """Read what stands at each key; one `try` around them all, because this is what most of the time goes into."""
    read = {}
    key = ""
    try:
        for key, content in raw.items():
            read[key] = readers[key](content)
    except InvalidAnswer as error:
        raise InvalidAnswer(f".{key}{error.path}", error.message) from None
    return read


def refuse_contradiction(answer: Answer) -> None:
    """One of the three: a value, "don't know", "not applicable"; `"dont_know": false` says nothing."""
    said = (answer.value is not None, answer.dont_know, answer.not_applicable is not None)
    if sum(said) > 1:
        key = ".dont_know" if answer.dont_know else ".not_applicable"
        raise InvalidAnswer(key, "contradicts the rest of the answer")


def check_links(rows: list[dict[str, Any]], column: str, questions: frozenset[str]) -> None:
    for place, row in enumerate(rows):
        if (linked := row.get(column, "")) and linked not in questions:
            raise InvalidAnswer(f"[{place}].{column}", f"there is no question {shown(linked)}")


def kept(check: Check) -> Read:
    """Return a reader that keeps what passes the check."""

    def read(value: Any) -> Any:
        check(value)
        return value

    return read


def check_truth(value: Any) -> None:
    if not isinstance(value, bool):
        raise InvalidAnswer("", "must be true or false")


def check_filled_text(value: Any) -> None:
    check_text(value)
    if not value.strip():
        raise InvalidAnswer("", "must not be empty")


def check_digest(value: Any) -> None:
    if not isinstance(value, str) or not SHA256.fullmatch(value):
        raise InvalidAnswer("", "must be 64 hexadecimal digits")


FILE_CHECKS: Mapping[str, Check] = {
    "name": check_filled_text,
    "sha256": check_digest,
    "bytes": number_between(0, None, whole=True),
    "type": check_filled_text,
}


def read_files(value: Any) -> tuple[EvidenceFile, ...]:
    if not isinstance(value, list) or len(value) > MOST_FILES:
        raise InvalidAnswer("", f"must be a list of at most {MOST_FILES} files")
    for place, raw in enumerate(value):
        within(f"[{place}]", _check_file, raw)
    return tuple(EvidenceFile(**raw) for raw in value)


def _check_file(raw: Any) -> None:
    checked_object(raw, FILE_CHECKS)
    for key, check in FILE_CHECKS.items():
        if key not in raw:
            raise InvalidAnswer(f".{key}", "is missing")
        within(f".{key}", check, raw[key])


#: All keys of an answer but `value`, which each question reads in its own way.
ANSWER_READERS: Mapping[str, Read] = {
    "dont_know": kept(check_truth),
    "not_applicable": kept(check_filled_text),
    "na_review": kept(one_of(frozenset(NA_REVIEWS))),
    "evidence": kept(one_of(frozenset(EVIDENCE))),
    "plan_end": parse_day,
    "comment": kept(check_text),
    "files": read_files,
}
STATEMENTS = frozenset(("value", "dont_know", "not_applicable"))

DETERMINATION_CHECKS: Mapping[str, Check] = {
    "level": check_level,
    "state": one_of(frozenset(get_args(RedFlag))),
    "reason": check_text,
}


def determination_reader(question: Question) -> Callable[[Any], Determination]:
    def read(raw: Any) -> Determination:
        checked_object(raw, DETERMINATION_CHECKS)
        for key, content in raw.items():
            within(f".{key}", DETERMINATION_CHECKS[key], content)
        if "level" not in raw and "state" not in raw:
            raise InvalidAnswer("", "needs a level or a state")
        if "state" in raw and question.flag is not Flag.RED_FLAG:
            raise InvalidAnswer(".state", "only a red-flag question has a state")
        return Determination(level=raw.get("level"), state=raw.get("state"), reason=raw.get("reason", ""))

    return read
