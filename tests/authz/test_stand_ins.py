"""What is chosen for a stand-in is what is chosen for the person."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect

from portal.authz import ANONYMOUS, Principal, visible
from portal.authz.groups import COMPANY, NARROWED
from portal.authz.stand_ins import ids_of, stand_in
from portal.models import Assessment, AuditContent, Evidence, OrganisationKind, Role, Submission

PERSON = Principal(
    user_id=UUID(int=1), organisation_id=UUID(int=2), membership_id=UUID(int=3), kind=OrganisationKind.COMPANY
)
ROLES = sorted(COMPANY | NARROWED)


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()], ids=["sqlite", "postgresql"])
@pytest.mark.parametrize("model", [Assessment, Evidence, Submission, AuditContent])
@pytest.mark.parametrize("has_absorbed", [False, True])
@pytest.mark.parametrize("role", ROLES)
def test_the_statement_is_the_same_once_the_ids_stand_in_it(
    role: Role, has_absorbed: bool, model: type, dialect: Dialect
) -> None:
    person = replace(PERSON, role=role, has_absorbed=has_absorbed)

    prepared = visible(stand_in(person), model).params(ids_of(person))

    said = [
        str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
        for statement in (prepared, visible(person, model))
    ]
    assert said[0] == said[1]


def test_people_with_the_same_rights_share_one_and_others_do_not() -> None:
    owner = replace(PERSON, role=Role.OWNER)
    elsewhere = replace(owner, organisation_id=UUID(int=9))

    assert stand_in(owner) is stand_in(elsewhere)
    assert stand_in(owner) is not stand_in(replace(owner, role=Role.CONTRIBUTOR))
    assert stand_in(owner) is not stand_in(replace(owner, has_absorbed=True))


def test_people_outside_companies_have_none() -> None:
    for kind in (OrganisationKind.GOVERNMENT, OrganisationKind.ADMINISTRATION):
        with pytest.raises(ValueError, match="companies"):
            stand_in(replace(PERSON, kind=kind))
    with pytest.raises(ValueError, match="companies"):
        stand_in(ANONYMOUS)
