"""The spreadsheet round trip in a real browser: download, edit, upload, look; without script, in both directions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.browser.pages import short_form_of, sign_in
from tests.browser.serving import Site
from tests.browser.test_pages import DIRECTIONS, WIDTHS
from tests.spreadsheets.trial import edited, row_of

WHO = "company with a draft"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def address(site: Site) -> str:
    return f"{site.url}/company/assessments/{short_form_of(site, WHO)}/workbook"


def fill_in(book: Any) -> None:
    """One answer, one comment, one formula, one wrong value in a table, and one broken number."""
    sheet = book.worksheets[1]
    sheet[f"G{row_of(sheet, 'HRS-COM-01')}"].value = "Posted at both gates, in Thai and Burmese."
    sheet[f"D{row_of(sheet, 'HRS-COM-02')}"].value = "=1+1"
    sheet[f"D{row_of(sheet, 'HRS-FIX-01')}"].value = 4
    last = [cell for cell in sheet["A"] if cell.value][-1]
    last.value = "HRS-FIX-33"
    book["HRS-KNO-04"]["D5"].value = 12


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_what_would_change_is_shown_soundly(
    browser: Browser, site: Site, address: str, direction: str, tmp_path: Path
) -> None:
    context = browser.new_context(locale=DIRECTIONS[direction], accept_downloads=True)
    page = context.new_page()
    sign_in(page, site, WHO)
    page.goto(address)
    with page.expect_download() as download:
        page.locator("main a.btn").click()
    content = edited(Path(download.value.path()).read_bytes(), fill_in)
    page.set_input_files("#workbook", {"name": "answers.xlsx", "mimeType": KIND, "buffer": content})
    page.locator("main form button").click()

    page.wait_for_url("**/workbook/preview")
    expect(page.locator("main")).to_contain_text("Posted at both gates")
    expect(page.locator("table.stack tbody tr")).to_have_count(3)
    rules = {"color-contrast": {"enabled": direction == "ltr"}}
    violations = Axe().run(page, options={"resultTypes": ["violations"], "rules": rules}).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in violations] == []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        page.screenshot(path=tmp_path / f"preview-{direction}-{width}.png", full_page=True)

    page.locator("form[action$='/discard'] button").click()
    page.wait_for_url("**/workbook")
    context.close()
