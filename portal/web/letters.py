"""Mail composed by pages: the words in the language of the page, put into the outbox of this request."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import get_locale

from portal.services import outbox
from portal.web import current


def post_all(addresses: Iterable[str], subject: str, body: str, *, kind: str) -> None:
    """Put one letter to each address into the outbox; it is sent once the change it tells about is committed."""
    language = str(get_locale() or "en").replace("_", "-")
    for address in addresses:
        letter = outbox.Letter(to=address, subject=subject, body=body, language=language)
        outbox.post(current.session(), current.sealer(), letter, kind=kind, at=current.now())


def address_of(path: str) -> str:
    """The full address of a page, for a mail."""
    return current.settings().address.rstrip("/") + path
