"""What the policy table says about one request: let in, or which step is missing."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum

from portal.authz.groups import ANYONE, HALF_SIGNED_IN, MFA_ROLES, SIGNED_IN
from portal.authz.policy import FRESH_PROOF, NOT_VOUCHED, POLICY, TWO_FACTORS
from portal.authz.principal import Principal


class Verdict(Enum):
    """What the table says about one request."""

    ALLOWED = "allowed"
    DENIED = "denied"
    #: Nobody is signed in.
    SIGN_IN = "sign in"
    #: The password was right, the second factor is owed.
    FACTOR = "second factor"
    #: The role needs a second factor and the person has shown none in this sign-in.
    ENROL = "enrol"
    #: Signed in, but for no organisation yet.
    CHOOSE = "choose organisation"
    #: Allowed after proving once more who one is.
    PROVE = "prove"


def verdict(principal: Principal, endpoint: str, method: str, *, at: datetime, proof: timedelta) -> Verdict:
    """Decide one request. `proof` is how long a proof of identity serves. HEAD asks what GET asks."""
    row = (endpoint, "GET" if method == "HEAD" else method)
    groups = POLICY.get(row)
    if groups is None:
        return Verdict.DENIED
    if groups == ANYONE:
        return Verdict.ALLOWED
    if not principal.is_signed_in:
        return Verdict.SIGN_IN
    if groups == HALF_SIGNED_IN:
        return Verdict.ALLOWED
    if principal.owes_factor:
        return Verdict.FACTOR
    if principal.provider_id is not None and row in NOT_VOUCHED:
        return Verdict.DENIED
    if groups != SIGNED_IN:
        if principal.role is None:
            return Verdict.CHOOSE
        if principal.role not in groups:
            return Verdict.DENIED
        if principal.mfa_at is None and (principal.role in MFA_ROLES or row in TWO_FACTORS):
            return Verdict.ENROL
    if row in FRESH_PROOF and (principal.proved_at is None or at - principal.proved_at > proof):
        return Verdict.PROVE
    return Verdict.ALLOWED


def allows(principal: Principal, endpoint: str, method: str) -> bool:
    """Whether the principal's role may call this endpoint with this method, however they signed in."""
    row = (endpoint, "GET" if method == "HEAD" else method)
    groups = POLICY.get(row)
    if groups is None or (principal.provider_id is not None and row in NOT_VOUCHED):
        return False
    if groups == ANYONE:
        return True
    if groups in (SIGNED_IN, HALF_SIGNED_IN):
        return principal.is_signed_in
    return principal.is_signed_in and principal.role in groups
