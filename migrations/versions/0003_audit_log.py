"""The audit log becomes an append-only Merkle tree of commitments, with its contents beside it."""

import hashlib
import hmac
import json
import secrets
from datetime import UTC

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OLD = ("at", "actor_id", "organisation_id", "action", "subject_kind", "subject_id", "details")


def upgrade() -> None:
    old = _rows("SELECT sequence, {} FROM audit_event ORDER BY sequence")
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_event_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_audit_event_action"))
    op.drop_table("audit_event")
    event = op.create_table(
        "audit_event",
        sa.Column("sequence", SEQUENCE, autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("commitment", sa.String(), nullable=False),
        sa.Column("leaf", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_audit_event")),
    )
    content = op.create_table(
        "audit_content",
        sa.Column("sequence", SEQUENCE, autoincrement=False, nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["sequence"], ["audit_event.sequence"], name=op.f("fk_audit_content_sequence")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_audit_content")),
    )
    with op.batch_alter_table("audit_content", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_content_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_content_subject_id"), ["subject_id"], unique=False)
    op.create_table(
        "audit_checkpoint",
        sa.Column("size", SEQUENCE, autoincrement=False, nullable=False),
        sa.Column("root", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_audit_checkpoint")),
    )
    with op.batch_alter_table("audit_checkpoint", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_checkpoint_signed_at"), ["signed_at"], unique=False)
    # What was logged before keeps its order and its moments; from now on it can no longer be changed unseen.
    for sequence, row in enumerate(old):
        salt = secrets.token_bytes(32)
        said = {name: row[name] for name in ("subject_kind", "subject_id", "details")}
        said |= {name: str(row[name]) if row[name] else None for name in ("actor_id", "organisation_id")}
        committed = hmac.new(salt, _canonical(said), hashlib.sha256).hexdigest()
        at = f"{row['at'].replace(tzinfo=row['at'].tzinfo or UTC).astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
        leaf = _canonical({"action": row["action"], "at": at, "commitment": committed})
        place = {"sequence": sequence}
        hashed = hashlib.sha256(b"\x00" + leaf).hexdigest()
        made = {"at": row["at"], "action": row["action"], "commitment": committed, "leaf": hashed}
        op.bulk_insert(event, [place | made])
        kept = {name: row[name] for name in OLD if name not in ("at", "action")}
        op.bulk_insert(content, [place | {"salt": salt} | kept])


def downgrade() -> None:
    old = _rows(
        "SELECT sequence, {} FROM audit_event JOIN audit_content USING (sequence) ORDER BY sequence",
    )
    op.drop_table("audit_checkpoint")
    op.drop_table("audit_content")
    op.drop_table("audit_event")
    event = op.create_table(
        "audit_event",
        sa.Column("sequence", SEQUENCE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_audit_event")),
    )
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_event_action"), ["action"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_event_organisation_id"), ["organisation_id"], unique=False)
    for row in old:
        op.bulk_insert(event, [{name: row[name] for name in OLD}])


def _rows(statement: str) -> list[sa.RowMapping]:
    """The events with their values as Python sees them, whatever the database."""
    types = {
        "at": sa.DateTime(timezone=True),
        "actor_id": sa.Uuid(),
        "organisation_id": sa.Uuid(),
        "details": sa.JSON(),
        "sequence": SEQUENCE,
    }
    asked = sa.text(statement.format(", ".join(OLD))).columns(**types)
    return list(op.get_bind().execute(asked).mappings())


def _canonical(value: object) -> bytes:
    """RFC 8785 for what the log holds: texts in normal form C, whole numbers, no fractions."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
