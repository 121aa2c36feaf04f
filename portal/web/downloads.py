"""Send stored files: always as attachments, never shown or run by the browser."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response


def attachment(content: bytes, name: str, media_type: str) -> Response:
    """Return the file as a download that the browser neither sniffs nor opens in the portal's origin."""
    response = Response(content, mimetype=media_type)
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name) or "file"
    response.headers["Content-Disposition"] = f"attachment; filename={plain}; filename*=UTF-8''{quote(name, safe='')}"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response
