"""The stand-alone verifier: an honest log passes, and every way to change what was signed is found."""

from __future__ import annotations

import ast
import base64
import hashlib
import json
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from portal.domain.notes import Checkpoint, signed_note, verifier_key
from portal.services import audit
from tests.conftest import NOON
from tests.static.conftest import VERIFIER, Log

Run = Callable[..., tuple[int, str]]
#: Somewhere in the middle of what was signed.
PLACE = 6


def rows(database: Path) -> list[tuple[int, str, str, str]]:
    with sqlite3.connect(database) as connection:
        found = connection.execute("SELECT sequence, at, action, commitment FROM audit_event ORDER BY sequence")
        return list(found)


def signed_size(log: Log) -> int:
    return int(log.checkpoint.read_text().split("\n")[1])


def rehash_all(database: Path) -> None:
    """What an owner of the database does to cover up: every stored hash fits its entry again."""
    with sqlite3.connect(database) as connection:
        for sequence, at, action, committed in rows(database):
            moment = at.replace(" ", "T") + ("" if "." in at else ".000000") + "Z"
            leaf = json.dumps(
                {"action": action, "at": moment, "commitment": committed}, separators=(",", ":"), sort_keys=True
            )
            hashed = hashlib.sha256(b"\x00" + leaf.encode()).hexdigest()
            connection.execute("UPDATE audit_event SET leaf = ? WHERE sequence = ?", (hashed, sequence))


def renumber(database: Path) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        for new, (sequence, *_rest) in enumerate(rows(database)):
            connection.execute("UPDATE audit_event SET sequence = ? WHERE sequence = ?", (-1 - new, sequence))
        connection.execute("UPDATE audit_event SET sequence = -1 - sequence")


def insert_at(sequence: int) -> list[str]:
    return [
        f"UPDATE audit_event SET sequence = -sequence - 2 WHERE sequence >= {sequence}",
        "UPDATE audit_event SET sequence = -sequence - 1 WHERE sequence < -1",
        f"INSERT INTO audit_event SELECT {sequence}, at, action, commitment || '00', leaf "
        f"FROM audit_event WHERE sequence = {sequence - 1}",
    ]


EDIT = f"UPDATE audit_event SET commitment = '{'0' * 64}' WHERE sequence = {PLACE}"
#: Kind of tampering: what the owner runs, and whether every hash and number is made to fit afterwards.
TAMPERINGS: dict[str, tuple[list[str], bool]] = {
    "edit": ([EDIT], False),
    "edit and rehash": ([EDIT], True),
    "delete in the middle": ([f"DELETE FROM audit_event WHERE sequence = {PLACE}"], True),
    "delete the tail": (
        ["DELETE FROM audit_event WHERE sequence >= (SELECT max(size) FROM audit_checkpoint) - 2"],
        True,
    ),
    "replace the tail": (
        [
            f"UPDATE audit_event SET commitment = '{'1' * 64}', action = 'answer.saved' "
            "WHERE sequence >= (SELECT max(size) FROM audit_checkpoint) - 2"
        ],
        True,
    ),
    "reorder": (
        [
            f"UPDATE audit_event SET sequence = -1 WHERE sequence = {PLACE}",
            f"UPDATE audit_event SET sequence = {PLACE} WHERE sequence = {PLACE + 1}",
            f"UPDATE audit_event SET sequence = {PLACE + 1} WHERE sequence = -1",
        ],
        True,
    ),
    "insert": (insert_at(PLACE), True),
    "back-date": ([f"UPDATE audit_event SET at = '2020-01-01 00:00:00.000000' WHERE sequence = {PLACE}"], True),
}  # fmt: skip


def test_an_honest_log_passes_and_says_how_much_is_covered(log: Log, verifier: Run) -> None:
    code, said = verifier("export", log.export(), "--key", log.key, "--checkpoint", log.checkpoint)

    assert (code, said) == (0, f"good: {signed_size(log)} entries are those that were signed; 3 came later\n")


@pytest.mark.parametrize("kind", TAMPERINGS)
def test_the_owner_of_the_database_cannot_change_what_was_signed(kind: str, log: Log, verifier: Run) -> None:
    statements, covered_up = TAMPERINGS[kind]
    changed = log.tampered("PRAGMA foreign_keys = OFF", *statements)
    if covered_up:
        renumber(changed)
        rehash_all(changed)

    code, said = verifier("export", log.export(changed), "--key", log.key, "--checkpoint", log.checkpoint)

    assert (code, said.startswith("BAD: entry ")) == (1, True), said


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        (EDIT, f"entry {PLACE}: changed"),
        (f"DELETE FROM audit_event WHERE sequence = {PLACE}", f"entry {PLACE}: missing"),
        ("DELETE FROM audit_event WHERE sequence >= 12", "entry 12: missing"),
    ],
)
def test_the_first_bad_entry_is_named(statement: str, named: str, log: Log, verifier: Run) -> None:
    changed = log.tampered("PRAGMA foreign_keys = OFF", statement)

    code, said = verifier("export", log.export(changed), "--key", log.key, "--checkpoint", log.checkpoint)

    assert (code, named in said) == (1, True), said


def test_a_log_made_to_fit_again_is_narrowed_down_by_the_checkpoints_it_carries(log: Log, verifier: Run) -> None:
    earlier = int((log.folder / "earlier").read_text().split("\n")[1])
    changed = log.tampered(f"UPDATE audit_event SET action = 'x.y' WHERE sequence = {earlier + 1}")
    rehash_all(changed)

    code, said = verifier("export", log.export(changed), "--key", log.key, "--checkpoint", log.checkpoint)

    assert code == 1
    assert said == f"BAD: entry {earlier}: not what was signed, or one up to {signed_size(log) - 1}\n"


def test_a_changed_score_is_found_by_the_receipt_that_names_the_entry(log: Log, verifier: Run) -> None:
    """Abuse case A14: the owner changes a score, commits to the new content and hashes the log anew from there."""
    proof = json.loads((log.folder / "proof.json").read_text())
    forged = audit.commitment(b"\x00" * 32, proof["content"] | {"details": {"digest": "sha256:" + "0" * 64}})
    changed = log.tampered(
        "UPDATE submission SET score = 99.9",
        f"UPDATE audit_event SET commitment = '{forged}' WHERE sequence = {proof['sequence']}",
    )
    rehash_all(changed)
    against = ("--key", log.key, "--checkpoint", log.checkpoint)

    alone = verifier("export", log.export(changed), *against)
    with_receipt = verifier("export", log.export(changed), *against, "--proof", log.folder / "proof.json")

    assert alone[0] == with_receipt[0] == 1
    assert alone[1].startswith("BAD: entry ")
    assert f"BAD: entry {proof['sequence']}: not the one that was proved" in with_receipt[1]


def test_two_checkpoints_fit_the_same_log_or_do_not(log: Log, verifier: Run) -> None:
    both = ("--key", log.key, "--checkpoint", log.folder / "earlier", "--checkpoint", log.checkpoint)
    changed = log.tampered(f"UPDATE audit_event SET action = 'x.y' WHERE sequence = {PLACE}")
    rehash_all(changed)

    assert verifier("export", log.export(), *both)[0] == 0
    code, said = verifier("export", log.export(changed), *both)
    assert (code, said.startswith("BAD: entry 0: not what was signed")) == (1, True)


def test_the_proof_of_a_receipt_stands_alone(log: Log, verifier: Run) -> None:
    proof = json.loads((log.folder / "proof.json").read_text())

    code, said = verifier("proof", log.folder / "proof.json", "--key", log.key)

    assert (code, f"entry {proof['sequence']} (submission.created" in said) == (0, True)
    assert proof["content"]["subject_id"] == str(log.submission)


@pytest.mark.parametrize(
    "change",
    [
        {"sequence": 1},
        {"action": "review.decided"},
        {"at": "2020-01-01T00:00:00.000000Z"},
        {"commitment": "0" * 64},
        {"content": {"digest": "sha256:another"}},
        {"salt": "00" * 32},
        {"inclusion": []},
        {"inclusion": ["00" * 32] * 5},
        {"inclusion": ["00" * 32] * 90},
    ],
    ids=str,
)
def test_a_changed_proof_is_bad(change: dict[str, object], log: Log, verifier: Run) -> None:
    proof = json.loads((log.folder / "proof.json").read_text()) | change
    code, said = verifier("proof", log.keep("changed.json", json.dumps(proof)), "--key", log.key)

    assert (code, said.startswith("BAD: entry ")) == (1, True), said


def test_a_checkpoint_that_another_key_signed_is_bad(log: Log, verifier: Run) -> None:
    stranger = Ed25519PrivateKey.generate()
    public = stranger.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    forged = signed_note(Checkpoint("portal.example/log", 3, b"\x00" * 32), public, stranger.sign)
    own = log.checkpoint.read_text()
    size = str(signed_size(log))
    notes = {
        "another key": forged,
        "another size": own.replace(f"\n{size}\n", "\n3\n"),
        "another log": own.replace("portal.example/log", "elsewhere.example/log"),
        "no signature": own.partition("\n\n")[0] + "\n\n",
        "cut signature": own[:-8] + "\n",
    }
    told = {
        name: verifier("export", log.export(), "--key", log.key, "--checkpoint", log.keep("note", note))[0]
        for name, note in notes.items()
    }

    assert told == {**dict.fromkeys(notes, 1), "no signature": 2, "cut signature": 2}


def test_what_cannot_be_read_has_a_code_of_its_own(log: Log, verifier: Run) -> None:
    export, checkpoint = log.export(), ("--checkpoint", log.checkpoint)
    name, short, encoded = log.key.split("+", 2)
    other = base64.b64encode(b"\x01" + b"\x00" * 32).decode()
    told = [
        verifier("export", log.folder / "nothing", "--key", log.key, *checkpoint),
        verifier("export", log.keep("garbage", "{"), "--key", log.key, *checkpoint),
        verifier("export", log.keep("list", "[1]\n"), "--key", log.key, *checkpoint),
        verifier("export", log.keep("deep", "[" * 100_000), "--key", log.key, *checkpoint),
        verifier("export", log.keep("half", '{"sequence": 0}\n'), "--key", log.key, *checkpoint),
        verifier("export", export, "--key", "nonsense", *checkpoint),
        verifier("export", export, "--key", f"{name}+{short}+{other}", *checkpoint),
        verifier("export", export, "--key", f"{name}+{short}+%{encoded}", *checkpoint),
        verifier("export", export, "--key", log.key),
        verifier("export", export, "--key", log.key, "--checkpoint", log.keep("note", "hello\n")),
        verifier("proof", log.keep("proof", "[]"), "--key", log.key),
    ]

    assert [code for code, _said in told] == [2] * len(told), told
    assert all("Traceback" not in said and said.startswith("unreadable: ") for _code, said in told)


def test_its_signatures_are_those_of_the_library(log: Log, verifier: Run) -> None:
    """Several keys: each note is good with its own key."""
    for number in range(5):
        key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(bytes([number])).digest())
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        origin = "portal.example/log"
        note = signed_note(Checkpoint(origin, 0, hashlib.sha256(b"").digest()), public, key.sign)
        vkey = verifier_key(origin, public)
        kept = log.keep("note", note)

        assert verifier("export", log.keep("empty", ""), "--key", vkey, "--checkpoint", kept)[0] == 0


def test_it_is_short_and_needs_nothing_but_python() -> None:
    source = VERIFIER.read_text(encoding="utf-8")
    imported = {
        name.partition(".")[0]
        for node in ast.walk(ast.parse(source))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    assert len(source.splitlines()) <= 250
    assert imported <= sys.stdlib_module_names


def test_moments_are_written_as_the_export_has_them() -> None:
    assert audit.moment(NOON) == "2026-11-23T12:00:00.000000Z"
