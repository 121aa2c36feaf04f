"""Whatever a company types is printed as typed: nothing is fetched, attached or linked (security rule P11)."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from portal.reports.pdf import Printed
from tests.reports.pages import addresses, attachments, opened, words

#: {u} is an address on a listening server, {f} a file of this machine.
CONSTRUCTS = (
    '<img src="{u}">',
    '<img srcset="{u} 2x">',
    '<picture><source srcset="{u}"></picture>',
    '<link rel="stylesheet" href="{u}">',
    '<link rel="attachment" href="{f}">',
    '<link rel="icon" href="{u}">',
    '<style>@import url("{u}");</style>',
    "<style>@import '{u}';</style>",
    '<style>body {{ background: url("{u}") }}</style>',
    '<style>li {{ list-style: url("{u}") }}</style>',
    '<style>p {{ cursor: url("{u}") }}</style>',
    '<style>p::before {{ content: url("{u}") }}</style>',
    '<style>p {{ border-image: url("{u}") }}</style>',
    '<style>p {{ mask: url("{u}") }}</style>',
    '<style>@font-face {{ font-family: x; src: url("{u}") }} p {{ font-family: x }}</style>',
    '<style>@page {{ background: url("{u}") }}</style>',
    "<style>p {{ content: url({f}) }}</style>",
    '<p style="background: url({u})">x</p>',
    '<p style="background-image: image-set(url({u}) 1x)">x</p>',
    '<object data="{u}"></object>',
    '<object data="{f}" type="text/plain"></object>',
    '<embed src="{u}">',
    '<iframe src="{u}"></iframe>',
    '<svg><image href="{u}"/></svg>',
    '<svg><image xlink:href="{f}"/></svg>',
    '<svg><use href="{u}#a"/></svg>',
    '<svg><style>@import url("{u}");</style></svg>',
    '<svg><foreignObject><img src="{u}"></foreignObject></svg>',
    '<a rel="attachment" href="{f}">x</a>',
    '<a href="{f}">x</a>',
    '<a href="javascript:alert(1)">x</a>',
    '<a href="data:text/html,x">x</a>',
    '<meta http-equiv="refresh" content="0; url={u}">',
    '<base href="{u}">',
    '<body background="{u}">',
    '<table background="{u}"><tr><td background="{u}">x</td></tr></table>',
)
FILE = "file:///etc/passwd"


class Canary(socketserver.ThreadingTCPServer):
    """Counts who comes by."""

    daemon_threads = True
    visits = 0

    class Visit(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            assert isinstance(self.server, Canary)
            self.server.visits += 1


@pytest.fixture
def canary() -> Iterator[Canary]:
    with Canary(("127.0.0.1", 0), Canary.Visit) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_nothing_typed_is_obeyed(printed: Callable[..., Printed], thalay: dict[str, Any], canary: Canary) -> None:
    address = f"http://127.0.0.1:{canary.server_address[1]}/x"
    typed = [construct.format(u=address, f=FILE) for construct in CONSTRUCTS]
    questions = list(thalay["answers"])
    for place, construct in enumerate(typed):
        said = thalay["answers"][questions[place % len(questions)]]
        said["comment"] = f"{said.get('comment', '')}\n{construct}"
        said["files"] = [{"name": construct, "sha256": "0" * 64, "bytes": 1, "type": "application/pdf"}]
    thalay["company"]["name"] = typed[0]
    thalay["company"]["local_name"] = typed[6]
    thalay["signed"]["name"] = typed[28]
    thalay["answers"]["HRS-KNO-04"]["value"][0]["risk"] = typed[19]

    pdf = printed(thalay).pdf

    shown = "".join(words(pdf).split())
    assert canary.visits == 0
    assert set(attachments(pdf)) == {"answers.json"}
    assert addresses(pdf) == []
    assert [construct for construct in typed if "".join(construct.split()) not in shown] == []
    assert b"root:x:0" not in pdf
    with opened(pdf) as document:
        assert not any(str(item.get("/Subtype")) == "/Image" for item in document.objects if hasattr(item, "keys"))
