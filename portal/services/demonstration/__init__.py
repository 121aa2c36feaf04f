"""The demonstration: fictional companies, governments and people to try the portal with."""

from portal.services.demonstration.loading import (
    DATA,
    PASSWORD,
    Loaded,
    count_loaded,
    demonstration_accounts_exist,
    is_empty,
    load_demonstration,
)

__all__ = [
    "DATA",
    "PASSWORD",
    "Loaded",
    "count_loaded",
    "demonstration_accounts_exist",
    "is_empty",
    "load_demonstration",
]
