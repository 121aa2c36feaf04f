"""Every endpoint and method, asked by everybody about rows of every kind, against an oracle of its own."""

from __future__ import annotations

from collections import Counter

import pytest
from flask import Flask

from portal.authz import POLICY
from portal.authz.groups import ANYONE
from portal.authz.policy import FRESH_PROOF
from portal.models import Role
from tests.access import oracle
from tests.access.addresses import Call, calls, is_owned, may_see
from tests.access.canaries import foreign_in
from tests.access.conftest import client_of
from tests.access.forms import FORMS
from tests.access.reading import stripped
from tests.access.world import BigWorld

#: Public pages are the same for everybody; these look at all of them, the others at one in five.
LOOK_AT_ALL = ("stranger", "owner of A")
#: What need not exist although the row does: an open share, a signed checkpoint, work given, a period before.
NOT_THERE_YET = {
    "company.revoke_share",
    "company.download_proof",
    "company.edit_work",
    "company.confirm_last_time",
}
#: Answers of a page or form that lets somebody in.
LET_IN = frozenset({200, 202, 204, 302, 303, 400, 404, 409, 410, 413, 415, 422, 429, 503})


def wanted(who: str, number: int, call: Call, refused: bool) -> bool:
    """Which calls the quick run makes: all that reach rows, and one row of those refused by role alone."""
    if call.endpoint in ("account.sign_out", "static"):
        return who in LOOK_AT_ALL and call.endpoint == "static"
    if POLICY.get((call.endpoint, call.method)) == ANYONE:
        return who in LOOK_AT_ALL or bool(call.row.table) or number % 5 == 0
    return not refused or not call.row.compartment or number % 4 == 0


def cells(portal: Flask, big_world: BigWorld, who: str, *, everything: bool) -> tuple[int, list[str]]:
    """Ask and compare; return how many answers were looked at and what was wrong with which."""
    wrong, asked = list[str](), 0
    unknown: dict[tuple[str, str], tuple[int, str]] = {}
    every = sorted(calls(portal, big_world), key=lambda call: (call.method, call.endpoint, call.row.compartment))
    for number, call in enumerate(every):
        key = (call.endpoint, call.method)
        refused = oracle.refusal(who, POLICY.get(key), fresh=key in FRESH_PROOF)
        if not (everything or wanted(who, number, call, refused is not None)):
            continue
        # Each with cookies of its own: an answer may end the sign-in, or leave a message for the next page.
        with client_of(portal, big_world, who).open(
            call.path, method=call.method, data=FORMS.get(call.endpoint)
        ) as response:
            body = response.get_data().decode(errors="replace")
        asked += 1
        fault = ""
        if refused is not None:
            fault = "" if response.status_code == refused.of(call.method) else f"expected {refused.of(call.method)}"
        elif is_owned(call):
            answer = (response.status_code, stripped(body))
            if not call.row.compartment:
                unknown[key] = answer
            fault = judged(who, call, big_world, answer, unknown.get(key))
        elif response.status_code not in LET_IN:
            fault = "expected to be let in"
        if foreign := foreign_in(who, f"{response.headers}{body}"):
            fault += f" shows {sorted(foreign)}"
        if fault:
            wrong.append(
                f"{who}: {call.method} {call.endpoint} [{call.row.compartment}]: {response.status_code}, {fault}"
            )
        if call.method != "GET" and response.status_code < 400:
            portal.extensions["portal"].engine.dispose()
            big_world.restore()
    return asked, wrong


def judged(who: str, call: Call, big_world: BigWorld, answer: tuple[int, str], unknown: tuple[int, str] | None) -> str:
    """What is wrong with the answer about a row, or nothing."""
    sees = may_see(who, call, big_world)
    strict = call.row.table in ("submission", "assessment", "evidence")
    if answer[0] not in LET_IN:
        return "neither let in nor told that there is no such thing"
    if sees is False:
        if strict and answer[0] != 404:
            return "expected 404"
        if answer != unknown:
            return "differs from the answer about an unknown id"
    if sees and strict and answer[0] == 404 and call.endpoint not in NOT_THERE_YET:
        return "expected to be seen"
    return ""


@pytest.mark.parametrize("who", oracle.PRINCIPALS)
def test_everybody_gets_what_the_table_and_the_rows_allow(portal: Flask, big_world: BigWorld, who: str) -> None:
    asked, wrong = cells(portal, big_world, who, everything=False)

    assert not wrong, "\n".join(wrong)
    assert asked > 3000 / len(oracle.PRINCIPALS)
    print(f"{who}: {asked} cells")


@pytest.mark.slow
@pytest.mark.parametrize("who", oracle.PRINCIPALS)
def test_everybody_gets_it_in_every_cell(portal: Flask, big_world: BigWorld, who: str) -> None:
    asked, wrong = cells(portal, big_world, who, everything=True)

    assert not wrong, "\n".join(wrong)
    assert asked > 300


def test_every_endpoint_and_method_has_a_row_and_every_row_an_endpoint(portal: Flask, big_world: BigWorld) -> None:
    asked = {(call.endpoint, call.method) for call in calls(portal, big_world)}

    assert asked - POLICY.keys() == set(), "endpoints without a row are denied to everybody"
    assert POLICY.keys() - asked == set(), "rows of endpoints that do not exist"
    assert Counter(method for _endpoint, method in asked)["POST"] > 10


def test_an_endpoint_without_a_row_is_denied_to_everybody(portal: Flask, big_world: BigWorld) -> None:
    portal.add_url_rule("/forgotten", "company.forgotten", lambda: "kept from nobody", methods=["GET", "POST"])

    for who in oracle.PRINCIPALS:
        client = client_of(portal, big_world, who)
        assert client.get("/forgotten").status_code == 403, who
        assert client.post("/forgotten").status_code == 403, who


def test_areas_are_open_to_the_roles_that_have_business_there_and_nobody_else() -> None:
    for (endpoint, method), groups in POLICY.items():
        area = endpoint.partition(".")[0]
        if area in oracle.AREAS:
            assert groups, (endpoint, method)
            assert groups <= oracle.AREAS[area], (endpoint, method)
        if endpoint in oracle.BINDING:
            assert groups == {Role.OWNER, Role.SIGNATORY}, (endpoint, method)
        if groups == ANYONE and method != "GET":
            assert area == "account", (endpoint, method)
