"""The style sheet keeps to layout that stays fast on long answers (security rule R18)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from portal.reports.blank import STYLESHEETS
from portal.reports.pdf import STYLESHEET

TEMPLATES = [
    *(STYLESHEET.parents[2] / "templates" / "reports").rglob("*.html"),
    *(STYLESHEET.parents[2] / "templates" / "answers").glob("*.html"),
    STYLESHEET.parents[2] / "templates" / "macros" / "charts.html",
    STYLESHEET.parents[2] / "templates" / "macros" / "states.html",
    STYLESHEET.parents[2] / "templates" / "macros" / "rules.html",
]
#: Comments may name what rules may not use.
RULES = re.sub(r"/\*.*?\*/", "", "".join(path.read_text() for path in STYLESHEETS), flags=re.DOTALL)


@pytest.mark.parametrize(
    "slow", ["anywhere", "break-all", "flex", "grid", "float", "columns", "hyphens", "@import", "url(", "@font-face"]
)
def test_nothing_slow_or_fetched_is_used(slow: str) -> None:
    assert slow not in RULES


def test_every_table_has_fixed_layout() -> None:
    tables = re.findall(r"([^{}]*)\{([^}]*width: 100%[^}]*border-collapse[^}]*)\}", RULES)

    assert len(tables) >= 5
    assert [selector for selector, body in tables if "table-layout: fixed" not in body] == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_templates_carry_no_style_and_no_address(template: Path) -> None:
    content = template.read_text()

    assert " style=" not in content
    assert "<style" not in content
    assert "url_for" not in content
    assert "|safe" not in content.replace(" ", "")
