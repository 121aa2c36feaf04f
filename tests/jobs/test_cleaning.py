"""Erasures, as the worker carries them out: what goes, what stays, and that the log still fits together."""

from __future__ import annotations

import os
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from portal import db
from portal.domain.answers import Answer
from portal.domain.lifecycle import AssessmentStatus
from portal.domain.questionnaire import Catalogue
from portal.jobs.cleaning import STAMP, clean_up
from portal.jobs.workplace import Workplace
from portal.models import (
    Approval,
    AuditContent,
    AuditEvent,
    Evidence,
    Membership,
    Organisation,
    OrganisationKind,
    Role,
    Share,
    Submission,
    User,
)
from portal.services import approvals, assessments, audit, evidence, submissions
from portal.settings import Settings
from portal.storage import FileStore
from tests import builders
from tests.builders import World
from tests.conftest import NOON

#: A worker's name that slipped into an answer, a comment and a file.
CANARY = "Somchai-Canary"
LATER = NOON + timedelta(minutes=5)


@pytest.fixture
def place(settings: Settings, engine: Engine, catalogue: Catalogue) -> Workplace:
    return Workplace(settings, engine, catalogue, FileStore(settings.storage_folder), clock=lambda: LATER)


@pytest.fixture
def second_owner(engine: Engine, world: World) -> builders.Person:
    with db.writing(engine) as session, session.begin():
        company = session.get_one(Organisation, world.owner.principal.organisation)
        return builders.make_person(session, company, Role.OWNER, at=NOON, email="second@company-a.example")


def named_submission(session: Session, world: World, catalogue: Catalogue, store: FileStore) -> Submission:
    """A submission to government X with the name in a comment, an answer's reason and a file."""
    answers = builders.modest_answers(catalogue)
    answers["HRS-COM-01"] = Answer(value=2, comment=f"{CANARY} told us")
    assessment = builders.make_assessment(session, world.owner, catalogue, at=NOON, answers=answers)
    file = evidence.receive_file(store, [f"name,{CANARY}\n".encode()], f"{CANARY}.csv", limit=1000)
    attached = evidence.attach_evidence(
        session, assessment, "HRS-COM-01", file, by=world.owner.principal.actor, at=NOON
    )
    submission = builders.submit(
        session, world.owner, assessment, catalogue, at=NOON, governments={world.reviewer.principal.organisation: None}
    )
    # The company corrects its working copy; the frozen version still holds the name.
    assessment.status = AssessmentStatus.RETURNED
    session.flush()
    saved = assessments.saved_answers(session, assessment)["HRS-COM-01"]
    assessments.save_answer(
        session,
        assessment,
        "HRS-COM-01",
        Answer(value=2),
        version=saved.version,
        by=world.owner.principal.actor,
        at=NOON,
    )
    assert evidence.remove_evidence(
        session, world.owner.principal, assessment, attached, questions=["HRS-COM-01"], at=NOON
    )
    return submission


def approved(session: Session, world: World, second: builders.Person, kind: str, subject: object) -> None:
    asked = approvals.ask(session, world.owner.principal, kind, subject, at=NOON)  # type: ignore[arg-type]
    approvals.approve(session, second.principal, asked.id, at=NOON)


def age_files(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            os.utime(path, (0, 0))


def left_on_disk(engine: Engine, settings: Settings, words: str) -> list[Path]:
    """Files of the portal, its SQLite database and that one's log among them, whose bytes or name hold the words."""
    folders = [settings.var, settings.storage_folder]
    if engine.dialect.name == "sqlite":
        engine.dispose()
        database = Path(str(engine.url.database))
        assert database.stat().st_size, "the database itself is read"
        folders.append(database.parent)
    files = {path for folder in folders for path in folder.rglob("*") if path.is_file()}
    return sorted(path for path in files if words.encode() in path.read_bytes() or words in path.name)


def test_the_scan_finds_what_was_not_erased(
    engine: Engine, settings: Settings, world: World, catalogue: Catalogue, place: Workplace
) -> None:
    with db.writing(engine) as session, session.begin():
        named_submission(session, world, catalogue, place.store)

    found = left_on_disk(engine, settings, CANARY)

    assert any(path.is_relative_to(settings.storage_folder) for path in found)
    if engine.dialect.name == "sqlite":
        assert any(path.name.startswith(Path(str(engine.url.database)).name) for path in found)


def leaves_fit(session: Session) -> bool:
    """Every event still hashes to its leaf, and every content that is left to its commitment."""
    events = session.scalars(select(AuditEvent).order_by(AuditEvent.sequence)).all()
    contents = {row.sequence: row for row in session.scalars(select(AuditContent))}
    assert [event.sequence for event in events] == list(range(len(events)))
    for event in events:
        leaf = audit.leaf_hash(audit.leaf_bytes(event.at, event.action, event.commitment)).hex()
        if leaf != event.leaf:
            return False
        if content := contents.get(event.sequence):
            names = ("actor_id", "organisation_id", "subject_kind", "subject_id", "details")
            if audit.commitment(content.salt, {name: getattr(content, name) for name in names}) != event.commitment:
                return False
    return bool(events)


def test_nothing_of_an_erased_submission_is_left_anywhere(
    engine: Engine,
    settings: Settings,
    world: World,
    second_owner: builders.Person,
    catalogue: Catalogue,
    place: Workplace,
) -> None:
    with db.writing(engine) as session, session.begin():
        erased = named_submission(session, world, catalogue, place.store)
        digest = erased.digest
        approved(session, world, second_owner, approvals.ERASE_SUBMISSION, erased.id)
    age_files(settings.storage_folder)

    assert clean_up(place) == 1

    with db.reading(engine) as session:
        left = session.get_one(Submission, erased.id)
        assert (left.bundle, left.scorecard, left.signed_name, left.digest) == ("{}", {}, "", digest)
        assert session.scalars(select(Share.revoked_at)).all() == [LATER]
        assert submissions.find_submission(session, world.owner.principal, erased.id, at=LATER) is None
        assert submissions.find_submission(session, world.reviewer.principal, erased.id, at=LATER) is None
        assert session.scalar(select(func.count()).select_from(Evidence)) == 0
        assert leaves_fit(session)
    assert left_on_disk(engine, settings, CANARY) == []


def test_one_person_alone_erases_nothing(engine: Engine, world: World, catalogue: Catalogue, place: Workplace) -> None:
    with db.writing(engine) as session, session.begin():
        asked = approvals.ask(
            session,
            world.owner.principal,
            approvals.ERASE_ORGANISATION,
            world.owner.principal.organisation,
            at=NOON,
        )
        with pytest.raises(approvals.SamePerson):
            approvals.approve(session, world.owner.principal, asked.id, at=NOON)
        with pytest.raises(LookupError):
            approvals.approve(session, world.rival.principal, asked.id, at=NOON)
        with pytest.raises(approvals.AskedAlready):
            approvals.ask(
                session,
                world.owner.principal,
                approvals.ERASE_ORGANISATION,
                world.owner.principal.organisation,
                at=NOON,
            )

    assert clean_up(place) == 0


def test_an_erased_company_leaves_its_id_and_nothing_else(
    engine: Engine,
    settings: Settings,
    world: World,
    second_owner: builders.Person,
    catalogue: Catalogue,
    place: Workplace,
) -> None:
    with db.writing(engine) as session, session.begin():
        named_submission(session, world, catalogue, place.store)
        rivals = builders.make_assessment(session, world.rival, catalogue, at=NOON)
        approved(session, world, second_owner, approvals.ERASE_ORGANISATION, world.owner.principal.organisation)
    age_files(settings.storage_folder)

    clean_up(place)

    with db.reading(engine) as session:
        company = session.get_one(Organisation, world.owner.principal.organisation)
        assert (company.name, company.registration_number, company.erased_at) == ("", "", LATER)
        own = select(func.count()).select_from(Membership)
        assert session.scalar(own.where(Membership.organisation_id == company.id)) == 0
        assert session.scalars(select(Submission.bundle)).all() == ["{}"]
        assert assessments.saved_answers(session, rivals), "another company keeps its answers"
        about = select(func.count()).select_from(AuditContent)
        assert session.scalar(about.where(AuditContent.organisation_id == company.id)) == 0
        assert leaves_fit(session)


def test_what_was_merged_into_an_erased_company_goes_with_it(
    engine: Engine, world: World, second_owner: builders.Person, catalogue: Catalogue, place: Workplace
) -> None:
    with db.writing(engine) as session, session.begin():
        assessment = builders.make_assessment(session, world.rival, catalogue, at=NOON)
        government = {world.reviewer.principal.organisation: None}
        theirs = builders.submit(session, world.rival, assessment, catalogue, at=NOON, governments=government)
        absorbed = session.get_one(Organisation, world.rival.principal.organisation)
        absorbed.merged_into_id = world.owner.principal.organisation
        approved(session, world, second_owner, approvals.ERASE_ORGANISATION, world.owner.principal.organisation)

    clean_up(place)

    with db.reading(engine) as session:
        assert session.get_one(Submission, theirs.id).bundle == "{}"
        assert session.get_one(Organisation, world.rival.principal.organisation).name == ""
        assert submissions.find_submission(session, world.reviewer.principal, theirs.id, at=LATER) is None


def test_an_erased_person_is_nobody_any_more(engine: Engine, world: World, place: Workplace) -> None:
    with db.writing(engine) as session, session.begin():
        approvals.erase_own_account(session, world.editor.principal, at=NOON)

    clean_up(place)

    with db.reading(engine) as session:
        user = session.get_one(User, world.editor.principal.actor)
        assert (user.email, user.name, user.password_hash) == (f"erased-{user.id}", "", "erased")
        assert session.scalar(select(Membership.id).where(Membership.user_id == user.id)) is None
        assert leaves_fit(session)
        done = session.scalars(select(Approval.done_at)).all()
        assert done == [LATER]


def test_a_manager_who_is_alone_is_named_before_leaving(session: Session, world: World) -> None:
    assert approvals.left_without_manager(session, world.owner.principal.actor) == ["Company A"]
    assert approvals.left_without_manager(session, world.editor.principal.actor) == []
    company = builders.make_organisation(session, "Company C", OrganisationKind.COMPANY, country="TH", at=NOON)
    builders.make_person(session, company, Role.OWNER, at=NOON)

    assert approvals.left_without_manager(session, world.owner.principal.actor) == ["Company A"]


def test_files_without_a_row_go_after_a_while_and_not_before(place: Workplace, settings: Settings) -> None:
    digest = place.store.put_bytes(BytesIO(b"an upload whose row was never written").getvalue())
    clean_up(place)
    assert place.store.read(digest)

    age_files(settings.storage_folder)
    (settings.var / STAMP).unlink()
    clean_up(place)

    assert not list(settings.storage_folder.glob("sha256/*/*"))
