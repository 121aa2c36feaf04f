"""Ask a clamd about a file: its INSTREAM command over a unix socket or TCP, nothing else of it is used."""

from __future__ import annotations

import socket
from pathlib import Path

#: Seconds to wait for the scanner at each step, and bytes sent at once.
PATIENCE, CHUNK = 30.0, 65536
#: Longer answers are none of clamd's.
LONGEST_ANSWER = 4096


class ScannerUnavailable(Exception):
    """The scanner cannot be reached, or does not answer as one."""


class NotScanned(Exception):
    """The scanner answers, but will not look at this file, for example because of its size."""


def scan(address: str, path: Path) -> str:
    """Return the name of what was found, or nothing. Raises ScannerUnavailable, NotScanned, and OSError of the file."""
    with path.open("rb") as file:
        try:
            with _connected(address) as line:
                line.sendall(b"zINSTREAM\0")
                while chunk := file.read(CHUNK):
                    line.sendall(len(chunk).to_bytes(4, "big") + chunk)
                line.sendall(bytes(4))
                answer = _answer(line)
        except OSError as error:
            raise ScannerUnavailable(type(error).__name__) from None
    if answer == "stream: OK":
        return ""
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    if answer.endswith("ERROR"):
        raise NotScanned
    raise ScannerUnavailable("no answer of a clamd")


def is_alive(address: str) -> bool:
    try:
        with _connected(address) as line:
            line.sendall(b"zPING\0")
            return _answer(line) == "PONG"
    except OSError:
        return False


def _connected(address: str) -> socket.socket:
    """Where the address begins with a slash it is a path, else host:port."""
    if address.startswith("/"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(PATIENCE)
        try:
            line.connect(address)
        except OSError:
            line.close()
            raise
        return line
    host, _colon, port = address.rpartition(":")
    if not port.isdecimal():
        raise OSError("no address")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE)


def _answer(line: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < LONGEST_ANSWER and (part := line.recv(CHUNK)):
        said += part
    return said.rstrip(b"\0\n").decode("utf-8", "replace")
