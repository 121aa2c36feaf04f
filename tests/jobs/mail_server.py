"""A small mail server on this machine, as good or as bad as a test wants it."""

from __future__ import annotations

import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


@dataclass
class MailServer:
    port: int = 0
    #: Every message taken, whole.
    taken: list[bytes] = field(default_factory=list)
    #: What it was told, line by line.
    commands: list[str] = field(default_factory=list)
    #: Answers to give instead of the usual ones, by command; each is used once.
    answers: dict[str, list[str]] = field(default_factory=dict)
    #: Hang up after the message was taken, before saying so.
    hangs_up: bool = False
    #: Take the line and say nothing.
    silent: bool = False
    #: Certificate and key: with them it offers STARTTLS, or speaks TLS from the first byte.
    certificate: Path | None = None
    tls_at_once: bool = False

    def answer(self, command: str, usual: str) -> str:
        given = self.answers.get(command)
        return given.pop(0) if given else usual


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        try:
            self._talk(self.server.mail)  # type: ignore[attr-defined]
        except OSError:
            return  # the other side did not trust us, or its patience ended

    def _talk(self, mail: MailServer) -> None:
        if mail.silent:
            self.request.recv(1)
            return
        self._listen(mail.certificate if mail.tls_at_once else None)
        self._say(mail.answer("CONNECT", "220 here"))
        while line := self._lines.readline():
            mail.commands.append(line.decode().strip())
            command = line.split(None, 1)[0].decode().upper() if line.strip() else ""
            if command == "QUIT":
                self._say(mail.answer("QUIT", "221 bye"))
                return
            if command == "DATA":
                if not self._take(mail):
                    return
            elif command == "STARTTLS":
                self._say("220 go on")
                self._listen(mail.certificate)
            elif command == "EHLO" and mail.certificate and not isinstance(self.request, ssl.SSLSocket):
                self._say("250-here\r\n250 STARTTLS")
            else:
                self._say(mail.answer(command, "250 fine"))

    def _listen(self, certificate: Path | None) -> None:
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.request = context.wrap_socket(self.request, server_side=True)
        self._lines = self.request.makefile("rb")

    def finish(self) -> None:
        self.request.close()

    def _take(self, mail: MailServer) -> bool:
        said = mail.answer("DATA", "354 go on")
        self._say(said)
        if not said.startswith("354"):
            return True
        lines = []
        while (line := self._lines.readline()) not in (b".\r\n", b""):
            lines.append(line)
        mail.taken.append(b"".join(lines))
        if mail.hangs_up:
            self.request.shutdown(socket.SHUT_RDWR)
            return False
        self._say(mail.answer("END", "250 taken"))
        return True

    def _say(self, line: str) -> None:
        self.request.sendall(f"{line}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[MailServer]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        mail = MailServer(port=server.server_address[1])
        server.mail = mail  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield mail
        finally:
            server.shutdown()
            thread.join()


def make_certificate(folder: Path, *, host: str = "127.0.0.1") -> Path:
    """A certificate for this host with its key in one file, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
    is_address = host[0].isdigit()
    subject = x509.IPAddress(ip_address(host)) if is_address else x509.DNSName(host)
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([subject]), critical=False)
        .sign(key, SHA256())
    )
    file = folder / "certificate.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    return file
