"""The start page and the pages that explain."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient


def test_the_start_page_says_what_it_is_and_leads_on(client: FlaskClient) -> None:
    page = client.get("/").text

    assert "Work without harm can be shown" in page
    for path in ("/account/sign-in", "/questionnaires", "/method", "/remedy", "/verify"):
        assert f'href="{path}' in page


def test_without_a_release_the_start_page_says_what_will_appear(client: FlaskClient) -> None:
    assert "Findings will appear here" in client.get("/").text


def test_a_demonstration_says_so_on_every_page(client: FlaskClient) -> None:
    for path in ("/", "/method", "/account/sign-in", "/no-such-page"):
        assert "all companies and figures are invented" in client.get(path).text


def test_help_lines_are_demonstration_entries_without_numbers(client: FlaskClient) -> None:
    page = client.get("/remedy").text

    assert page.count("Demonstration entry: number set by the operator") >= 5
    assert "tel:" not in page


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_watcher_gets_one_word(client: FlaskClient, path: str) -> None:
    response = client.get(path)

    assert (response.status_code, response.text) == (200, "ok\n")
