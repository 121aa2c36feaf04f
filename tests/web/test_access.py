"""What the policy table says by itself; every endpoint asked by everybody is in tests/access."""

from __future__ import annotations

from uuid import UUID

from portal.authz import ANONYMOUS, POLICY, Principal, allows
from portal.authz.groups import ANYONE
from portal.models import OrganisationKind, Role


def test_an_endpoint_without_a_row_is_denied_to_everybody() -> None:
    for role in Role:
        principal = Principal(user_id=UUID(int=1), role=role, kind=OrganisationKind.COMPANY)
        assert not allows(principal, "company.something_new", "GET")
    assert not allows(ANONYMOUS, "public.something_new", "GET")


def test_reading_is_never_the_permission_to_write() -> None:
    assert not allows(ANONYMOUS, "company.home", "POST")
    for (endpoint, method), groups in POLICY.items():
        if method == "POST" and not endpoint.startswith("account."):
            assert groups != ANYONE, endpoint
