"""Who is asking."""

from __future__ import annotations

from dataclasses import dataclass
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
