"""Working together: assignments, history, comments, presence, uploads in pieces, corrective actions."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


COLUMNS = "assessment_id, question_id, version, value, dont_know, not_applicable, plan_end, comment"
_NEW = ", ".join(f"NEW.{name}" for name in COLUMNS.split(", "))
INTO = f"INSERT INTO answer_version ({COLUMNS}, saved_by_id, saved_at)"
KEEP = f"{INTO} VALUES ({_NEW}, NEW.updated_by_id, NEW.updated_at)"
#: The history of answers is written by the database: no way of saving an answer can forget it.
TRIGGERS = {
    "sqlite": (
        f"CREATE TRIGGER answer_first AFTER INSERT ON answer BEGIN {KEEP}; END",
        f"CREATE TRIGGER answer_next AFTER UPDATE OF version ON answer BEGIN {KEEP}; END",
    ),
    "postgresql": (
        f"CREATE FUNCTION keep_answer() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {KEEP}; RETURN NULL; END $$",
        "CREATE TRIGGER answer_first AFTER INSERT ON answer FOR EACH ROW EXECUTE FUNCTION keep_answer()",
        "CREATE TRIGGER answer_next AFTER UPDATE OF version ON answer FOR EACH ROW EXECUTE FUNCTION keep_answer()",
    ),
}
TRIGGERS_GONE = {
    "sqlite": ("DROP TRIGGER answer_first", "DROP TRIGGER answer_next"),
    "postgresql": (
        "DROP TRIGGER answer_first ON answer",
        "DROP TRIGGER answer_next ON answer",
        "DROP FUNCTION keep_answer()",
    ),
}


def upgrade() -> None:
    op.create_table(
        "reminder",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_reminder_user_id")),
        sa.PrimaryKeyConstraint("user_id", "subject_id", "due_on", "days", name=op.f("pk_reminder")),
    )
    op.create_table(
        "declaration",
        sa.Column("government_id", sa.Uuid(), nullable=False),
        sa.Column("will", sa.Text(), nullable=False),
        sa.Column("will_not", sa.Text(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("declared_by_id", sa.Uuid(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["declared_by_id"], ["user.id"], name=op.f("fk_declaration_declared_by_id")),
        sa.ForeignKeyConstraint(["government_id"], ["organisation.id"], name=op.f("fk_declaration_government_id")),
        sa.PrimaryKeyConstraint("government_id", name=op.f("pk_declaration")),
    )
    op.create_table(
        "answer_version",
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("dont_know", sa.Boolean(), nullable=False),
        sa.Column("not_applicable", sa.String(), nullable=True),
        sa.Column("plan_end", sa.Date(), nullable=True),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("saved_by_id", sa.Uuid(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_answer_version_assessment_id")),
        sa.ForeignKeyConstraint(["saved_by_id"], ["user.id"], name=op.f("fk_answer_version_saved_by_id")),
        sa.PrimaryKeyConstraint("assessment_id", "question_id", "version", name=op.f("pk_answer_version")),
    )
    op.create_table(
        "assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.String(), nullable=False),
        sa.Column("question_id", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("given_by_id", sa.Uuid(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hand_back_note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_assignment_assessment_id")),
        sa.ForeignKeyConstraint(["given_by_id"], ["user.id"], name=op.f("fk_assignment_given_by_id")),
        sa.ForeignKeyConstraint(["membership_id"], ["membership.id"], name=op.f("fk_assignment_membership_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint("membership_id", "assessment_id", "section_id", "question_id", name="uq_assignment_work"),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignment_assessment_id"), ["assessment_id"], unique=False)

    op.create_table(
        "bookmark",
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.String(), nullable=False),
        sa.Column("marked_by_id", sa.Uuid(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_bookmark_assessment_id")),
        sa.ForeignKeyConstraint(["marked_by_id"], ["user.id"], name=op.f("fk_bookmark_marked_by_id")),
        sa.PrimaryKeyConstraint("assessment_id", "question_id", name=op.f("pk_bookmark")),
    )
    op.create_table(
        "comment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.String(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_comment_assessment_id")),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_comment_author_id")),
        sa.ForeignKeyConstraint(["settled_by_id"], ["user.id"], name=op.f("fk_comment_settled_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.create_index("ix_comment_assessment_id_question_id", ["assessment_id", "question_id"], unique=False)

    op.create_table(
        "corrective_action",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("steps", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("planned", "started", "done", "dropped", name="actionstatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "cost",
            sa.Enum("unknown", "none", "low", "medium", "high", name="costband", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_corrective_action_assessment_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_corrective_action_created_by_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_corrective_action_organisation_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_corrective_action_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrective_action")),
    )
    with op.batch_alter_table("corrective_action", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_corrective_action_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "presence",
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.String(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_presence_assessment_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_presence_user_id")),
        sa.PrimaryKeyConstraint("assessment_id", "user_id", name=op.f("pk_presence")),
    )
    op.create_table(
        "section_done",
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.String(), nullable=False),
        sa.Column("done_by_id", sa.Uuid(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_section_done_assessment_id")),
        sa.ForeignKeyConstraint(["done_by_id"], ["user.id"], name=op.f("fk_section_done_done_by_id")),
        sa.PrimaryKeyConstraint("assessment_id", "section_id", name=op.f("pk_section_done")),
    )
    op.create_table(
        "upload",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_upload_assessment_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_upload_organisation_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_upload_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_upload_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "worker_statement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("body_name", sa.String(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_worker_statement_assessment_id")),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_worker_statement_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_statement")),
        sa.UniqueConstraint("assessment_id", "author_id", name=op.f("uq_worker_statement_assessment_id_author_id")),
    )
    op.create_table(
        "action_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("uploaded_by_id", sa.Uuid(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["action_id"], ["corrective_action.id"], name=op.f("fk_action_file_action_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_action_file_organisation_id")),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["user.id"], name=op.f("fk_action_file_uploaded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_file")),
    )
    with op.batch_alter_table("action_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_action_file_action_id"), ["action_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_action_file_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "mention",
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_mention_comment_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_mention_user_id")),
        sa.PrimaryKeyConstraint("comment_id", "user_id", name=op.f("pk_mention")),
    )
    _keep_grants()
    op.drop_table("section_grant")
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("due_on", sa.Date(), nullable=True))

    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.add_column(sa.Column("replaces_id", sa.Uuid(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "scan",
                sa.Enum("unscanned", "clean", "infected", name="scanstate", native_enum=False, length=40),
                nullable=False,
                server_default="unscanned",
            )
        )
        batch_op.add_column(sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("preview_sha256", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("previewed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_evidence_replaces_id"), "evidence", ["replaces_id"], ["id"], ondelete="SET NULL"
        )

    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("withdrawal_reason", sa.Text(), nullable=False, server_default=""))
        batch_op.create_foreign_key(batch_op.f("fk_submission_withdrawn_by_id"), "user", ["withdrawn_by_id"], ["id"])

    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.add_column(sa.Column("language", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("one_question_per_page", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("reminders_off_at", sa.DateTime(timezone=True), nullable=True))

    _write_history()


def downgrade() -> None:
    for statement in TRIGGERS_GONE[op.get_bind().dialect.name]:
        op.execute(statement)
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.drop_column("reminders_off_at")
        batch_op.drop_column("one_question_per_page")
        batch_op.drop_column("language")

    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_submission_withdrawn_by_id"), type_="foreignkey")
        batch_op.drop_column("withdrawal_reason")
        batch_op.drop_column("withdrawn_by_id")
        batch_op.drop_column("withdrawn_at")

    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_evidence_replaces_id"), type_="foreignkey")
        batch_op.drop_column("previewed_at")
        batch_op.drop_column("preview_sha256")
        batch_op.drop_column("scanned_at")
        batch_op.drop_column("scan")
        batch_op.drop_column("replaces_id")

    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.drop_column("due_on")

    op.create_table(
        "section_grant",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.String(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_section_grant_assessment_id")),
        sa.ForeignKeyConstraint(["membership_id"], ["membership.id"], name=op.f("fk_section_grant_membership_id")),
        sa.PrimaryKeyConstraint("membership_id", "assessment_id", "section_id", name=op.f("pk_section_grant")),
    )
    op.execute(
        "INSERT INTO section_grant (membership_id, assessment_id, section_id, granted_at) "
        "SELECT membership_id, assessment_id, section_id, given_at FROM assignment WHERE question_id = ''"
    )
    op.drop_table("mention")
    with op.batch_alter_table("action_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_action_file_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_action_file_action_id"))

    op.drop_table("action_file")
    op.drop_table("worker_statement")
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_upload_organisation_id"))

    op.drop_table("upload")
    op.drop_table("section_done")
    op.drop_table("presence")
    with op.batch_alter_table("corrective_action", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_corrective_action_organisation_id"))

    op.drop_table("corrective_action")
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.drop_index("ix_comment_assessment_id_question_id")

    op.drop_table("comment")
    op.drop_table("bookmark")
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assignment_assessment_id"))

    op.drop_table("assignment")
    op.drop_table("answer_version")
    op.drop_table("declaration")
    op.drop_table("reminder")


def _keep_grants() -> None:
    """What contributors were given becomes an assignment of a whole section."""
    typed = sa.text("SELECT membership_id, assessment_id, section_id, granted_at FROM section_grant").columns(
        membership_id=sa.Uuid(), assessment_id=sa.Uuid(), section_id=sa.String(), granted_at=sa.DateTime(timezone=True)
    )
    rows = [
        {
            "id": uuid4(),
            "membership_id": row.membership_id,
            "assessment_id": row.assessment_id,
            "section_id": row.section_id,
            "question_id": "",
            "note": "",
            "given_at": row.granted_at,
            "hand_back_note": "",
            "version": 1,
        }
        for row in op.get_bind().execute(typed)
    ]
    assignment = sa.table(
        "assignment",
        *(sa.column(name, sa.Uuid()) for name in ("id", "membership_id", "assessment_id")),
        *(sa.column(name, sa.String()) for name in ("section_id", "question_id", "note", "hand_back_note")),
        sa.column("given_at", sa.DateTime(timezone=True)),
        sa.column("version", sa.Integer()),
    )
    op.bulk_insert(assignment, rows)


def _write_history() -> None:
    """What stands today is the first version there is; from now on the database keeps each one."""
    op.execute(f"{INTO} SELECT {COLUMNS}, updated_by_id, updated_at FROM answer")  # noqa: S608 - names of our own
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)
