"""Who may do what, and which rows they see: the only place where that is decided."""

from portal.authz.policy import POLICY, allows
from portal.authz.principal import ANONYMOUS, Principal
from portal.authz.scope import visible

__all__ = ["ANONYMOUS", "POLICY", "Principal", "allows", "visible"]
