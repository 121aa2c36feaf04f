"""From the JSON of a bundle's parts to answers and determinations; whatever is not as agreed is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
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
from portal.domain.profiles import check_day, parse_day
from portal.domain.questionnaire import Flag, Question

PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]{1,40}")
SHA256 = re.compile(r"[0-9a-f]{64}")
MOST_FILES = 200

#: Companies choose among few answers, so what was read and checked once need not be again. Free text is never the same.
OFTEN_REPEATED = frozenset(("value", "evidence", "dont_know", "na_review", "plan_end"))
SCALARS = frozenset((str, int, type(None)))
MOST_REMEMBERED = 256


def named(key: str) -> str:
    """Return a key as it may stand in a one-line message."""
    return key if PLAIN_KEY.fullmatch(key) else shown(key)


def checked_object(value: Any, keys: Mapping[str, Any]) -> None:
    if not isinstance(value, dict):
        raise InvalidAnswer("", "must be an object")
    if not value.keys() <= keys.keys():
        raise InvalidAnswer(f".{named(min(value.keys() - keys.keys()))}", "unknown key")


def check_parts(value: Any, checks: Mapping[str, Check]) -> None:
    """Check what stands at each key; one `try` around them all, because this is where most of the time goes."""
    checked_object(value, checks)
    key = ""
    try:
        for key, content in value.items():
            checks[key](content)
    except InvalidAnswer as error:
        raise InvalidAnswer(f".{key}{error.path}", error.message) from None


def answer_reader(question: Question, questions: frozenset[str]) -> Callable[[Any], Answer]:
    """Return the reader of answers to one question of a questionnaire with these `questions`."""
    checks = {**ANSWER_CHECKS, "value": _value_check(question, questions)}

    def read_anew(raw: Any) -> Answer:
        check_parts(raw, checks)
        if "plan_end" in raw:
            raw = raw | {"plan_end": parse_day(raw["plan_end"])}
        if "files" in raw:
            raw = raw | {"files": tuple(EvidenceFile(**file) for file in raw["files"])}
        answer = Answer(**raw)
        if answer.dont_know or answer.not_applicable is not None:
            refuse_contradiction(question, answer)
        return answer

    # By type as well, because true is not 1.
    remembered = lru_cache(maxsize=MOST_REMEMBERED, typed=True)(lambda **raw: read_anew(raw))

    def read(raw: Any) -> Answer:
        if type(raw) is dict and raw.keys() <= OFTEN_REPEATED and type(raw.get("value")) in SCALARS:
            try:
                return remembered(**raw)
            except TypeError:
                # A list where none may be has no place in a memory; what is wrong with it is said below.
                pass
        return read_anew(raw)

    return read


def _value_check(question: Question, questions: frozenset[str]) -> Check:
    check, links = checker(question), linking_columns(question)

    def check_linked(value: Any) -> None:
        check(value)
        for column in links:
            check_links(value, column, questions)

    return check_linked if links else check


def refuse_contradiction(question: Question, answer: Answer) -> None:
    """One of the three: a value, "don't know", "not applicable"; the last only where no flag forbids it."""
    if sum((answer.value is not None, answer.dont_know, answer.not_applicable is not None)) > 1:
        key = ".dont_know" if answer.dont_know else ".not_applicable"
        raise InvalidAnswer(key, "contradicts the rest of the answer")
    if answer.not_applicable is not None and question.flag is not None:
        raise InvalidAnswer(".not_applicable", "a critical or red-flag question cannot be left out")


def check_links(rows: list[dict[str, Any]], column: str, questions: frozenset[str]) -> None:
    for place, row in enumerate(rows):
        if (linked := row.get(column, "")) and linked not in questions:
            raise InvalidAnswer(f"[{place}].{column}", f"there is no question {shown(linked)}")


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


def check_files(value: Any) -> None:
    if not isinstance(value, list) or len(value) > MOST_FILES:
        raise InvalidAnswer("", f"must be a list of at most {MOST_FILES} files")
    for place, raw in enumerate(value):
        within(f"[{place}]", _check_file, raw)


def _check_file(raw: Any) -> None:
    check_parts(raw, FILE_CHECKS)
    if missing := FILE_CHECKS.keys() - raw.keys():
        raise InvalidAnswer(f".{min(missing)}", "is missing")


#: All keys of an answer but `value`, which each question checks in its own way.
ANSWER_CHECKS: Mapping[str, Check] = {
    "dont_know": check_truth,
    "not_applicable": check_filled_text,
    "na_review": one_of(frozenset(NA_REVIEWS)),
    "evidence": one_of(frozenset(EVIDENCE)),
    "plan_end": check_day,
    "comment": check_text,
    "files": check_files,
}

DETERMINATION_CHECKS: Mapping[str, Check] = {
    "level": check_level,
    "state": one_of(frozenset(get_args(RedFlag))),
    "reason": check_text,
}


def determination_reader(question: Question) -> Callable[[Any], Determination]:
    def read(raw: Any) -> Determination:
        check_parts(raw, DETERMINATION_CHECKS)
        if "level" not in raw and "state" not in raw:
            raise InvalidAnswer("", "needs a level or a state")
        if "state" in raw and question.flag is not Flag.RED_FLAG:
            raise InvalidAnswer(".state", "only a red-flag question has a state")
        return Determination(level=raw.get("level"), state=raw.get("state"), reason=raw.get("reason", ""))

    return read
