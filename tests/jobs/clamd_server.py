"""A clamd in a few lines: it speaks the protocol on a real socket, and knows the one signature that harms nobody."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

#: The test file of EICAR, cut in two so that no scanner stumbles over this source.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-" + rb"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
#: As clamd's StreamMaxLength.
LARGEST = 4 * 1024 * 1024


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        command = b""
        while not command.endswith(b"\0"):
            command += self.rfile.read(1)
        if command == b"zPING\0":
            self.wfile.write(b"PONG\0")
        elif command == b"zINSTREAM\0":
            self.wfile.write(self._scanned() + b"\0")
        else:
            self.wfile.write(b"UNKNOWN COMMAND\0")

    def _scanned(self) -> bytes:
        content = b""
        while length := int.from_bytes(self.rfile.read(4), "big"):
            content += self.rfile.read(length)
        if len(content) > LARGEST:
            return b"INSTREAM size limit exceeded. ERROR"
        self.server.seen.append(content)  # type: ignore[attr-defined]
        return b"stream: Eicar-Test-Signature FOUND" if EICAR in content else b"stream: OK"


class _Unix(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


class _Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True


@contextmanager
def running(socket: Path | None = None) -> Iterator[tuple[str, list[bytes]]]:
    """Serve at this path, or on a free port; give the address for PORTAL_CLAMD and what was scanned."""
    server: Any = _Unix(str(socket), _Handler) if socket else _Tcp(("127.0.0.1", 0), _Handler)
    server.seen = []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield str(socket) if socket else f"127.0.0.1:{server.server_address[1]}", server.seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
