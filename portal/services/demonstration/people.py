"""Who takes part in the demonstration: governments, reviewers, companies and the people who work for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from portal.authz import Principal
from portal.models import Membership, Organisation, OrganisationKind, Role, ServedCountry, User
from portal.services import audit

#: Ids follow from names, so that two demonstrations hold the same organisations and people.
NAMESPACE = UUID("d3b07384-d9a0-4c9b-8f3e-6a1d2c5b7e90")


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody added so far, found by the name the data files use."""

    session: Session
    password_hash: str
    at: datetime
    #: Country, or countries joined by hyphens -> the government that answers for them.
    governments: dict[str, Organisation] = field(default_factory=dict)
    #: (e-mail, organisation) -> the person at work there.
    principals: dict[tuple[str, UUID], Principal] = field(default_factory=dict)

    def government(self, countries: Sequence[str], name: str) -> Organisation:
        key, country = "-".join(countries), countries[0] if len(countries) == 1 else ""
        made = self._organisation(OrganisationKind.GOVERNMENT, f"government/{key}", name=name, country=country)
        self.session.add_all(ServedCountry(organisation_id=made.id, country=code) for code in countries)
        self.governments[key] = made
        return made

    def administration(self, name: str) -> Organisation:
        return self._organisation(OrganisationKind.ADMINISTRATION, "administration", name=name)

    def company(self, key: str, **facts: Any) -> Organisation:
        return self._organisation(OrganisationKind.COMPANY, f"company/{key}", **facts)

    def person(self, email: str, name: str, roles: Mapping[Organisation, Role]) -> None:
        """Add a person and what they are in each organisation."""
        user = User(
            id=uuid5(NAMESPACE, f"user/{email}"),
            email=email,
            name=name,
            password_hash=self.password_hash,
            is_demonstration=True,
            created_at=self.at,
        )
        self.session.add(user)
        self.session.flush()
        for organisation, role in roles.items():
            self.session.add(
                Membership(user_id=user.id, organisation_id=organisation.id, role=role, created_at=self.at)
            )
            self.principals[email, organisation.id] = Principal(
                user_id=user.id,
                name=name,
                organisation_id=organisation.id,
                organisation_name=organisation.name,
                kind=organisation.kind,
                role=role,
            )
        self.session.flush()
        audit.record(self.session, "user.created", subject=("user", user.id), at=self.at, by=None, organisation=None)

    def at_work(self, email: str, organisation: Organisation) -> Principal:
        return self.principals[email, organisation.id]

    def reviewer(self, country: str) -> Principal:
        """The first person added who reviews for this country."""
        government = self.governments[country]
        return next(principal for (_, place), principal in self.principals.items() if place == government.id)

    def verify(self, company: Organisation) -> None:
        """A government looked the registration number up: from now on the company may count in releases (D2)."""
        reviewer = self.reviewer(company.country)
        company.verified_at, company.verified_by_id = self.at, reviewer.actor
        self._record(company, "organisation.verified", by=reviewer.actor, whose=reviewer.organisation)

    def _organisation(self, kind: OrganisationKind, key: str, **facts: Any) -> Organisation:
        made = Organisation(id=uuid5(NAMESPACE, key), kind=kind, created_at=self.at, **facts)
        self.session.add(made)
        self.session.flush()
        self._record(made, "organisation.created", by=None)
        return made

    def _record(self, organisation: Organisation, action: str, *, by: UUID | None, whose: UUID | None = None) -> None:
        """`whose` is the organisation that acted, if it was another than the one it is about."""
        subject, acting = ("organisation", organisation.id), whose or organisation.id
        audit.record(self.session, action, subject=subject, at=self.at, by=by, organisation=acting)


def add_officials(cast: Cast, people: Mapping[str, Any]) -> None:
    for government in people["government"]:
        cast.government(government.get("countries") or [government["country"]], government["name"])
    for person in people["reviewer"]:
        roles = {cast.governments[country]: Role(role) for country, role in person["roles"].items()}
        cast.person(person["email"], person["name"], roles)
    operators = cast.administration(people["administration"]["name"])
    for person in people["staff"]:
        cast.person(person["email"], person["name"], {operators: Role(person["role"])})
