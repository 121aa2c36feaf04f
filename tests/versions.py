"""A catalogue with two versions of the short form: the real one, and one that somebody has worked on."""

from __future__ import annotations

import shutil
from pathlib import Path

from portal.catalogue import load_catalogue
from portal.domain.questionnaire import Catalogue

ROOT = Path(__file__).resolve().parent.parent
OLD, NEW = "hrdd-short@2026.1", "hrdd-short@2026.10"

#: File -> what is replaced in the newer version.
EDITS = {
    "questionnaire.yaml": [('version: "2026.1"', 'version: "2026.10"'), ("About 60–90 minutes", "About an hour")],
    "commit.yaml": [
        ("title: Commit\nweight: 15", "title: Promise\nweight: 13"),
        ("Only spoken.", "Only said aloud."),
        ("Is one person in charge of this?", "Is one named person in charge of this work?"),
        ("weight: 1\n    stage: commit", "weight: 2\n    stage: commit"),
    ],
    "check-and-tell.yaml": [("weight: 12", "weight: 14"), ("id: HRS-CHK-02", "id: HRS-CHK-03")],
}


def two_versions(folder: Path) -> Catalogue:
    """Return the catalogue of the real short form as published, and of a draft 2026.10 with EDITS."""
    questionnaires = folder / "questionnaires"
    questionnaires.mkdir()
    shutil.copy(ROOT / "questionnaires" / "references.csv", questionnaires)
    for slug in ("profile", "hrdd-short"):
        shutil.copytree(ROOT / "questionnaires" / slug, questionnaires / slug)
    newer = questionnaires / "hrdd-short" / "2026.10"
    shutil.copytree(questionnaires / "hrdd-short" / "2026.1", newer)
    (newer / "cases.yaml").unlink()
    for name, replacements in EDITS.items():
        text = (newer / name).read_text(encoding="utf-8")
        for old, new in replacements:
            assert old in text, (name, old)
            text = text.replace(old, new, 1)
        (newer / name).write_text(text, encoding="utf-8")
    return load_catalogue(questionnaires)
