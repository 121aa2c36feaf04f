"""Whatever changes something writes exactly one event of the log, and mails no tenant's words to another."""

from __future__ import annotations

import json
from collections import defaultdict
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.dialects import sqlite
from werkzeug.exceptions import HTTPException

from portal import db
from portal.authz import POLICY
from portal.db import Base
from portal.models import AuditEvent, OutboxMail
from tests.access import oracle
from tests.access.addresses import METHODS, NOBODYS_ID, calls, is_owned, may_see
from tests.access.canaries import foreign_in
from tests.access.conftest import client_of
from tests.access.forms import FORMS, Form, forms_in
from tests.access.world import BigWorld

#: Endpoint -> how many events a change may write where it is not exactly one, and why.
OTHER_COUNTS: dict[str, tuple[set[int], str]] = {
    "company.edit_section": (set(range(1, 30)), "one event for each answer of the page that changed"),
    "company.reuse_file": (set(range(1, 30)), "one event for each file that was chosen"),
    "company.confirm_workbook": (set(range(1, 30)), "one for each answer taken over, and one for the workbook"),
}
#: Tables whose rows change nothing for anybody: challenges that wait for an answer, counts of failed tries, looks,
#: files of which a part has arrived, and who has a page open this minute: an event for each beat would bury the log.
PASSING = ("ceremony", "sign_in_throttle", "shared_read", "upload", "presence")
#: The log itself, and when somebody was last here.
LOG, SEEN = "audit_", {"login": "seen_at", "known_device": "seen_at"}
#: What these people have done at least, for the test to say anything.
DONE = {
    "owner of A": {
        "company.autosave_answer",
        "company.share_submission",
        "company.revoke_share",
        "company.order_report",
        "company.sign_assessment",
        "company.discard_workbook",
        "company.withdraw_comment",
        "company.settle_comment",
        "company.edit_work",
    },
    "contributor of A": {"company.autosave_answer", "company.write_comment", "account.sign_out"},
    "representative of A": {
        "company.write_comment",
        "company.settle_comment",
        "company.hand_work_back",
        "company.write_statement",
    },
    "supervisor of X": {"government.decide_review", "government.verify_company"},
    "supervisor of R": {"account.sign_out"},
    "administrator": {"account.sign_out"},
}


def found_forms(portal: Flask, big_world: BigWorld, who: str) -> dict[str, list[Form]]:
    """Endpoint -> filled-in forms that this person finds on pages about rows of their own."""
    client, found, files = client_of(portal, big_world, who), defaultdict(list), set[str]()
    for call in calls(portal, big_world):
        # What has given a file gives files, and a file holds no form: reports take seconds to print.
        if call.endpoint in files or call.method != "GET" or call.endpoint.startswith(("public.", "api.", "static")):
            continue
        if is_owned(call) and may_see(who, call, big_world) is False:
            continue
        with client.get(call.path) as response:
            if response.status_code != 200 or response.mimetype != "text/html":
                if response.status_code == 200:
                    files.add(call.endpoint)
                continue
            for form in forms_in(response.text, call.path):
                if endpoint := _endpoint(portal, form.action):
                    found[endpoint].append(form)
    return found


def _endpoint(portal: Flask, action: str) -> str:
    try:
        return str(portal.url_map.bind("localhost").match(urlsplit(action).path, method="POST")[0])
    except HTTPException:
        return ""


def tries(portal: Flask, big_world: BigWorld, who: str) -> list[tuple[str, str, str, dict[str, object]]]:
    """What this person can send: endpoint, method, address, fields; the forms of pages and every bare address."""
    wanted = []
    for endpoint, forms in found_forms(portal, big_world, who).items():
        for form in forms[:4]:
            for button in form.buttons or [None]:
                pressed = dict([button]) if button else {}
                wanted.append((endpoint, "POST", form.action, form.fields | pressed))
    for call in calls(portal, big_world):
        if call.method == "GET" or NOBODYS_ID in call.path:
            continue
        if not is_owned(call) or may_see(who, call, big_world) is not False:
            wanted.append((call.endpoint, call.method, call.path, FORMS.get(call.endpoint, {})))
    return wanted


def events(portal: Flask) -> int:
    with db.reading(portal.extensions["portal"].engine) as session:
        return session.scalar(select(func.count()).select_from(AuditEvent)) or 0


def commits(big_world: BigWorld) -> bytes:
    """SQLite's count of commits that wrote something, from the head of the file: most refusals need no other look."""
    with Path(big_world.settings.database.removeprefix("sqlite:///")).open("rb") as file:
        return file.read(28)[24:]


def contents(portal: Flask) -> int:
    """Differs whenever anything that lasts has changed: all rows as SQLite keeps them."""
    with portal.extensions["portal"].engine.connect() as connection:
        return hash(tuple(tuple(map(tuple, connection.exec_driver_sql(query))) for query in everything()))


@cache
def everything() -> tuple[str, ...]:
    """The queries for it, put into words once: compiling forty of them takes longer than running them."""
    lasting = [table for table in Base.metadata.sorted_tables if table.name not in PASSING]
    columns = {table: [one for one in table.columns if one.name != SEEN.get(table.name)] for table in lasting}
    queries = [select(*columns[t]).order_by(*t.primary_key) for t in lasting if not t.name.startswith(LOG)]
    return tuple(str(query.compile(dialect=sqlite.dialect())) for query in queries)


def mails(portal: Flask) -> list[dict[str, str]]:
    held = portal.extensions["portal"]
    with db.reading(held.engine) as session:
        return [json.loads(held.sealer.open(sealed)) for sealed in session.scalars(select(OutboxMail.sealed)) if sealed]


def misdirected(big_world: BigWorld, who: str, letters: list[dict[str, str]]) -> list[str]:
    """Mails whose reader may not know what stands in them; a stranger's address may be told what the sender says."""
    readers = {person.email: principal for principal, person in big_world.people.items()}
    wrong = []
    for letter in letters:
        reader = readers.get(letter["to"], who)
        if reader in oracle.PRINCIPALS and (foreign := foreign_in(reader, letter["subject"] + letter["body"])):
            wrong.append(f"mail to {reader} after {who}: {sorted(foreign)}")
    return wrong


def send(client: FlaskClient, method: str, path: str, fields: dict[str, object]) -> int:
    with client.open(path, method=method, data=fields) as response:
        return response.status_code


@pytest.mark.parametrize("who", DONE)
def test_a_change_writes_one_event_and_a_refusal_none(portal: Flask, big_world: BigWorld, who: str) -> None:
    wrong, done = list[str](), set[str]()
    stood = contents(portal)
    mailed = [letter["body"] for letter in mails(portal)]
    for endpoint, method, path, fields in tries(portal, big_world, who):
        before, quiet = events(portal), commits(big_world)
        status = send(client_of(portal, big_world, who), method, path, fields | FORMS.get(endpoint, {}))
        written = events(portal) - before
        changed = commits(big_world) != quiet and contents(portal) != stood
        # Saying once more what stands there already may be noted; what is refused is not.
        unchanged = {0, 1} if status < 400 else {0}
        right = OTHER_COUNTS.get(endpoint, ({1}, ""))[0] if changed else unchanged
        if written not in right or (changed and status >= 400):
            what = "a change" if changed else "no change"
            wrong.append(f"{who}: {method} {endpoint} {status}: {what}, {written} events; {path}")
        if changed:
            done.add(endpoint)
            wrong += misdirected(big_world, who, [one for one in mails(portal) if one["body"] not in mailed])
        if written or changed:
            portal.extensions["portal"].engine.dispose()
            big_world.restore()

    assert not wrong, "\n".join(wrong)
    assert DONE[who] - done == set(), "never done, so never counted"
    print(f"{who}: {len(done)} endpoints done: {sorted(done)}; not done: {sorted(undone(who, done))}")


def may_do(who: str, endpoint: str) -> bool:
    return any(
        oracle.refusal(who, POLICY[endpoint, method], fresh=False) is None
        for method in METHODS[1:]
        if (endpoint, method) in POLICY
    )


def undone(who: str, done: set[str]) -> set[str]:
    return {endpoint for endpoint, method in POLICY if method != "GET" and may_do(who, endpoint)} - done
