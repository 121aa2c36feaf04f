"""What governments declared about answers that speak of harm: public words, only read here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import Declaration, Organisation, OrganisationKind, ServedCountry


@dataclass(frozen=True, slots=True)
class Declared:
    """The words of one government, as everybody may read them."""

    government: str
    will: str
    will_not: str
    language: str
    declared_at: datetime


_DECLARED = (
    select(Organisation.name, Declaration.will, Declaration.will_not, Declaration.language, Declaration.declared_at)
    .join(Declaration, Declaration.government_id == Organisation.id)
    .where(Organisation.kind == OrganisationKind.GOVERNMENT, Organisation.erased_at.is_(None))
    .order_by(Organisation.name)
)


def declarations_for(session: Session, countries: Collection[str] = ()) -> list[Declared]:
    """Of the governments that answer for these countries, or of all: a declaration is made to be read by anybody."""
    wanted = _DECLARED
    if countries:
        served = select(ServedCountry.organisation_id).where(ServedCountry.country.in_(countries))
        wanted = wanted.where(Organisation.id.in_(served))
    return [Declared(*row) for row in session.connection().execute(wanted)]
