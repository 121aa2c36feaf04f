"""No tenant meets the words of another: every page, file, export and mail is read and searched for canaries."""

from __future__ import annotations

import logging
from collections import Counter
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.engine import Engine

from portal import db
from portal.db import Base
from portal.domain.questionnaire import Catalogue
from portal.jobs.worker import work_off
from portal.jobs.workplace import Workplace
from portal.models import Job, JobState, Submission
from portal.storage import FileStore
from tests.access import filling, oracle
from tests.access.addresses import calls
from tests.access.canaries import canary, foreign_in, found_in
from tests.access.conftest import client_of
from tests.access.reading import links_in, words_of
from tests.access.world import BigWorld

#: Tables a GET may add rows to: looks at what was shared are noted (rule R5).
NOTED = {"shared_read"}
#: Pages that name a submission to people who do not see it: who approves its erasure must know which it is.
TOLD_OF = {"/admin/erasures"}
#: Submissions whose report is printed: each takes seconds.
PRINTED = ("unshared", "sharedwithx", "bsharedwithy")
#: Principals of the quick run: one of each kind that sees other rows; the slow run adds the others.
QUICK = (
    "stranger",
    "owner of A",
    "contributor of A",
    "representative of A",
    "owner of B",
    "supervisor of X",
    "reviewer of Y",
    "administrator",
)
#: More pages than this behind one sign-in is a maze of links, not a portal.
MOST_PAGES = 1500
#: Public pages are the same for all who are signed in; one person follows them, and a stranger.
PUBLIC = ("/questionnaires", "/api/", "/releases", "/instruments", "/method", "/remedy", "/verify", "/privacy")


@pytest.fixture(scope="session")
def printed(big_world: BigWorld, catalogue: Catalogue) -> Path:
    """The world after the worker: one report for each kind of reader is made, the others could not be."""
    big_world.restore()
    engine = db.make_engine(big_world.settings.database)
    wanted = [big_world.submissions[compartment] for compartment in PRINTED]
    with db.writing(engine) as session, session.begin():
        session.execute(update(Job).where(Job.submission_id.not_in(wanted)).values(state=JobState.FAILED))
    work_off(Workplace(big_world.settings, engine, catalogue, FileStore(big_world.settings.storage_folder)))
    with db.reading(engine) as session:
        states = Counter(session.scalars(select(Base.metadata.tables["job"].c.state)))
    engine.dispose()
    assert states[JobState.DONE] == len(PRINTED)
    kept = big_world.template.with_suffix(".printed")
    kept.write_bytes(Path(big_world.settings.database.removeprefix("sqlite:///")).read_bytes())
    return kept


def crawl(portal: Flask, big_world: BigWorld, who: str) -> tuple[Counter[int], list[str], set[str]]:
    """Ask for every address and whatever is linked; return statuses, foreign words by address, and words met."""
    client = client_of(portal, big_world, who)
    references = _references(portal, big_world)
    waiting = sorted({call.path for call in calls(portal, big_world) if call.method == "GET"})
    if who not in ("stranger", "owner of A"):
        waiting = [path for path in waiting if not path.startswith(PUBLIC)]
    known, statuses, foreign, met = set(waiting), Counter[int](), [], set[str]()
    while waiting:
        path = waiting.pop()
        if path.startswith("/static/") or "sign-out" in path:
            continue
        with client.get(path) as response:
            words = words_of(response)
            page = response.text if response.mimetype == "text/html" else ""
        statuses[response.status_code] += 1
        if alien := foreign_in(who, words.replace(path, "")):
            foreign.append(f"{who}: {path} ({response.status_code}) shows {sorted(alien)}")
        foreign += [
            f"{who}: {path} names a submission of {compartment}"
            for reference, compartment in references.items()
            if reference in words and not oracle.sees(who, compartment) and path not in TOLD_OF
        ]
        met |= found_in(words)
        new = {link for link in links_in(page, path) if link not in known and not link.startswith(PUBLIC)}
        known |= new
        waiting += sorted(new)
        assert len(known) < MOST_PAGES, "the pages lead on and on"
    return statuses, foreign, met


def _references(portal: Flask, big_world: BigWorld) -> dict[str, str]:
    with db.reading(portal.extensions["portal"].engine) as session:
        found = {row.id: row.reference for row in session.execute(select(Submission.id, Submission.reference))}
    return {found[submission]: compartment for compartment, submission in big_world.submissions.items()}


def _counts(engine: Engine) -> dict[str, int]:
    with db.reading(engine) as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
            if table.name not in NOTED
        }


@pytest.mark.parametrize(
    "who", [who if who in QUICK else pytest.param(who, marks=pytest.mark.slow) for who in oracle.PRINCIPALS]
)
def test_nobody_meets_foreign_words_and_reading_changes_nothing(
    portal: Flask, big_world: BigWorld, printed: Path, who: str, caplog: pytest.LogCaptureFixture
) -> None:
    engine = portal.extensions["portal"].engine
    engine.dispose()
    Path(big_world.settings.database.removeprefix("sqlite:///")).write_bytes(printed.read_bytes())
    before = _counts(engine)
    caplog.set_level(logging.INFO)

    statuses, foreign, met = crawl(portal, big_world, who)

    assert not foreign, "\n".join(foreign)
    assert _counts(engine) == before
    assert not found_in(caplog.text), "words of tenants in the log"
    assert statuses[500] == 0
    assert sum(statuses.values()) > 50
    if who in ("owner of A", "supervisor of X"):
        expected = {"owner of A": {"unshared", "draftclosed", "absorbed"}, "supervisor of X": {"sharedwithx", "aname"}}
        assert expected[who] <= met, "the crawl does not find what it should"
    print(f"{who}: {sum(statuses.values())} answers, {len(met)} canaries of {len(oracle.SEEN_BY)} met, none foreign")


def test_every_column_of_words_holds_a_canary_of_every_tenant(portal: Flask, big_world: BigWorld) -> None:
    bare = []
    with db.reading(portal.extensions["portal"].engine) as session:
        for table in filling.tables():
            for column in filling.text_columns(table):
                if column.primary_key:
                    continue
                words = " ".join(str(text) for text in session.scalars(select(column)))
                tenants = {filling.tenant_of(compartment) for compartment in found_in(words)}
                if lacking := filling.tenants_of(table) - tenants:
                    bare.append(f"{table.name}.{column.name}: {sorted(lacking)}")

    assert bare == []
    assert canary("aname") != canary("bname")


def test_every_exception_from_the_canaries_is_still_a_column() -> None:
    known = {f"{table.name}.{column.name}" for table in Base.metadata.sorted_tables for column in table.columns}

    assert set(filling.CODES) <= known
    assert set(filling.NOBODYS) <= set(Base.metadata.tables)


def test_what_colleagues_say_to_each_other_stands_in_no_file(portal: Flask, big_world: BigWorld, printed: Path) -> None:
    """Whoever may read a comment on its page carries none of it out: not in a bundle, a report or an export."""
    portal.extensions["portal"].engine.dispose()
    Path(big_world.settings.database.removeprefix("sqlite:///")).write_bytes(printed.read_bytes())
    client, carried, read = client_of(portal, big_world, "owner of A"), list[str](), Counter[str]()
    looked_at = {"draftgiven", "unshared", ""}
    for call in calls(portal, big_world):
        if call.method != "GET" or not call.endpoint.startswith("company.") or call.row.compartment not in looked_at:
            continue
        with client.get(call.path) as response:
            if response.status_code != 200 or response.mimetype == "text/html":
                continue
            read[response.mimetype] += 1
            if found_in(words_of(response)) & {"atalk", "btalk"}:
                carried.append(call.path)

    page = client.get(f"/company/assessments/{big_world.assessments['draftgiven']}/comments").text
    assert "atalk" in found_in(page), "on its page it stands"
    assert carried == []
    assert len(read) > 3, read
