"""Everything of a company as one file: whole, true to what was signed, for one person and for one hour."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.engine import Engine

from portal import db
from portal.domain.questionnaire import Catalogue
from portal.jobs.cleaning import clean_up
from portal.jobs.exporting import make_exports
from portal.jobs.workplace import Workplace
from portal.models import (
    ActionFile,
    Assessment,
    CorrectiveAction,
    DataExport,
    Evidence,
    JobState,
    Login,
    Membership,
    Role,
    ScanState,
    Submission,
)
from portal.services import actions, comments, evidence, exports, holdings
from portal.services.export_parts import safe_name
from portal.settings import Settings
from portal.storage import FileStore
from tests import builders
from tests.builders import World

PAGE = "/company/data"
NOW = datetime.now(UTC)
#: Of company B; nothing of it may stand in what company A takes away.
CANARY = "Canary-of-B"


@dataclass
class Worker:
    place: Workplace
    later: list[timedelta] = field(default_factory=lambda: [timedelta()])

    def work(self, later: timedelta = timedelta()) -> int:
        self.later[0] = later
        return make_exports(self.place)


@pytest.fixture
def worker(settings: Settings, engine: Engine, catalogue: Catalogue) -> Worker:
    later = [timedelta()]
    store = FileStore(settings.storage_folder)
    return Worker(Workplace(settings, engine, catalogue, store, clock=lambda: datetime.now(UTC) + later[0]), later)


@pytest.fixture
def submission(engine: Engine, world: World, complete: Assessment, catalogue: Catalogue, worker: Worker) -> Submission:
    """Signed, with two files of one name (one infected later), a comment, an action; and company B beside it."""
    store = worker.place.store
    with db.writing(engine) as session, session.begin():
        assessment = session.get_one(Assessment, complete.id)
        for text in ("หลักฐาน one", "evidence two"):
            received = evidence.receive_file(store, [text.encode()], "../หลักฐาน.txt", limit=1000)
            by = world.owner.principal.actor
            evidence.attach_evidence(session, assessment, "HRS-COM-01", received, by=by, at=NOW)
        where = ("COM", "HRS-COM-01")
        owner = world.owner.principal
        comments.write_comment(session, owner, assessment, where, "=1+1 to ask", chosen=[], key="k", at=NOW)
        actions.start_action(session, owner, assessment, "HRS-COM-03", "ประชุม", at=NOW)
        foreign = builders.make_assessment(session, world.rival, catalogue, at=NOW)
        rival, theirs = world.rival.principal, ("COM", "HRS-COM-02")
        comments.write_comment(session, rival, foreign, theirs, CANARY, chosen=[], key="k", at=NOW)
        return builders.submit(session, world.signatory, assessment, catalogue, at=NOW)


def ask(client: FlaskClient) -> None:
    assert builders.post(client, f"{PAGE}/export", page=PAGE).status_code == 302


def fetch(client: FlaskClient, engine: Engine) -> zipfile.ZipFile:
    with db.reading(engine) as session:
        export_id = session.scalars(select(DataExport.id)).one()
    response = builders.post(client, f"{PAGE}/export.zip", {"export": str(export_id)}, page=PAGE)
    assert response.status_code == 200, response.text
    assert response.headers["Content-Disposition"].startswith("attachment")
    return zipfile.ZipFile(io.BytesIO(response.data))


def test_the_file_holds_everything_and_what_was_signed_to_the_last_byte(
    owner: FlaskClient, engine: Engine, worker: Worker, submission: Submission
) -> None:
    ask(owner)
    assert worker.work() == 1

    packed = fetch(owner, engine)
    names = packed.namelist()
    bundle = packed.read(f"submissions/{submission.reference}-v1/bundle.json").decode()

    assert bundle == submission.bundle
    assert len([name for name in names if "/evidence/HRS-COM-01/" in name]) == 2
    versions = list(csv.DictReader(io.StringIO(packed.read("tables/answer_version.csv").decode("utf-8-sig"))))
    assert {row["question_id"] for row in versions} >= {"HRS-COM-01", "HRS-FIX-03"}
    assert "ประชุม" in packed.read("tables/corrective_action.json").decode()
    assert any(row["action"] == "submission.created" for row in json.loads(packed.read("tables/trail.json")))
    assert {"README.txt", "SHA256SUMS", "tables/people.csv"} <= set(names)


def test_sums_are_right_and_names_are_no_paths(
    owner: FlaskClient, engine: Engine, worker: Worker, submission: Submission, tmp_path: Path
) -> None:
    ask(owner)
    worker.work()
    packed = fetch(owner, engine)

    sums = dict(reversed(line.split("  ", 1)) for line in packed.read("SHA256SUMS").decode().splitlines())
    packed.extractall(tmp_path)

    assert set(sums) == set(packed.namelist()) - {"README.txt", "SHA256SUMS"}
    assert all(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == given for name, given in sums.items())
    assert len(set(packed.namelist())) == len(packed.namelist())
    assert not [name for name in packed.namelist() if ".." in name or name.startswith("/") or "\\" in name]


def test_text_that_looks_like_a_formula_is_none_in_a_table(
    owner: FlaskClient, engine: Engine, worker: Worker, submission: Submission
) -> None:
    ask(owner)
    worker.work()

    rows = list(csv.reader(io.StringIO(fetch(owner, engine).read("tables/comment.csv").decode("utf-8-sig"))))

    bodies = [cell for row in rows for cell in row if "1+1" in cell]
    assert bodies
    assert not [cell for cell in bodies if cell.startswith("=")]


def test_nothing_of_another_company_is_in_it(
    owner: FlaskClient, engine: Engine, worker: Worker, submission: Submission, world: World
) -> None:
    ask(owner)
    worker.work()
    packed = fetch(owner, engine)

    everything = b"".join(packed.read(name) for name in packed.namelist())

    assert CANARY.encode() not in everything
    assert str(world.rival.principal.organisation).encode() not in everything
    assert world.rival.email.encode() not in everything


def test_an_infected_file_stays_where_it_is(
    owner: FlaskClient, engine: Engine, worker: Worker, submission: Submission
) -> None:
    with db.writing(engine) as session, session.begin():
        one = select(Evidence.id).limit(1).scalar_subquery()
        session.execute(update(Evidence).where(Evidence.id == one).values(scan=ScanState.INFECTED))
    ask(owner)
    worker.work()

    assert len([name for name in fetch(owner, engine).namelist() if "/evidence/" in name]) == 1


def test_a_damaged_file_is_named_and_the_rest_is_there(
    owner: FlaskClient, engine: Engine, worker: Worker, submission: Submission
) -> None:
    with db.reading(engine) as session:
        sha256 = session.scalars(select(Evidence.sha256).order_by(Evidence.uploaded_at, Evidence.id)).first()
    worker.place.store.path(str(sha256)).write_bytes(b"something else")
    ask(owner)
    worker.work()

    packed = fetch(owner, engine)

    assert "damaged or gone" in packed.read("README.txt").decode()
    assert len([name for name in packed.namelist() if "/evidence/" in name]) == 1


def test_it_is_gone_after_an_hour_row_and_file(
    owner: FlaskClient, engine: Engine, worker: Worker, submission: Submission
) -> None:
    ask(owner)
    worker.work()
    with db.reading(engine) as session:
        made = session.scalars(select(DataExport)).one()
    path = worker.place.store.path(str(made.sha256))
    assert path.exists()

    worker.work(exports.KEPT + timedelta(minutes=1))

    assert not path.exists()
    with db.reading(engine) as session:
        assert session.scalars(select(DataExport)).all() == []
    page = owner.get(PAGE).text
    gone = owner.post(f"{PAGE}/export.zip", data={"csrf_token": builders.token_in(page), "export": str(made.id)})
    assert gone.status_code == 404


def test_housekeeping_leaves_a_file_alone_that_can_still_be_fetched(
    owner: FlaskClient, engine: Engine, worker: Worker, submission: Submission
) -> None:
    ask(owner)
    worker.work()
    worker.later[0] = timedelta(minutes=50)
    clean_up(worker.place)

    assert fetch(owner, engine).testzip() is None


def test_it_belongs_to_who_asked_and_asking_twice_makes_one(
    owner: FlaskClient, engine: Engine, world: World, worker: Worker, submission: Submission,
    sign_in: Callable[[str], FlaskClient],
) -> None:  # fmt: skip
    ask(owner)
    ask(owner)
    worker.work()
    with db.writing(engine) as session, session.begin():
        made = session.scalars(select(DataExport)).one()
        session.execute(
            update(Membership).values(role=Role.OWNER).where(Membership.user_id == world.editor.principal.user_id)
        )
    other = sign_in(world.editor.email)

    response = builders.post(other, f"{PAGE}/export.zip", {"export": str(made.id)}, page=PAGE)

    assert response.status_code == 404
    assert "Fetch the ZIP file" in owner.get(PAGE).text
    assert "Fetch the ZIP file" not in other.get(PAGE).text


def test_editors_see_how_much_there_is_and_take_nothing(editor: FlaskClient, submission: Submission) -> None:
    page = editor.get(PAGE).text
    token = builders.token_in(editor.get("/company").text)

    assert "An owner of your company can take everything away" in page
    assert editor.post(f"{PAGE}/export", data={"csrf_token": token}).status_code == 403


def test_it_asks_who_one_is_once_more(owner: FlaskClient, engine: Engine, submission: Submission) -> None:
    token = builders.token_in(owner.get(PAGE).text)
    with db.writing(engine) as session, session.begin():
        session.execute(update(Login).values(proved_at=NOW - timedelta(hours=2)))

    assert owner.post(f"{PAGE}/export", data={"csrf_token": token}).status_code == 401


def test_who_is_an_owner_no_longer_gets_nothing(
    owner: FlaskClient, engine: Engine, world: World, worker: Worker, submission: Submission
) -> None:
    ask(owner)
    with db.writing(engine) as session, session.begin():
        session.execute(
            update(Membership).values(role=Role.EDITOR).where(Membership.user_id == world.owner.principal.user_id)
        )

    assert worker.work() == 0
    with db.reading(engine) as session:
        assert session.scalars(select(DataExport.state)).one() is JobState.FAILED


def test_asking_and_fetching_stand_in_the_log(
    owner: FlaskClient, engine: Engine, worker: Worker, submission: Submission
) -> None:
    ask(owner)
    worker.work()
    fetch(owner, engine)

    with db.reading(engine) as session:
        assert [event.action for event in builders.events(session, "export.asked", "export.fetched")] == [
            "export.asked", "export.fetched",
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("สัญญา จ้าง.pdf", "สัญญา จ้าง.pdf"),
        ('a:b*c?"d<e>f|.txt', "a_b_c_d_e_f_.txt"),
        ("...", "file"),
        ("x" * 300 + ".pdf", "x" * 96 + ".pdf"),
    ],
    ids=["a path", "thai", "signs", "dots", "long"],
)
def test_a_name_is_never_a_path(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_how_long_things_are_kept_is_told_with_a_day_for_each(owner: FlaskClient, submission: Submission) -> None:
    page = owner.get(PAGE).text

    assert "24 months after somebody last worked on it" in page
    assert f'href="/company/submissions/{submission.id}"' in page
    assert "Kept until" in page


def test_each_kind_is_counted_and_of_the_own_company_alone(
    engine: Engine, world: World, submission: Submission
) -> None:
    with db.reading(engine) as session:
        held = holdings.holdings(session, world.owner.principal)
        of_rival = holdings.holdings(session, world.rival.principal)

    assert held.counts == {
        "assessment": 1,
        "answer_version": 20,
        "comment": 1,
        "worker_statement": 0,
        "corrective_action": 1,
        "submission": 1,
    }
    assert (held.files, of_rival.files) == (2, 0)
    assert of_rival.counts["answer_version"] == 20
    assert of_rival.counts["submission"] == 0


def test_content_a_scanner_found_something_in_is_handed_out_from_nowhere(
    owner: FlaskClient, engine: Engine, world: World, worker: Worker, submission: Submission
) -> None:
    """The same bytes on an answer and on a corrective action: closed on the one, they must not leave by the other."""
    with db.writing(engine) as session, session.begin():
        bad = session.scalars(select(Evidence).limit(1)).one()
        bad.scan = ScanState.INFECTED
        action = session.scalars(select(CorrectiveAction)).one()
        by = world.owner.principal
        where = {"organisation_id": by.organisation, "action_id": action.id, "uploaded_by_id": by.actor}
        facts = {"name": "bad.txt", "media_type": "text/plain", "size": bad.size, "sha256": bad.sha256}
        file = ActionFile(id=uuid4(), uploaded_at=NOW, **where, **facts)
        session.add(file)
        file_id = file.id
    ask(owner)
    worker.work()

    assert owner.get(f"/company/action-files/{file_id}").status_code == 404
    assert not [name for name in fetch(owner, engine).namelist() if name.startswith("actions/")]
