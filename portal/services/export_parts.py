"""What stands in an export, part by part: rows as tables, frozen bundles as they were hashed, files by their hash."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from portal.authz import Principal, visible
from portal.domain.bundle import bundle_json
from portal.domain.questionnaire import Catalogue
from portal.models import (
    ActionFile,
    AnswerVersion,
    Assessment,
    Assignment,
    Bookmark,
    Comment,
    CompanyProfile,
    CorrectiveAction,
    Evidence,
    Membership,
    Organisation,
    ReportFile,
    Review,
    ScanState,
    SectionDone,
    Share,
    Submission,
    User,
    WorkerStatement,
)
from portal.services import receipts, scans, submissions, trail
from portal.services.trail import Actor

#: Every kind of row that belongs to a company and that people would miss.
TABLES: tuple[type[Any], ...] = (
    Organisation,
    CompanyProfile,
    Assessment,
    AnswerVersion,
    SectionDone,
    Bookmark,
    Assignment,
    Comment,
    WorkerStatement,
    Evidence,
    CorrectiveAction,
    ActionFile,
    Submission,
    Share,
    Review,
)
#: Of submissions the bundle is a file of its own, and the key of the button says nothing.
LEFT_OUT = frozenset({"bundle", "idempotency_key"})
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Text:
    """A file whose content is made here."""

    path: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one kind: written as JSON and as a table."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """A file of the store."""

    path: str
    sha256: str


Part = Text | Rows | Stored


def parts(session: Session, principal: Principal, catalogue: Catalogue, *, at: datetime) -> Iterator[Part]:
    """Everything of the company that `principal` may see, and nothing else: each row comes through their scope."""
    for model in TABLES:
        yield _rows(session, principal, model)
    yield _people(session, principal)
    yield _trail(session, principal)
    folders = {}
    for one in session.scalars(visible(principal, Assessment).order_by(Assessment.period_start, Assessment.id)):
        name = f"{one.questionnaire.partition('@')[0]}-{one.period_start}-{str(one.id)[:8]}"
        folders[one.id] = f"assessments/{name}"
        if one.questionnaire in catalogue.questionnaires:
            draft = bundle_json(submissions.draft_bundle(session, one, catalogue, at=at))
            yield Text(f"{folders[one.id]}/answers.json", _json(draft))
    yield from _submissions(session, principal)
    yield from _evidence(session, principal, folders)
    files = session.scalars(visible(principal, ActionFile).order_by(ActionFile.uploaded_at, ActionFile.id)).all()
    for number, file in enumerate((one for one in files if not scans.is_infected(session, one.sha256)), 1):
        yield Stored(f"actions/{number:03}-{safe_name(file.name)}", file.sha256)


def safe_name(name: str) -> str:
    """A name that is no path and fits every file system, whatever it was called."""
    kept = _UNSAFE.sub("_", name).strip(" .")
    stem, dot, ending = kept.rpartition(".")
    short = f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}" if dot and len(ending) < 10 else kept[:LONGEST_NAME]
    return short or "file"


def _submissions(session: Session, principal: Principal) -> Iterator[Part]:
    for one in session.scalars(visible(principal, Submission).order_by(Submission.submitted_at)):
        folder = f"submissions/{one.reference}-v{one.version}"
        yield Text(f"{folder}/bundle.json", one.bundle.encode())
        entry = receipts.entry_of(session, one.id)
        if entry and (proof := receipts.proof_of(session, entry)):
            yield Text(f"{folder}/proof.json", _json(proof))
        reports = visible(principal, ReportFile).where(ReportFile.submission_id == one.id)
        for report in session.scalars(reports):
            yield Stored(f"{folder}/report-{report.language}.pdf", report.sha256)


def _evidence(session: Session, principal: Principal, folders: dict[UUID, str]) -> Iterator[Part]:
    """Every version of every file; what a scanner found something in stays where it is."""
    numbers: dict[str, int] = {}
    files = visible(principal, Evidence).where(Evidence.scan != ScanState.INFECTED)
    for file in session.scalars(files.order_by(Evidence.uploaded_at, Evidence.id)):
        folder = f"{folders[file.assessment_id]}/evidence/{safe_name(file.question_id)}"
        numbers[folder] = numbers.get(folder, 0) + 1
        yield Stored(f"{folder}/{numbers[folder]:03}-{safe_name(file.name)}", file.sha256)


def _rows(session: Session, principal: Principal, model: type[Any]) -> Rows:
    columns = [column.key for column in inspect(model).column_attrs if column.key not in LEFT_OUT]
    keys = [getattr(model, column.name) for column in model.__table__.primary_key]
    found = session.execute(
        visible(principal, model).with_only_columns(*(getattr(model, name) for name in columns)).order_by(*keys)
    )
    return Rows(model.__tablename__, tuple(columns), tuple(tuple(row) for row in found))


def _people(session: Session, principal: Principal) -> Rows:
    """Who the ids of the tables stand for."""
    members = (
        select(User.id, User.name, User.email, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organisation_id == principal.organisation)
        .order_by(User.name, User.id)
    )
    return Rows("people", ("id", "name", "email", "role"), tuple(tuple(row) for row in session.execute(members)))


def _trail(session: Session, principal: Principal) -> Rows:
    """The own part of the log, the newest first, as the page of it shows it."""
    lines, older = [], None
    while True:
        page = trail.read_trail(session, principal, before=older)
        lines += [
            (
                line.sequence,
                line.at,
                line.action,
                line.who.value if isinstance(line.who, Actor) else line.who,
                line.question,
            )
            for line in page.lines
        ]
        older = page.older
        if older is None:
            return Rows("trail", ("sequence", "at", "action", "who", "question"), tuple(lines))


def _json(content: object) -> bytes:
    return json.dumps(content, indent=1, ensure_ascii=False, default=plain).encode()


def plain(value: Any) -> Any:
    """A value as JSON knows it."""
    match value:
        case UUID():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case Enum():
            return value.value
    return value
