"""The fonts are whole, unchanged and licensed."""

from __future__ import annotations

import hashlib
import json

from portal.reports.pdf import FONTS

VENDORED = json.loads((FONTS / "VENDOR.json").read_text())["files"]


def test_every_font_is_the_one_that_was_published() -> None:
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FONTS.glob("*.ttf")}

    assert found == {entry["file"]: entry["sha256"] for entry in VENDORED}


def test_every_font_is_free_and_its_licence_is_here() -> None:
    licence = (FONTS / "OFL.txt").read_text()

    assert {entry["licence"] for entry in VENDORED} == {"OFL-1.1"}
    assert all(entry["copyright"] in licence for entry in VENDORED)
