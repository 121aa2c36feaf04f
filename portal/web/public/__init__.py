"""Pages for everyone."""

from portal.web.public import changes, files, health, home, instruments, library, log, method, questionnaires, releases
from portal.web.public.blueprint import bp

__all__ = [
    "bp",
    "changes",
    "files",
    "health",
    "home",
    "instruments",
    "library",
    "log",
    "method",
    "questionnaires",
    "releases",
]
