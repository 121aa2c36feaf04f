"""A small mail server on this machine, as good or as bad as a test wants it."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class MailServer:
    port: int = 0
    #: Every message taken, whole.
    taken: list[bytes] = field(default_factory=list)
    #: Answers to give instead of the usual ones, by command; each is used once.
    answers: dict[str, list[str]] = field(default_factory=dict)
    #: Hang up after the message was taken, before saying so.
    hangs_up: bool = False

    def answer(self, command: str, usual: str) -> str:
        given = self.answers.get(command)
        return given.pop(0) if given else usual


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        mail: MailServer = self.server.mail  # type: ignore[attr-defined]
        self._say("220 here")
        while line := self.rfile.readline():
            command = line.split(None, 1)[0].decode().upper() if line.strip() else ""
            if command == "QUIT":
                self._say("221 bye")
                return
            if command == "DATA":
                if not self._take(mail):
                    return
            else:
                self._say(mail.answer(command, "250 fine"))

    def _take(self, mail: MailServer) -> bool:
        said = mail.answer("DATA", "354 go on")
        self._say(said)
        if not said.startswith("354"):
            return True
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        mail.taken.append(b"".join(lines))
        if mail.hangs_up:
            self.connection.shutdown(socket.SHUT_RDWR)
            return False
        self._say(mail.answer("END", "250 taken"))
        return True

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[MailServer]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Handler) as server:
        server.daemon_threads = True
        mail = MailServer(port=server.server_address[1])
        server.mail = mail  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield mail
        finally:
            server.shutdown()
            thread.join()
