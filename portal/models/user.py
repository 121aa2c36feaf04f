"""People, how they prove who they are, their open sign-ins, and the count of failed ones."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, PrimaryKey, enum_column


class User(Base):
    __tablename__ = "user"

    id: Mapped[PrimaryKey]
    #: Lower case, so that one address is one person.
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    #: A sample account of the demonstration; production refuses to start while one exists.
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    #: Tag of the language of mails to this person; empty until they chose one.
    language: Mapped[str] = mapped_column(default="")
    #: Whether questions are shown one on each page, instead of a section at a time.
    one_question_per_page: Mapped[bool] = mapped_column(default=False)
    #: Since when reminders are no longer wanted.
    reminders_off_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    #: Erased at the person's wish: name, address and password are gone, the id is left for the log.
    erased_at: Mapped[datetime | None]


class AuthenticatorKind(StrEnum):
    TOTP = "totp"
    PASSKEY = "passkey"


class Authenticator(Base):
    """An authenticator app or a passkey of a person."""

    __tablename__ = "authenticator"
    __table_args__ = (UniqueConstraint("credential_id"),)

    id: Mapped[PrimaryKey]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"), index=True)
    kind: Mapped[AuthenticatorKind] = mapped_column(enum_column(AuthenticatorKind))
    #: What the person calls it, such as "office phone".
    name: Mapped[str] = mapped_column(default="")
    #: The secret of an authenticator app, sealed (portal.sealing); empty for a passkey.
    sealed_secret: Mapped[str] = mapped_column(default="")
    #: The last time step whose code was taken, so that no code works twice.
    last_step: Mapped[int] = mapped_column(default=0)
    credential_id: Mapped[bytes | None] = mapped_column(LargeBinary)
    public_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(default=0)
    #: None until the first right code or the finished ceremony; before that it proves nothing.
    confirmed_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class RecoveryCode(Base):
    """One of ten codes that replace a lost authenticator, each once; 120 random bits, so a plain SHA-256 will do."""

    __tablename__ = "recovery_code"

    id: Mapped[PrimaryKey]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"), index=True)
    code_hash: Mapped[str]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class KnownDevice(Base):
    """A browser a person has signed in with: failures elsewhere do not lock them out of it."""

    __tablename__ = "known_device"

    #: SHA-256 of the token in the browser's cookie.
    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class Ceremony(Base):
    """A challenge that waits for its answer: a passkey's, or the way back from an identity provider. Used once."""

    __tablename__ = "ceremony"

    #: SHA-256 of the random state that the browser holds.
    id: Mapped[str] = mapped_column(primary_key=True)
    #: register, sign_in, prove (passkeys) or provider.
    purpose: Mapped[str]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    details: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(index=True)


class LinkToken(Base):
    """A link in a mail that works once and for a while: confirm a registration, set a new password."""

    __tablename__ = "link_token"

    #: SHA-256 of the token in the link.
    id: Mapped[str] = mapped_column(primary_key=True)
    #: register or reset.
    purpose: Mapped[str]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"), index=True)
    #: What was typed with it (a registration), sealed; empty otherwise.
    sealed: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class IdentityProvider(Base):
    """The OpenID Connect provider of one organisation; set by an administrator."""

    __tablename__ = "identity_provider"

    id: Mapped[PrimaryKey]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), unique=True)
    issuer: Mapped[str]
    client_id: Mapped[str]
    sealed_secret: Mapped[str]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class FederatedIdentity(Base):
    """A person as an identity provider knows them; linked by a verified address of an invited or present member."""

    __tablename__ = "federated_identity"

    provider_id: Mapped[UUID] = mapped_column(ForeignKey("identity_provider.id"), primary_key=True)
    #: The provider's `sub`.
    subject: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"), index=True)
    linked_at: Mapped[datetime]


class Login(Base):
    """An open sign-in. The cookie holds a random token, and here stands its SHA-256: a leaked table opens nothing."""

    __tablename__ = "login"

    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"), index=True)
    #: The organisation the person works for in this sign-in; none until chosen.
    membership_id: Mapped[UUID | None] = mapped_column(ForeignKey("membership.id", ondelete="SET NULL"))
    #: What the person sees and ends in the list of their sign-ins.
    handle: Mapped[UUID] = mapped_column(default=uuid4, unique=True)
    #: password, passkey, provider or demonstration.
    method: Mapped[str] = mapped_column(default="password")
    #: When a second factor (or a passkey, which is two in one) was shown; none for a password alone.
    mfa_at: Mapped[datetime | None]
    #: When the person last proved themselves: at the sign-in, and again before what binds an organisation.
    proved_at: Mapped[datetime | None]
    #: The identity provider that vouched; such a sign-in works for that organisation only.
    provider_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity_provider.id"))
    #: Browser and system in a few words, so that a person recognises the sign-in.
    device: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SignInThrottle(Base):
    """Failed sign-ins for one key (an account or a network), so that guessing slows down across restarts."""

    __tablename__ = "sign_in_throttle"

    #: SHA-256 of "account:<address>", "device:<token>" or "network:<prefix>"; no address is stored in the clear.
    key: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    #: Failures without a success in between, however slow: at 100 the way is closed until a reset (NIST SP 800-63B-4).
    in_a_row: Mapped[int] = mapped_column(default=0)
    #: When the last failure was counted.
    failed_at: Mapped[datetime]
    blocked_until: Mapped[datetime | None]
