"""The big world, built once for each process, and the portal over a database of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.application import create_app
from portal.domain.questionnaire import Catalogue
from portal.reports.pdf import STYLESHEET, Attachment, Printed, Printer
from tests.access import world
from tests.access.world import BigWorld


@pytest.fixture(scope="session")
def big_world(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue, caches: Path) -> BigWorld:
    return world.build(world.sqlite_settings(tmp_path_factory.mktemp("world"), caches), catalogue)


#: What was printed -> the PDF.
_printed: dict[tuple[Any, ...], Printed] = {}


@pytest.fixture
def printed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Colleagues ask for the same reports of the same world: each is really printed, once, and whatever differs anew.

    The same input gives the same bytes, of which tests/reports/test_pdf.py is the test; a report takes a second, and
    the many that all people together ask for took a fifth of the whole suite.
    """
    really = Printer.print

    def print_once(
        printer: Printer,
        html: str,
        *,
        identifier: str,
        attachments: Sequence[Attachment] = (),
        stylesheets: Sequence[Path] = (STYLESHEET,),
    ) -> Printed:
        key = (html, identifier, tuple(attachments), tuple(stylesheets))
        if key not in _printed:
            _printed[key] = really(
                printer, html, identifier=identifier, attachments=attachments, stylesheets=stylesheets
            )
        return _printed[key]

    monkeypatch.setattr(Printer, "print", print_once)


@pytest.fixture
def portal(big_world: BigWorld, catalogue: Catalogue, printed_once: None) -> Iterator[Flask]:
    """The portal over the world as it was built."""
    big_world.restore()
    made = create_app(big_world.settings, catalogue)
    made.testing = True
    made.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    yield made
    made.extensions["portal"].engine.dispose()


def client_of(app: Flask, big_world: BigWorld, who: str) -> FlaskClient:
    client = app.test_client()
    if who in big_world.tokens:
        client.set_cookie("portal", big_world.tokens[who])
    return client
