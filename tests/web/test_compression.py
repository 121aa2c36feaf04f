"""Text goes out compressed to those who can read it so, and says the same."""

from __future__ import annotations

import gzip

import pytest
from flask.testing import FlaskClient

GZIP = {"Accept-Encoding": "gzip"}


@pytest.mark.parametrize("path", ["/method", "/static/css/portal.css", "/questionnaires/hrdd-short/2026.1.json"])
def test_a_long_text_is_sent_compressed_and_says_the_same(client: FlaskClient, path: str) -> None:
    plain, packed = client.get(path, buffered=True), client.get(path, buffered=True, headers=GZIP)

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 2
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]


def test_whoever_refuses_it_gets_plain_text(client: FlaskClient) -> None:
    assert "Content-Encoding" not in client.get("/method", headers={"Accept-Encoding": "gzip;q=0"}).headers


def test_the_length_does_not_stay_the_same(client: FlaskClient) -> None:
    lengths = {len(client.get("/method", headers=GZIP).data) for _ in range(30)}

    assert len(lengths) > 5


def test_an_answer_that_has_not_changed_stays_empty(client: FlaskClient) -> None:
    first = client.get("/static/css/portal.css", buffered=True, headers=GZIP)

    again = client.get("/static/css/portal.css", buffered=True, headers=GZIP | {"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")
