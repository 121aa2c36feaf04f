"""Who is asking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from portal.models.organisation import OrganisationKind, Role


@dataclass(frozen=True, slots=True)
class Principal:
    """A person acting for one organisation, a signed-in person who has not chosen one, or nobody."""

    user_id: UUID | None = None
    name: str = ""
    login_id: str = ""
    organisation_id: UUID | None = None
    organisation_name: str = ""
    kind: OrganisationKind | None = None
    role: Role | None = None
    membership_id: UUID | None = None
    #: Whether companies were merged into this one: their rows are its own from then on.
    has_absorbed: bool = False
    #: A password was right and a second factor is still owed: nothing is open but the page that asks for it.
    owes_factor: bool = False
    #: When a second factor or a passkey was shown in this sign-in.
    mfa_at: datetime | None = None
    #: When the person last proved who they are in this sign-in.
    proved_at: datetime | None = None
    #: The identity provider that vouched for the person, if one did.
    provider_id: UUID | None = None
    #: A sample account of the demonstration.
    is_demonstration: bool = False
    #: How the person wants to see questionnaires; else a section at a time.
    one_question_per_page: bool = False
    #: Without a request for so long, the sign-in ends; and at `ends_at` whatever happens.
    idle: timedelta = timedelta(0)
    ends_at: datetime | None = None

    @property
    def is_signed_in(self) -> bool:
        return self.user_id is not None

    @property
    def actor(self) -> UUID:
        """The id of the person, for records; only asked of someone signed in."""
        if self.user_id is None:
            raise LookupError("nobody is signed in")
        return self.user_id

    @property
    def organisation(self) -> UUID:
        if self.organisation_id is None:
            raise LookupError("no organisation is chosen")
        return self.organisation_id


ANONYMOUS = Principal()
