"""Questionnaires as data: the folder questionnaires/ read, checked and frozen into a Catalogue."""

from portal.catalogue.definition import definition
from portal.catalogue.faults import Fault, Faults, InvalidCatalogue
from portal.catalogue.loader import load_catalogue, load_version
from portal.catalogue.published import AlreadyPublished, publication_notes, publish

__all__ = [
    "AlreadyPublished",
    "Fault",
    "Faults",
    "InvalidCatalogue",
    "definition",
    "load_catalogue",
    "load_version",
    "publication_notes",
    "publish",
]
