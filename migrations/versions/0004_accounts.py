"""Accounts: authenticators, invitations, mail, reads of what is shared, and what takes two people."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    # Everybody signs in once more: an old sign-in does not say how it was made.
    op.execute("DELETE FROM login")
    op.execute("DELETE FROM sign_in_throttle")
    op.create_table(
        "outbox_mail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("waiting", "sending", "sent", "failed", name="mailstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_mail")),
    )
    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_mail_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_mail_state"), ["state"], unique=False)

    op.create_table(
        "authenticator",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind", sa.Enum("totp", "passkey", name="authenticatorkind", native_enum=False, length=40), nullable=False
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sealed_secret", sa.String(), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=True),
        sa.Column("public_key", sa.LargeBinary(), nullable=True),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_authenticator_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authenticator")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_authenticator_credential_id")),
    )
    with op.batch_alter_table("authenticator", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_authenticator_user_id"), ["user_id"], unique=False)

    op.create_table(
        "ceremony",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("details", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_ceremony_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ceremony")),
    )
    with op.batch_alter_table("ceremony", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ceremony_created_at"), ["created_at"], unique=False)

    op.create_table(
        "known_device",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_known_device_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_device")),
    )
    with op.batch_alter_table("known_device", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_known_device_user_id"), ["user_id"], unique=False)

    op.create_table(
        "link_token",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_link_token_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_token")),
    )
    with op.batch_alter_table("link_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_token_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_link_token_user_id"), ["user_id"], unique=False)

    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_recovery_code_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    with op.batch_alter_table("recovery_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_code_user_id"), ["user_id"], unique=False)

    op.create_table(
        "alert",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("details", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_by_id", sa.Uuid(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_alert_organisation_id")),
        sa.ForeignKeyConstraint(["seen_by_id"], ["user.id"], name=op.f("fk_alert_seen_by_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_alert_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
    )
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alert_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_alert_raised_at"), ["raised_at"], unique=False)

    op.create_table(
        "approval",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by_id", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("asked_by_id <> approved_by_id", name=op.f("ck_approval_two_people")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["user.id"], name=op.f("fk_approval_approved_by_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user.id"], name=op.f("fk_approval_asked_by_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_approval_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
    )
    with op.batch_alter_table("approval", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_approval_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_approval_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "identity_provider",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("sealed_secret", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_identity_provider_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_provider")),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_identity_provider_organisation_id")),
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "owner",
                "editor",
                "contributor",
                "signatory",
                "reviewer",
                "supervisor",
                "administrator",
                "methodology_editor",
                name="role",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("invited_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["invited_by_id"], ["user.id"], name=op.f("fk_invitation_invited_by_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_invitation_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "merger",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("into_id", sa.Uuid(), nullable=True),
        sa.Column("into_country", sa.String(), nullable=False),
        sa.Column("into_number", sa.String(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_by_id", sa.Uuid(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("from_id <> into_id", name=op.f("ck_merger_two_companies")),
        sa.ForeignKeyConstraint(["accepted_by_id"], ["user.id"], name=op.f("fk_merger_accepted_by_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user.id"], name=op.f("fk_merger_asked_by_id")),
        sa.ForeignKeyConstraint(["from_id"], ["organisation.id"], name=op.f("fk_merger_from_id")),
        sa.ForeignKeyConstraint(["into_id"], ["organisation.id"], name=op.f("fk_merger_into_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merger")),
    )
    with op.batch_alter_table("merger", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_merger_from_id"), ["from_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_merger_into_id"), ["into_id"], unique=False)

    op.create_table(
        "served_country",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_served_country_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "country", name=op.f("pk_served_country")),
    )
    op.execute(
        "INSERT INTO served_country (organisation_id, country) "
        "SELECT id, country FROM organisation WHERE kind = 'government' AND country <> ''"
    )
    op.create_table(
        "federated_identity",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["identity_provider.id"], name=op.f("fk_federated_identity_provider_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_federated_identity_user_id")),
        sa.PrimaryKeyConstraint("provider_id", "subject", name=op.f("pk_federated_identity")),
    )
    with op.batch_alter_table("federated_identity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_federated_identity_user_id"), ["user_id"], unique=False)

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
    op.create_table(
        "shared_read",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("government_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["organisation.id"], name=op.f("fk_shared_read_company_id")),
        sa.ForeignKeyConstraint(["government_id"], ["organisation.id"], name=op.f("fk_shared_read_government_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_shared_read_submission_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_shared_read_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shared_read")),
    )
    with op.batch_alter_table("shared_read", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shared_read_government_id"), ["government_id"], unique=False)
        batch_op.create_index("ix_shared_read_submission_id_at", ["submission_id", "at"], unique=False)
        batch_op.create_index("ix_shared_read_user_id_at", ["user_id", "at"], unique=False)

    with op.batch_alter_table("login", schema=None) as batch_op:
        batch_op.add_column(sa.Column("handle", sa.Uuid(), nullable=False))
        batch_op.add_column(sa.Column("method", sa.String(), nullable=False))
        batch_op.add_column(sa.Column("mfa_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("provider_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("device", sa.String(), nullable=False))
        batch_op.create_unique_constraint(batch_op.f("uq_login_handle"), ["handle"])
        batch_op.drop_constraint(batch_op.f("fk_login_membership_id"), type_="foreignkey")
        batch_op.create_foreign_key(batch_op.f("fk_login_provider_id"), "identity_provider", ["provider_id"], ["id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_login_membership_id"), "membership", ["membership_id"], ["id"], ondelete="SET NULL"
        )

    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("merged_into_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
        for name in ("verification_note", "named_parent_country", "named_parent_number"):
            batch_op.add_column(sa.Column(name, sa.String(), nullable=False, server_default=""))
        batch_op.create_index(batch_op.f("ix_organisation_merged_into_id"), ["merged_into_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_organisation_merged_into_id"), "organisation", ["merged_into_id"], ["id"]
        )

    with op.batch_alter_table("share", schema=None) as batch_op:
        batch_op.add_column(sa.Column("expired_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_index("ix_share_government_id_submission_id")
        # Every look of a government asks these columns of it: the table itself need not be read.
        batch_op.create_index(
            "ix_share_open", ["government_id", "submission_id", "revoked_at", "expired_at", "until"], unique=False
        )

    with op.batch_alter_table("sign_in_throttle", schema=None) as batch_op:
        batch_op.add_column(sa.Column("in_a_row", sa.Integer(), nullable=False))
        batch_op.alter_column("window_started_at", new_column_name="failed_at")

    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.add_column(sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.add_column(sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.execute("DELETE FROM login")
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.drop_column("erased_at")

    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.drop_column("erased_at")

    with op.batch_alter_table("sign_in_throttle", schema=None) as batch_op:
        batch_op.drop_column("in_a_row")
        batch_op.alter_column("failed_at", new_column_name="window_started_at")

    with op.batch_alter_table("share", schema=None) as batch_op:
        batch_op.drop_index("ix_share_open")
        batch_op.create_index("ix_share_government_id_submission_id", ["government_id", "submission_id"], unique=False)
        batch_op.drop_column("expired_at")

    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_organisation_merged_into_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_organisation_merged_into_id"))
        for name in ("named_parent_number", "named_parent_country", "verification_note"):
            batch_op.drop_column(name)
        batch_op.drop_column("erased_at")
        batch_op.drop_column("merged_into_id")

    with op.batch_alter_table("login", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_login_membership_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_login_provider_id"), type_="foreignkey")
        batch_op.create_foreign_key(batch_op.f("fk_login_membership_id"), "membership", ["membership_id"], ["id"])
        batch_op.drop_constraint(batch_op.f("uq_login_handle"), type_="unique")
        batch_op.drop_column("device")
        batch_op.drop_column("provider_id")
        batch_op.drop_column("proved_at")
        batch_op.drop_column("mfa_at")
        batch_op.drop_column("method")
        batch_op.drop_column("handle")

    op.drop_table("shared_read")
    op.drop_table("section_grant")
    op.drop_table("federated_identity")
    op.drop_table("served_country")
    op.drop_table("merger")
    op.drop_table("invitation")
    op.drop_table("identity_provider")
    op.drop_table("approval")
    op.drop_table("alert")
    op.drop_table("recovery_code")
    op.drop_table("link_token")
    op.drop_table("known_device")
    op.drop_table("ceremony")
    op.drop_table("authenticator")
    op.drop_table("outbox_mail")
