"""The floor for pages: the same pages over sqlite3 alone, its statements written by hand."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import sqlite3
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from flask import Flask, abort, g, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import format_time

from portal.authz import Principal, allows
from portal.domain.answers import Answer, EvidenceFile, has_answer
from portal.domain.applicability import applicable_questions, rule_values
from portal.domain.lifecycle import AssessmentStatus
from portal.models import OrganisationKind, Role
from portal.services.assessments import SavedAnswer
from portal.web import current
from portal.web.company import sections
from portal.web.company.answer_forms import digest, posted_values, read_answer
from portal.web.company.progress import Progress, SectionProgress

LOGIN = """
    SELECT l.id, l.user_id, l.created_at, l.seen_at, u.name, m.role, o.id, o.name, o.kind
    FROM login l JOIN user u ON u.id = l.user_id
    LEFT JOIN membership m ON m.id = l.membership_id AND m.user_id = l.user_id
    LEFT JOIN organisation o ON o.id = m.organisation_id
    WHERE l.id = ? AND l.ended_at IS NULL AND u.disabled_at IS NULL
"""
ASSESSMENT = "SELECT id, organisation_id, questionnaire, status FROM assessment WHERE id = ? AND organisation_id = ?"
PROFILE = 'SELECT "values" FROM company_profile WHERE organisation_id = ?'
ANSWERS = """
    SELECT question_id, value, dont_know, not_applicable, plan_end, plan_recorded_on, comment, version
    FROM answer WHERE assessment_id = ?
"""
EVIDENCE = """
    SELECT question_id, name, sha256, size, media_type FROM evidence
    WHERE assessment_id = ? AND removed_at IS NULL ORDER BY uploaded_at, id
"""
NOTED = """
    SELECT 'comment', question_id, '', count(*), '', NULL, NULL FROM comment
    WHERE assessment_id = ?1 AND settled_at IS NULL AND withdrawn_at IS NULL GROUP BY question_id
    UNION ALL SELECT 'mark', question_id, '', 1, '', NULL, NULL FROM bookmark WHERE assessment_id = ?1
    UNION ALL SELECT 'done', '', section_id, 1, '', NULL, NULL FROM section_done WHERE assessment_id = ?1
    UNION ALL SELECT 'held', a.question_id, a.section_id, 1, u.name, a.due_on, u.id FROM assignment a
    JOIN membership m ON m.id = a.membership_id JOIN user u ON u.id = m.user_id
    WHERE a.assessment_id = ?1 AND a.handed_back_at IS NULL
"""
SAVE = """
    UPDATE answer SET value = ?, dont_know = ?, not_applicable = ?, plan_end = ?, comment = ?, version = version + 1,
        plan_recorded_on = ?, updated_by_id = ?, updated_at = ?
    WHERE assessment_id = ? AND question_id = ? AND version = ?
"""
EVENT = """
    INSERT INTO audit_event (sequence, at, action, commitment, leaf)
    SELECT COALESCE(MAX(sequence) + 1, 0), ?, ?, ?, ? FROM audit_event RETURNING sequence
"""
CONTENT = """
    INSERT INTO audit_content (sequence, salt, actor_id, organisation_id, subject_kind, subject_id, details)
    VALUES (?, ?, ?, ?, ?, ?, ?)
"""


def install(app: Flask, connection: sqlite3.Connection) -> None:
    """Put hand-written statements in the place of the guard, the section page and the autosave."""
    guards = app.before_request_funcs[None]
    guards[guards.index(current._guard)] = lambda: _guard(connection)
    app.view_functions["company.edit_section"] = lambda **keys: _section(connection, **keys)
    app.view_functions["company.autosave_answer"] = lambda **keys: _autosave(connection, **keys)


def _guard(connection: sqlite3.Connection) -> None:
    if request.method not in current.SAFE:
        connection.execute("BEGIN IMMEDIATE")
    token = request.cookies["portal"]
    row = connection.execute(LOGIN, (hashlib.sha256(token.encode()).hexdigest(),)).fetchone()
    login, user, created, seen, name, role, organisation, called, kind = row
    limits = current.portal().limits
    ends_at = _moment(created) + limits.absolute
    if current.now() > min(_moment(seen) + limits.idle, ends_at):
        abort(403)
    g.principal = Principal(
        user_id=UUID(user),
        name=name,
        login_id=login,
        organisation_id=UUID(organisation),
        organisation_name=called,
        kind=OrganisationKind(kind),
        role=Role(role),
        idle=limits.idle,
        ends_at=ends_at,
    )
    if not allows(g.principal, request.endpoint or "", request.method):
        abort(403)


def _moment(stored: str) -> datetime:
    return datetime.fromisoformat(stored).replace(tzinfo=UTC)


def _section(connection: sqlite3.Connection, assessment_id: UUID, section_id: str) -> ResponseReturnValue:
    progress = _progress(connection, _assessment(connection, assessment_id))
    return sections._section_page(progress, progress.questionnaire.section(section_id))


def _autosave(connection: sqlite3.Connection, assessment_id: UUID) -> ResponseReturnValue:
    assessment = _assessment(connection, assessment_id)
    question = current.questionnaire(assessment.questionnaire).by_id[request.form["question"]]
    posted = posted_values(question, request.form)
    answer = read_answer(question, posted, sections.NEVER_ANSWERED, today=current.now().date())
    version = int(posted[f"{question.id}-version"][0])
    actor, at = current.actor().hex, current.now().isoformat(" ")[:26]
    end = answer.plan_end.isoformat() if answer.plan_end else None
    stored = (json.dumps(answer.value), answer.dont_know, answer.not_applicable, end, answer.comment, None, actor, at)
    saved = connection.execute(SAVE, (*stored, assessment.id.hex, question.id, version))
    if saved.rowcount != 1:
        connection.execute("ROLLBACK")
        return jsonify(status="conflict"), 409
    _log(connection, at, actor, assessment.organisation_id.hex, f"{assessment.id}/{question.id}", version + 1)
    connection.execute("COMMIT")
    base = digest(question, posted)
    return jsonify(status="saved", version=version + 1, base=base, saved_at=format_time(current.now(), "short"))


def _log(connection: sqlite3.Connection, at: str, actor: str, company: str, subject: str, version: int) -> None:
    """A leaf of the Merkle tree and its content, hashed without any of our functions."""
    salt, details = secrets.token_bytes(32), json.dumps({"version": version})
    said = json.dumps([actor, company, "answer", subject, details]).encode()
    committed = hmac.new(salt, said, hashlib.sha256).hexdigest()
    leaf = json.dumps({"action": "answer.saved", "at": at, "commitment": committed}).encode()
    hashed = hashlib.sha256(b"\x00" + leaf).hexdigest()
    [(sequence,)] = connection.execute(EVENT, (at, "answer.saved", committed, hashed)).fetchall()
    connection.execute(CONTENT, (sequence, salt, actor, company, "answer", subject, details))


def _assessment(connection: sqlite3.Connection, assessment_id: UUID) -> Any:
    row = connection.execute(ASSESSMENT, (assessment_id.hex, current.principal().organisation.hex)).fetchone()
    found, organisation, questionnaire, status = row or abort(404)
    return SimpleNamespace(
        id=UUID(found),
        organisation_id=UUID(organisation),
        questionnaire=questionnaire,
        status=AssessmentStatus(status),
    )


def _progress(connection: sqlite3.Connection, assessment: Any) -> Progress:
    questionnaire = current.questionnaire(assessment.questionnaire)
    (stored,) = connection.execute(PROFILE, (assessment.organisation_id.hex,)).fetchone()
    values = json.loads(stored)
    rules = rule_values(current.profile_of(questionnaire), values)
    saved = _saved(connection, assessment)
    assert not connection.execute(NOTED, (assessment.id.hex,)).fetchall(), "nothing is noted in the trial"
    asked = applicable_questions(questionnaire, rules)
    parts = []
    for section in questionnaire.sections:
        questions = tuple(question for question in section.questions if question.id in asked)
        answered = sum(q.id in saved and has_answer(saved[q.id].answer) for q in questions)
        parts.append(SectionProgress(section, questions, answered))
    return Progress(assessment, questionnaire, values, rules, saved, tuple(parts))


def _saved(connection: sqlite3.Connection, assessment: Any) -> dict[str, SavedAnswer]:
    files: dict[str, tuple[EvidenceFile, ...]] = {}
    for question, name, sha256, size, kind in connection.execute(EVIDENCE, (assessment.id.hex,)):
        files[question] = (*files.get(question, ()), EvidenceFile(name=name, sha256=sha256, bytes=size, type=kind))
    saved = {}
    for question, value, dont_know, reason, end, on, comment, version in connection.execute(
        ANSWERS, (assessment.id.hex,)
    ):
        answer = Answer(
            value=json.loads(value) if isinstance(value, str) else value,
            dont_know=bool(dont_know),
            not_applicable=reason,
            plan_end=date.fromisoformat(end) if end else None,
            comment=comment,
            evidence="attached" if question in files else "none",
            files=files.get(question, ()),
        )
        saved[question] = SavedAnswer(answer, version, date.fromisoformat(on) if on else None)
    return saved
