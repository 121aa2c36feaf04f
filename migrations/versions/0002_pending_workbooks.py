"""pending workbooks."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "pending_workbook",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_pending_workbook_assessment_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_pending_workbook_organisation_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_pending_workbook_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_workbook")),
        sa.UniqueConstraint("assessment_id", "user_id", name=op.f("uq_pending_workbook_assessment_id_user_id")),
    )
    with op.batch_alter_table("pending_workbook", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pending_workbook_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pending_workbook_uploaded_at"), ["uploaded_at"], unique=False)


def downgrade() -> None:
    op.drop_table("pending_workbook")
