"""Who may do what, and which rows they see: the only place where that is decided."""

from portal.authz.policy import POLICY, Verdict, allows, verdict
from portal.authz.principal import ANONYMOUS, Principal
from portal.authz.scope import visible

__all__ = ["ANONYMOUS", "POLICY", "Principal", "Verdict", "allows", "verdict", "visible"]
