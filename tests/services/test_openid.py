"""What is asked of an identity provider's server, and what of its answers is not followed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from portal.db import Base
from portal.services import openid
from portal.services.openid import LONGEST, Client, Identity, ProviderFailed

ASKED: list[str] = []


class Hostile(BaseHTTPRequestHandler):
    """Sends whoever asks on to another address, or says far too much."""

    def do_GET(self) -> None:
        ASKED.append(self.path)
        if self.path.startswith("/elsewhere"):
            self.send_response(302)
            self.send_header("Location", "/inner/secret")
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        try:
            self.wfile.write(b'{"issuer": "' + b"x" * (LONGEST + 1))
        except OSError:
            return

    def log_message(self, *_words: object) -> None:
        """Keep the output of the tests clean."""


@pytest.fixture
def hostile() -> Iterator[str]:
    ASKED.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hostile)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def client(issuer: str) -> Client:
    return Client(issuer, "portal", "secret", "http://localhost/return", timedelta(minutes=10), allow_local=True)


def test_a_redirect_is_not_followed(hostile: str) -> None:
    with pytest.raises(ProviderFailed, match="answer"):
        openid.begin(client(f"{hostile}/elsewhere"))

    assert ASKED == ["/elsewhere/.well-known/openid-configuration"]


def test_an_answer_without_end_is_not_read_to_its_end(hostile: str) -> None:
    with pytest.raises(ProviderFailed, match="answer"):
        openid.begin(client(f"{hostile}/long"))


@pytest.mark.parametrize(
    "issuer",
    ["file:///etc/passwd", "ftp://127.0.0.1/", "http://provider.example", "https://name@provider.example", "https://"],
)
def test_only_encrypted_addresses_of_the_web_are_asked(issuer: str) -> None:
    with pytest.raises(ProviderFailed, match="address"):
        openid.begin(client(issuer))


def test_of_what_a_provider_sends_only_the_person_is_kept() -> None:
    """Tokens end where they are checked: nothing hands them on, and no table has a place for them."""
    columns = [column.name for table in Base.metadata.sorted_tables for column in table.columns]

    assert {field.name for field in fields(Identity)} == {"subject", "email", "name", "two_factors", "fresh"}
    assert len(columns) > 100
    assert [name for name in columns if name.endswith(("id_token", "access_token", "refresh_token"))] == []
