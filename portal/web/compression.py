"""Compress what is text on its way out: many readers sit behind slow lines, and not every deployment has a proxy."""

from __future__ import annotations

import gzip
import io
import secrets

from flask import Flask, Response, request

TEXTS = frozenset({"text/html", "text/css", "text/javascript", "text/csv", "application/json", "image/svg+xml"})
#: Shorter answers gain nothing.
SHORTEST = 1_000
#: Level 4 costs less time than making the page; higher levels cost more and save a few percent.
LEVEL = 4
#: Up to so many bytes of random length are added, so that the length of a compressed page tells nothing about a
#: form token in it (the BREACH attack; the measure is the one Django takes, "Heal the Breach" 2022).
PADDING = 100


def init_app(app: Flask) -> None:
    app.after_request(compress)


def compress(response: Response) -> Response:
    if response.mimetype not in TEXTS or "Content-Encoding" in response.headers or response.status_code in (204, 304):
        return response
    response.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"] <= 0:
        return response
    response.direct_passthrough = False
    plain = response.get_data()
    if len(plain) >= SHORTEST:
        response.set_data(_packed(plain))
        response.headers["Content-Encoding"] = "gzip"
        if response.headers.get("ETag"):
            response.set_etag(response.get_etag()[0] or "", weak=True)
    return response


def _packed(plain: bytes) -> bytes:
    padding = "x" * secrets.randbelow(PADDING + 1)
    with io.BytesIO() as packed:
        with gzip.GzipFile(filename=padding, mode="wb", compresslevel=LEVEL, fileobj=packed, mtime=0) as file:
            file.write(plain)
        return packed.getvalue()
