"""The method page says what the code does, with the code's own numbers."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from portal.domain.caps import TOPS
from portal.domain.incidents import INCIDENTS
from portal.domain.scorecard import BANDS, show


@pytest.fixture
def page(client: FlaskClient) -> str:
    return client.get("/method").text


def test_every_limit_and_band_is_there(page: str) -> None:
    assert all(f">{show(top)}<" in page for top in TOPS)
    assert all(f'<th scope="row">{band}</th>' in page for band in BANDS)
    assert all(code in page for code in ("CAP-R", "CAP-C", "CAP-M", "CAP-A", "CAP-S"))


def test_every_answer_about_harm_is_there(page: str) -> None:
    rows = page.split('id="harm"')[1].split("</table>")[0]

    assert rows.count('<tr><th scope="row">') == len(INCIDENTS)


def test_the_links_at_the_top_lead_somewhere(page: str) -> None:
    anchors = [part.split('"')[0] for part in page.split('<ol class="toc">')[1].split("</ol>")[0].split('href="#')[1:]]

    assert len(anchors) > 8
    assert all(f'id="{anchor}"' in page for anchor in anchors)


def test_the_protection_of_findings_names_the_limits_of_this_installation(page: str) -> None:
    assert "At least 10 groups behind any figure about answers, and at least 5" in page
    assert "“10 % or less” and “90 % or more”" in page
