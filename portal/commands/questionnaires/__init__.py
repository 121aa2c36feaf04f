"""`flask questionnaires`: read, check, write, compare, publish and exchange questionnaires."""

from portal.commands.questionnaires import (
    checking,
    drafting,
    exporting,
    importing,
    previewing,
    publishing,
    reading,
)
from portal.commands.questionnaires.group import questionnaires

__all__ = [
    "checking",
    "drafting",
    "exporting",
    "importing",
    "previewing",
    "publishing",
    "questionnaires",
    "reading",
]
