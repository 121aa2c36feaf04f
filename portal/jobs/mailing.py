"""Hand the mail of the outbox over: to a mail server, into a folder, or onto the console."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
import sys
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import urlsplit

from portal import db
from portal.jobs.workplace import Workplace
from portal.services import outbox
from portal.services.outbox import Claim
from portal.settings import Settings, sealer_of

#: Seconds a mail server may take for each answer.
PATIENCE = 10
#: Mails handed over in one go: reports wait meanwhile.
AT_ONCE = 50
#: Where the file back end leaves them, under `var`.
FOLDER = "mail"
#: Answers of a mail server from here on are final (RFC 5321, 4.2.1).
_FINAL = 500


class NotSent(Exception):
    """The mail was not taken. `code` names no address; `for_good` means that another attempt would end the same."""

    def __init__(self, code: str, *, for_good: bool) -> None:
        super().__init__(code)
        self.code = code
        self.for_good = for_good


def send_mail(place: Workplace) -> int:
    """Send what is due; return how many were handed over."""
    hand_over = BACK_ENDS[place.settings.mail_kind]
    sealer = sealer_of(place.settings)
    sent = 0
    for _ in range(AT_ONCE):
        with db.writing(place.engine) as session, session.begin():
            outbox.forget_old(session, at=place.clock())
            claim = outbox.claim_mail(session, sealer, at=place.clock())
        if claim is None:
            break
        sent += _send(place, claim, hand_over)
    return sent


def _send(place: Workplace, claim: Claim, hand_over: Callable[[Settings, Claim, EmailMessage], None]) -> bool:
    """Nothing is open while the server answers. Between its answer and our commit a crash would send it again: the
    Message-ID is the same then, by which receiving systems know it."""
    try:
        hand_over(place.settings, claim, message_of(place.settings, claim, date=format_datetime(place.clock())))
    except NotSent as failure:
        with db.writing(place.engine) as session, session.begin():
            outbox.mark_failed(session, claim, message=failure.code, for_good=failure.for_good, at=place.clock())
        return False
    with db.writing(place.engine) as session, session.begin():
        return outbox.mark_sent(session, claim, at=place.clock())


def message_of(settings: Settings, claim: Claim, *, date: str) -> EmailMessage:
    """The letter as a message. Raises NotSent for an address or subject that would break the header."""
    message = EmailMessage(policy=SMTP)
    host = urlsplit(settings.address).hostname or "portal"
    try:
        message["From"] = settings.mail_from
        message["To"] = claim.letter.to
        message["Subject"] = " ".join(claim.letter.subject.split())
    except (ValueError, IndexError):
        raise NotSent("unusable header", for_good=True) from None
    message["Date"] = date
    message["Message-ID"] = f"<{claim.mail_id}@{host}>"
    message["Content-Language"] = claim.letter.language
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(claim.letter.body)
    return message


def _to_server(settings: Settings, _claim: Claim, message: EmailMessage) -> None:
    try:
        with connected(settings) as server:
            server.send_message(message)
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()  # taken already: a server that hangs up rudely changes nothing
    except smtplib.SMTPRecipientsRefused as error:
        code = max((answer[0] for answer in error.recipients.values()), default=0)
        raise NotSent(f"refused {code}", for_good=code >= _FINAL) from None
    except smtplib.SMTPResponseException as error:
        raise NotSent(f"answer {error.smtp_code}", for_good=False) from None
    except (smtplib.SMTPException, OSError) as error:
        raise NotSent(type(error).__name__, for_good=False) from None


def connected(settings: Settings) -> smtplib.SMTP:
    """Return a line to the mail server, verified and signed in. Raises SMTPException, OSError."""
    context = ssl.create_default_context()
    if settings.smtp_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            settings.smtp_host, settings.smtp_port, timeout=PATIENCE, context=context
        )
    else:
        server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=PATIENCE)
    try:
        if settings.smtp_security == "starttls":
            server.starttls(context=context)
        if settings.smtp_user:
            password = settings.smtp_password.get_secret_value() if settings.smtp_password else ""
            server.login(settings.smtp_user, password)
    except BaseException:
        server.close()
        raise
    return server


def _to_file(settings: Settings, claim: Claim, message: EmailMessage) -> None:
    """One file per mail, named by its id: written twice it is still one."""
    folder = settings.var / FOLDER
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = folder / f"{claim.mail_id}.unfinished"
        unfinished.write_bytes(message.as_bytes())
        unfinished.replace(folder / f"{claim.mail_id}.eml")
    except OSError as error:
        raise NotSent(type(error).__name__, for_good=False) from None


def _to_console(_settings: Settings, _claim: Claim, message: EmailMessage) -> None:
    sys.stdout.write(f"\n{message.as_string()}\n")


BACK_ENDS: dict[str, Callable[[Settings, Claim, EmailMessage], None]] = {
    "smtp": _to_server,
    "file": _to_file,
    "console": _to_console,
}
