"""Who may do what, and which rows they see: the only place where that is decided."""

from portal.authz.policy import POLICY
from portal.authz.principal import ANONYMOUS, Principal
from portal.authz.scope import visible
from portal.authz.verdicts import Verdict, allows, verdict

__all__ = ["ANONYMOUS", "POLICY", "Principal", "Verdict", "allows", "verdict", "visible"]
