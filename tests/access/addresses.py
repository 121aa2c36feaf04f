"""Every address of the portal with rows of every kind in it, made from the url map and the world."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from portal.db import Base
from tests.access import filling, oracle
from tests.access.world import QUESTION, SECTION, BigWorld

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
NOBODYS_ID = "00000000-0000-4000-8000-000000000000"
#: Variable parts of addresses that name nothing of a tenant.
PLAIN: dict[str, Any] = {
    "filename": "css/portal.css",
    "slug": "hrdd-short",
    "version": "2026.1",
    "newer": "2026.2",
    "scheme": "ungp",
    "framework": "gri",
    "language": "en",
    "size": 1,
    "tag": "en",
}
#: Secrets in addresses: nobody has the one that would open something.
SECRETS = ("token", "state", "code", "secret")
#: Variable part -> the table it points into, where its name does not say so by itself.
POINTS_INTO = {
    "company_id": "organisation",
    "child_id": "organisation",
    "government_id": "organisation",
    "member_id": "membership",
    "person_id": "user",
    "handle": "login",
    "login_id": "login",
    "provider_id": "identity_provider",
    "mail_id": "outbox_mail",
    "request_id": "approval",
    "action_id": "corrective_action",
    "action_file_id": "action_file",
    "factor_id": "authenticator",
    "passkey_id": "authenticator",
}
#: What hangs from an assessment or a submission and is asked for together with it.
ALONG = ("section_id", "question_id", "number", "evidence_id", "share_id", "assignment_id", "comment_id")
#: Only the person's own, whatever the organisation.
PERSONAL = frozenset(
    {"login", "authenticator", "recovery_code", "known_device", "pending_workbook", "link_token", "upload"}
)


@dataclass(frozen=True)
class Row:
    """Values for the variable parts of an address, and whose row they lead to; "" leads to none."""

    values: tuple[tuple[str, Any], ...]
    compartment: str
    table: str = ""


@dataclass(frozen=True)
class Call:
    endpoint: str
    method: str
    path: str
    row: Row


def calls(app: Flask, world: BigWorld) -> Iterator[Call]:
    """Each endpoint and method with each row its address can lead to, and with an id that nobody has."""
    adapter = app.url_map.bind("localhost")
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint):
        for row in rows_of(rule, world):
            path = adapter.build(rule.endpoint, dict(row.values))
            for method in METHODS:
                if method in (rule.methods or ()):
                    yield Call(rule.endpoint, method, path, row)


def rows_of(rule: Rule, world: BigWorld) -> list[Row]:
    """An argument nobody knows fails: say in PLAIN, SECRETS or POINTS_INTO what it is."""
    names = set(rule.arguments)
    plain = {name: PLAIN.get(name, "unknown-secret") for name in names if name in PLAIN or name in SECRETS}
    names -= plain.keys()
    if "submission_id" in names:
        found = [_along(name, world) | {"submission_id": one} for name, one in world.submissions.items()]
        return _rows(rule, plain, names, list(zip(found, world.submissions, strict=True)), "submission")
    if "assessment_id" in names:
        found = [_along(name, world) | {"assessment_id": one} for name, one in world.assessments.items()]
        return _rows(rule, plain, names, list(zip(found, world.assessments, strict=True)), "assessment")
    if not names:
        return [Row(tuple(plain.items()), "")]
    if names == {"evidence_id"}:
        found = [{"evidence_id": one} for one in world.evidence.values()]
        return _rows(rule, plain, names, list(zip(found, world.evidence, strict=True)), "evidence")
    return _of_table(rule, plain, names, world)


def is_owned(call: Call) -> bool:
    """Whether the address leads to a row of a tenant."""
    return bool(call.row.table)


def may_see(who: str, call: Call, world: BigWorld) -> bool | None:
    """Whether the oracle lets `who` see the row; none where it does not say (a row of a colleague)."""
    if not call.row.compartment:
        return False
    if call.row.table in PERSONAL:
        return False if not oracle.sees(who, call.row.compartment) else None
    if call.row.table == "evidence" and who in oracle.A_PARTLY:
        return call.row.compartment == "draftgiven"
    sees = oracle.sees(who, call.row.compartment)
    if call.row.table not in ("submission", "assessment"):
        return False if not sees else None
    return sees


def _rows(
    rule: Rule, plain: dict[str, Any], names: set[str], found: list[tuple[dict[str, Any], str]], table: str
) -> list[Row]:
    rows = [
        Row(tuple((plain | {name: values[name] for name in names}).items()), compartment, table)
        for values, compartment in found
    ]
    unknown = {
        name: value if name in ("section_id", "question_id", "number") else NOBODYS_ID
        for name, value in found[0][0].items()
    }
    return [*rows, Row(tuple((plain | {name: unknown[name] for name in names}).items()), "", table)]


def _along(compartment: str, world: BigWorld) -> dict[str, Any]:
    return {
        "section_id": SECTION,
        "question_id": QUESTION,
        "number": 1,
        "evidence_id": world.evidence[compartment],
        "share_id": world.shares.get(compartment, NOBODYS_ID),
        "comment_id": world.comments[compartment],
        "assignment_id": next(
            (row["id"] for row, where in world.rows["assignment"] if where == compartment), NOBODYS_ID
        ),
    }


def _of_table(rule: Rule, plain: dict[str, Any], names: set[str], world: BigWorld) -> list[Row]:
    """Rows of the table that the last variable part points into; the parts before it lead to the same tenant."""
    ordered = [name for name in re.findall(r"<(?:\w+:)?(\w+)>", rule.rule) if name in names]
    found = [({ordered[-1]: key}, compartment) for key, compartment in _keys(rule, ordered[-1], world)]
    for name in ordered[:-1]:
        by_tenant = {filling.tenant_of(compartment): key for key, compartment in _keys(rule, name, world)}
        for values, compartment in found:
            values[name] = by_tenant.get(filling.tenant_of(compartment), NOBODYS_ID)
    if not found:
        return [Row(tuple((plain | dict.fromkeys(names, NOBODYS_ID)).items()), "", _table(rule, ordered[-1]))]
    return _rows(rule, plain, names, found, _table(rule, ordered[-1]))


def _keys(rule: Rule, name: str, world: BigWorld) -> list[tuple[Any, str]]:
    table = _table(rule, name)
    column = "handle" if table == "login" else "id"
    return [(key[column], compartment) for key, compartment in world.rows.get(table, []) if column in key]


def _table(rule: Rule, name: str) -> str:
    table = POINTS_INTO.get(name, name.removesuffix("_id"))
    assert table in Base.metadata.tables, f"{rule}: nobody knows what <{name}> is; say so in PLAIN or POINTS_INTO"
    return table
