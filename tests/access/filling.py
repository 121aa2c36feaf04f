"""Give every tenant a row in every table, and every column of words a canary: found by reflection, not by a list."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, Column, Date, Enum, Integer, LargeBinary, String, Table, Uuid, select, update
from sqlalchemy.types import Boolean, Numeric

from portal.db import Base, UTCDateTime
from portal.domain.answers import Answer
from portal.models import Assessment
from portal.services import workbooks
from portal.services.workbooks import Upload
from portal.spreadsheets.metadata import Metadata
from portal.spreadsheets.reading import Given, Reading
from tests.access.canaries import canary

if TYPE_CHECKING:
    from tests.access.world import Site

#: Tables that belong to nobody: what everybody may read, counters, and the log, whose words are ids and states.
NOBODYS = {
    "release": "published to everybody",
    "sign_in_throttle": "hashes and counters",
    "audit_event": "commitments: hashes alone",
    "audit_checkpoint": "published to everybody",
    "audit_content": "ids, versions and states alone; the services' own tests look at them",
    "outbox_mail": "sealed; the test opens what is sent",
    "declaration": "published to everybody",
}
#: Columns that hold no words of a tenant: column -> (what a made-up row says there, why).
CODES: dict[str, tuple[Any, str]] = {
    "organisation.country": ("TH", "a code"),
    "organisation.named_parent_country": ("", "a code"),
    "merger.into_country": ("SG", "a code"),
    "served_country.country": ("TH", "a code"),
    "submission.reference": ("", "looked for as a canary of its own"),
    "submission.questionnaire": ("", "names a questionnaire"),
    "submission.bundle": ("", "frozen with the canaries of the answers"),
    "submission.scorecard": ("", "figures"),
    "submission.band": ("", "one of five words"),
    "submission.red_flag": ("", "a state"),
    "submission.country": ("", "a code"),
    "submission.sector": ("", "a letter"),
    "assessment.questionnaire": ("hrdd-short@2026.1", "names a questionnaire"),
    "company_profile.profile": ("", "names a profile"),
    "company_profile.values": ("", "carry a canary from the builder"),
    "answer.question_id": ("", "names a question"),
    "answer.value": ("", "carry a canary from the builder where they are words"),
    "evidence.question_id": ("", "names a question"),
    "evidence.media_type": ("text/plain", "a type"),
    "pending_workbook.content": ("", "carries a canary from the builder"),
    "assignment.section_id": ("COM", "names a section"),
    "assignment.question_id": ("", "names a question"),
    "answer_version.question_id": ("HRS-COM-01", "names a question"),
    "answer_version.value": ("", "goes along with the answer"),
    "bookmark.question_id": ("HRS-COM-01", "names a question"),
    "comment.question_id": ("HRS-COM-01", "names a question"),
    "corrective_action.question_id": ("HRS-COM-01", "names a question"),
    "corrective_action.steps": ([{"text": "Ask", "done": False}], "stand beside the title, which is marked"),
    "upload.question_id": ("HRS-COM-01", "names a question"),
    "section_done.section_id": ("COM", "names a section"),
    "presence.section_id": ("COM", "names a section"),
    "action_file.media_type": ("text/plain", "a type"),
    "user.language": ("", "a tag"),
    "approval.kind": ("erase_submission", "a kind"),
    "alert.kind": ("read_burst", "a kind"),
    "job.kind": ("", "a kind"),
    "ceremony.purpose": ("register", "a purpose"),
    "link_token.purpose": ("reset", "a purpose"),
    "login.method": ("", "a method"),
    "report_file.language": ("en", "a tag"),
    "share.scope": ("", "a scope"),
    "shared_read.what": ("", "what was opened"),
    "user.password_hash": ("", "a hash"),
}
#: Endings of columns that hold hashes and seals: nothing to read in them.
OPAQUE = ("_hash", "sha256", "digest", "sealed", "sealed_secret", "_key_hash")
#: Compartment -> the company or government it belongs to.
TENANT = {"draftgiven": "a", "draftclosed": "a", "draftofb": "b"}


def text_columns(table: Table) -> Iterator[Column[Any]]:
    """Every column that could hold words: neither codes nor hashes nor what is sealed."""
    for column in table.columns:
        is_text = isinstance(column.type, String | JSON) and not isinstance(column.type, Enum)
        if is_text and not _is_opaque(column) and f"{table.name}.{column.name}" not in CODES:
            yield column


def tables() -> list[Table]:
    return [table for table in Base.metadata.sorted_tables if table.name not in NOBODYS]


def fill(site: Site) -> dict[str, list[tuple[dict[str, Any], str]]]:
    """Add what is missing, mark what is there; return primary key and compartment of every row by table."""
    _keep_workbooks(site)
    found: dict[str, list[tuple[dict[str, Any], str]]] = {}
    for table in tables():
        missing = tenants_of(table) - {tenant_of(compartment) for _row, compartment in _rows(site, table)}
        for letter in sorted(missing):
            site.session.execute(table.insert(), _made_up(site, table, letter))
        found[table.name] = []
        for row, compartment in _rows(site, table):
            key = {column.name: row[column.name] for column in table.primary_key}
            _mark(site, table, key, row, compartment)
            named = {"handle": row["handle"]} if "handle" in row else {}
            found[table.name].append((key | named, compartment))
    return found


def tenant_of(compartment: str) -> str:
    """The letter of the tenant whose words these are."""
    shared = {"unshared": "a", "sharedwithx": "a", "sharedwithy": "a", "revoked": "a", "expired": "a", "swept": "a"}
    others = {"unsharedofb": "b", "bsharedwithy": "b", "absorbed": "c"}
    return (TENANT | shared | others).get(compartment, compartment[0])


def _keep_workbooks(site: Site) -> None:
    for who, compartment in (("owner of A", "draftclosed"), ("owner of B", "draftofb")):
        assessment = site.session.get_one(Assessment, site.assessments[compartment])
        reference = assessment.questionnaire
        metadata = Metadata(reference, site.catalogue.questionnaires[reference].digest, {})
        given = Given(Answer(value=3, comment=f"Typed {canary(compartment)}"), "Commit", 4)
        workbooks.keep_upload(
            site.session,
            site.people[who].principal,
            assessment,
            Upload(metadata, Reading({"HRS-COM-02": given})),
            name=f"{canary(compartment)}.xlsx",
            at=site.now,
        )


def tenants_of(table: Table) -> set[str]:
    """Whose row a table must have: companies' where it hangs from an assessment, else governments' too."""
    columns = set(table.columns.keys())
    if columns & {"assessment_id", "submission_id", "from_id"} or table.name in ("assessment", "company_profile"):
        return {"a", "b"}
    if table.name in ("assignment", "served_country"):
        return set()
    if table.name in ("mention", "action_file"):
        return {"a", "b"}
    return {"a", "b", "x", "y"}


def _rows(site: Site, table: Table) -> list[tuple[dict[str, Any], str]]:
    rows = [dict(row._mapping) for row in site.session.execute(select(table))]
    return [(row, compartment_of(site, table.name, row)) for row in rows]


def compartment_of(site: Site, table: str, row: dict[str, Any]) -> str:
    """Follow the row's references to the tenant: what a company wrote, else an organisation, else a person."""
    letters = {organisation: letter for letter, organisation in site.organisations.items()}
    by_assessment = {row_id: name for name, row_id in site.assessments.items()}
    by_submission = {row_id: name for name, row_id in site.submissions.items()}
    if table == "organisation":
        return f"{letters[row['id']]}name"
    for table_of, column in (("assessment", "assessment_id"), ("submission", "submission_id")):
        row_id = row.get(column) or (row["id"] if table == table_of else None)
        if row_id is not None:
            return (by_assessment if table_of == "assessment" else by_submission)[row_id]
    if table == "company_profile":
        return f"{letters[row['organisation_id']]}profile"
    for column in ("organisation_id", "from_id"):
        if row.get(column):
            return f"{letters[row[column]]}people"
    if row.get("comment_id"):
        return compartment_of(site, "", _looked_up(site, "comment", row["comment_id"]))
    if row.get("provider_id"):
        return compartment_of(site, "", _looked_up(site, "identity_provider", row["provider_id"]))
    if row.get("membership_id"):
        return compartment_of(site, "", _looked_up(site, "membership", row["membership_id"]))
    user_id = row["id"] if table == "user" else row.get("user_id")
    for person in site.people.values():
        if person.principal.user_id == user_id:
            letter = letters.get(person.principal.organisation_id, "n")  # type: ignore[arg-type]
            return f"{letter}people"
    raise LookupError(f"whose is this row of {table}? Say so in compartment_of or in NOBODYS")


def _looked_up(site: Site, table: str, row_id: UUID) -> dict[str, Any]:
    found = Base.metadata.tables[table]
    return dict(site.session.execute(select(found).where(found.c.id == row_id)).one()._mapping)


def _mark(site: Site, table: Table, key: dict[str, Any], row: dict[str, Any], compartment: str) -> None:
    values = {}
    for column in text_columns(table):
        word = canary(compartment)
        if column.primary_key or word in str(row[column.name]):
            continue
        if isinstance(column.type, JSON):
            values[column.name] = {**(row[column.name] or {}), "note": word}
        elif not (table.name == "answer" and column.name == "not_applicable"):
            values[column.name] = f"{row[column.name] or ''} {word}".strip()
    if table.name in ("answer", "comment") or (table.name == "worker_statement" and compartment == "draftgiven"):
        values = {}  # the builder has said what is where; a contributor's other sections lie elsewhere
    if values:
        site.session.execute(
            update(table).where(*(table.c[name] == value for name, value in key.items())).values(values)
        )


def _made_up(site: Site, table: Table, letter: str) -> dict[str, Any]:
    return {
        column.name: _value(site, table, column, letter)
        for column in table.columns
        if not column.nullable
        or isinstance(column.type, String | JSON)
        or column.name in ("user_id", "organisation_id", "government_id", "membership_id", "confirmed_at")
        # A provider that is made up cannot be reached; what is switched off is not asked.
        or f"{table.name}.{column.name}" == "identity_provider.disabled_at"
        if not (column.primary_key and isinstance(column.type, Integer)) or column.autoincrement is False
    }


def _value(site: Site, table: Table, column: Column[Any], letter: str) -> Any:
    for reference in column.foreign_keys:
        return _referred(site, reference.column.table.name, letter, column.name)
    code = CODES.get(f"{table.name}.{column.name}")
    kind = column.type
    if code:
        return code[0]
    if isinstance(kind, Enum):
        return next(iter(kind.enum_class)) if kind.enum_class else kind.enums[0]
    if isinstance(kind, String):
        return secrets.token_hex(32) if _is_opaque(column) else f"{secrets.token_hex(3)} {canary(f'{letter}people')}"
    if isinstance(kind, JSON):
        return {"note": canary(f"{letter}people")}
    if isinstance(kind, Uuid):
        return (
            site.submissions["unsharedofb" if letter == "b" else "unshared"] if column.name == "subject_id" else uuid4()
        )
    if isinstance(kind, UTCDateTime):
        return datetime.fromtimestamp(site.now.timestamp() + 3600, tz=site.now.tzinfo)
    if isinstance(kind, Date):
        return date(2030, 1, 1)
    if isinstance(kind, Boolean):
        return False
    if isinstance(kind, LargeBinary):
        return secrets.token_bytes(32)
    if isinstance(kind, Integer | Numeric):
        return 1
    raise LookupError(f"no value is known for {table.name}.{column.name}")


def _referred(site: Site, table: str, letter: str, column: str) -> Any:
    """A row of the same tenant that a made-up row may refer to."""
    who = {"a": "half signed in", "b": "owner of B", "x": "supervisor of X", "y": "supervisor of Y"}[letter]
    principal = site.people[who].principal
    other = {"into_id": "b" if letter == "a" else "a"}
    match table:
        case "organisation":
            return site.organisations[other.get(column, letter)]
        case "user":
            return principal.actor
        case "membership":
            return principal.membership_id
        case "assessment":
            return site.assessments["draftofb" if letter == "b" else "draftclosed"]
        case "submission":
            return site.submissions["unsharedofb" if letter == "b" else "unshared"]
    referred = Base.metadata.tables[table]
    for row, compartment in _rows(site, referred):
        if tenant_of(compartment) == letter:
            return row["id"]
    raise LookupError(f"a row of {letter} in {table} is needed for {column}")


def _is_opaque(column: Column[Any]) -> bool:
    is_hash = column.primary_key and isinstance(column.type, String) and column.name == "id"
    return is_hash or column.name.endswith(OPAQUE)
