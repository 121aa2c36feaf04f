"""The submission bundle: a company's answers and profile as one JSON object, read strictly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from portal.domain.answers import Answer, Check, Determination, EvidenceFile, InvalidAnswer, within
from portal.domain.canonical import NotJSON, canonical, digest_of, loads, shown
from portal.domain.envelope import ENVELOPE
from portal.domain.profiles import parse_day, profile_check
from portal.domain.questionnaire import Catalogue, Profile, Questionnaire
from portal.domain.readers import answer_reader, checked_object, determination_reader, named
from portal.domain.versions import once_per_version

__all__ = ["Bundle", "InvalidBundle", "bundle_json", "canonical", "digest_of", "loads", "read_bundle"]

FORMAT = "submission/1"
REQUIRED = ("format", "questionnaire", "as_of")
KEYS = dict.fromkeys((*REQUIRED, "digest", "profile", "answers", "review", *ENVELOPE))

T = TypeVar("T")
Readers = Mapping[str, Callable[[Any], T]]


class InvalidBundle(ValueError):
    """A bundle that cannot be taken. `key` names the place at fault; the text is one line."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(f"{key}: {message}")
        self.key = key
        self.message = message


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a company submits. The keys after `review` are the portal's own and say nothing about the score."""

    questionnaire: str
    as_of: date
    digest: str | None = None
    profile: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, Answer] = field(default_factory=dict)
    review: Mapping[str, Determination] = field(default_factory=dict)
    reference: str | None = None
    #: name, local_name, country
    company: Mapping[str, str] | None = None
    #: start and end, as days YYYY-MM-DD
    period: Mapping[str, str] | None = None
    #: name, position, and the day it was signed on
    signed: Mapping[str, str] | None = None
    #: A moment in UTC, such as "2026-11-23T18:00:00Z".
    submitted_at: str | None = None
    #: Names of the governments that may read it.
    shared_with: tuple[str, ...] = ()
    joins_aggregates: bool | None = None
    #: What worker representatives said before it was signed: body (for whom they speak) and words.
    worker_statements: tuple[Mapping[str, str], ...] = ()


def read_bundle(text: str | bytes, catalogue: Catalogue) -> Bundle:
    """Return the bundle that the JSON holds. Raises InvalidBundle.

    Answers to questions that do not apply are read and kept like all others.
    """
    try:
        return _bundle(loads(text), catalogue)
    except NotJSON as error:
        raise InvalidBundle(error.key, error.message) from None
    except InvalidAnswer as error:
        raise InvalidBundle(error.path.removeprefix(".") or "bundle", error.message) from None


def _bundle(raw: Any, catalogue: Catalogue) -> Bundle:
    checked_object(raw, KEYS)
    for key in REQUIRED:
        if key not in raw:
            raise InvalidAnswer(key, "is missing")
    if raw["format"] != FORMAT:
        raise InvalidAnswer("format", f'must be "{FORMAT}", not {shown(raw["format"])}')
    questionnaire = _questionnaire(raw["questionnaire"], catalogue)
    if "digest" in raw and raw["digest"] != questionnaire.digest:
        raise InvalidAnswer("digest", f"is not that of {questionnaire.reference}")
    for key in sorted(ENVELOPE.keys() & raw.keys()):
        within(key, ENVELOPE[key], raw[key])
    envelope = {key: raw[key] for key in ENVELOPE.keys() & raw.keys()}
    return Bundle(
        questionnaire=questionnaire.reference,
        as_of=_at("as_of", parse_day, raw["as_of"]),
        digest=raw.get("digest"),
        profile=_read_each("profile", raw, _profile_readers(catalogue.profiles[questionnaire.profile]), "field"),
        answers=_read_each("answers", raw, _answer_readers(questionnaire), "question"),
        review=_read_each("review", raw, _review_readers(questionnaire), "question"),
        **envelope | {key: tuple(raw.get(key, ())) for key in ("shared_with", "worker_statements")},
    )


def _questionnaire(reference: Any, catalogue: Catalogue) -> Questionnaire:
    questionnaire = catalogue.questionnaires.get(reference) if isinstance(reference, str) else None
    if questionnaire is None:
        raise InvalidAnswer("questionnaire", f"there is no questionnaire {shown(reference)}")
    return questionnaire


def _read_each(key: str, raw: Mapping[str, Any], readers: Readers[T], noun: str) -> dict[str, T]:
    content = raw.get(key, {})
    if not isinstance(content, dict):
        raise InvalidAnswer(key, "must be an object")
    if not content.keys() <= readers.keys():
        unknown = min(content.keys() - readers.keys())
        raise InvalidAnswer(f"{key}.{named(unknown)}", f"there is no such {noun}")
    read: dict[str, T] = {}
    name = ""
    try:
        for name, value in content.items():
            read[name] = readers[name](value)
    except InvalidAnswer as error:
        raise InvalidAnswer(f"{key}.{name}{error.path}", error.message) from None
    return read


def _at(path: str, read: Callable[[Any], T], value: Any) -> T:
    try:
        return read(value)
    except InvalidAnswer as error:
        raise InvalidAnswer(path + error.path, error.message) from None


def _checked(check: Check) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        check(value)
        return value

    return read


@once_per_version
def _profile_readers(profile: Profile) -> dict[str, Callable[[Any], Any]]:
    return {item.id: _checked(profile_check(item)) for item in profile.fields}


@once_per_version
def _answer_readers(questionnaire: Questionnaire) -> dict[str, Callable[[Any], Answer]]:
    questions = frozenset(questionnaire.by_id)
    return {question.id: answer_reader(question, questions) for question in questionnaire.questions}


@once_per_version
def _review_readers(questionnaire: Questionnaire) -> dict[str, Callable[[Any], Determination]]:
    return {question.id: determination_reader(question) for question in questionnaire.questions}


def bundle_json(bundle: Bundle) -> dict[str, Any]:
    """Return the bundle as `submission/1`; what says nothing is left out, so that equal bundles are equal bytes."""
    written: dict[str, Any] = {
        "format": FORMAT,
        "questionnaire": bundle.questionnaire,
        "digest": bundle.digest,
        "as_of": bundle.as_of.isoformat(),
        "profile": dict(bundle.profile),
        "answers": {name: _answer_json(answer) for name, answer in bundle.answers.items()},
        "review": {name: _determination_json(one) for name, one in bundle.review.items()},
        "reference": bundle.reference,
        "company": bundle.company and dict(bundle.company),
        "period": bundle.period and dict(bundle.period),
        "signed": bundle.signed and dict(bundle.signed),
        "submitted_at": bundle.submitted_at,
        "shared_with": list(bundle.shared_with) or None,
        "joins_aggregates": bundle.joins_aggregates,
        "worker_statements": [dict(statement) for statement in bundle.worker_statements] or None,
    }
    return {key: content for key, content in written.items() if content is not None}


def _answer_json(answer: Answer) -> dict[str, Any]:
    written = {
        "value": answer.value,
        "dont_know": answer.dont_know or None,
        "not_applicable": answer.not_applicable,
        "na_review": answer.na_review if answer.not_applicable is not None else None,
        "evidence": answer.evidence if answer.evidence != "none" else None,
        "plan_end": answer.plan_end and answer.plan_end.isoformat(),
        "comment": answer.comment or None,
        "files": [_file_json(file) for file in answer.files] or None,
    }
    return {key: content for key, content in written.items() if content is not None}


def _file_json(file: EvidenceFile) -> dict[str, Any]:
    return {"name": file.name, "sha256": file.sha256, "bytes": file.bytes, "type": file.type}


def _determination_json(determination: Determination) -> dict[str, Any]:
    written = {"level": determination.level, "state": determination.state, "reason": determination.reason}
    return {key: content for key, content in written.items() if content is not None}
