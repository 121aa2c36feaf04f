"""Stand-ins for people of a company, whose ids are parameters: a scoped statement is then made once, not per request.

`visible(stand_in(principal), …)` is the same for all who have the role; `ids_of(principal)` are its parameters.
"""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam

from portal.authz.principal import Principal
from portal.models import OrganisationKind, Role

_IDS = ("user_id", "organisation_id", "membership_id")


def stand_in(principal: Principal) -> Principal:
    """The same object for everybody whose rows are chosen by the same rule, so that a statement can be kept by it.

    Raises ValueError for people outside companies: what governments see depends on the moment, which cannot be kept.
    """
    if principal.kind is not OrganisationKind.COMPANY:
        raise ValueError("only people of companies have stand-ins")
    return _stand_in(principal.role, principal.has_absorbed)


def ids_of(principal: Principal) -> dict[str, UUID | None]:
    return {f"own_{name}": getattr(principal, name) for name in _IDS}


@cache
def _stand_in(role: Role | None, has_absorbed: bool) -> Principal:
    parameters: dict[str, Any] = {name: bindparam(f"own_{name}") for name in _IDS}
    return Principal(kind=OrganisationKind.COMPANY, role=role, has_absorbed=has_absorbed, **parameters)
