"""`flask doctor`: is this portal set up well and alive, and if not, what to do about it."""

from __future__ import annotations

import shutil
import smtplib
import sys
import tempfile
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from ctypes import CDLL
from ctypes.util import find_library
from datetime import datetime
from urllib.parse import urlsplit

import click
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import inspect
from sqlalchemy.engine import Engine

from portal import db
from portal.clock import clock
from portal.jobs.mailing import FOLDER, connected
from portal.jobs.sweep import stamp_file
from portal.models import MailState
from portal.services import checkpoints, checks, outbox
from portal.settings import ROOT, Mode, Settings, UnsafeSettings, read_settings
from portal.storage.clamd import is_alive

#: Below this much room evidence and reports soon cannot be stored.
ROOM = 1024**3
#: The worker sweeps once a minute; a long report may hold it up.
SWEEP_MINUTES = 5
#: Seconds by which the clock of the machine may run away from the portal's own before it matters.
DRIFT = 30
#: A checkpoint of the log is signed at least hourly.
CHECKPOINT_MINUTES = 90
PANGO = ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset")

Check = Callable[[Settings, Engine], Iterator[str]]


@click.command("doctor", help="Check settings, database, storage, worker, mail and log; say how to mend what is wrong.")
@with_appcontext
def doctor() -> None:
    portal = current_app.extensions["portal"]
    wrong = 0
    for name, check in CHECKS.items():
        faults = _faults(check, portal.settings, portal.engine)
        wrong += len(faults)
        click.echo(f"ok     {name}" if not faults else "\n".join(f"wrong  {name}: {fault}" for fault in faults))
    sys.exit(1 if wrong else 0)


def _faults(check: Check, settings: Settings, engine: Engine) -> list[str]:
    """A check that fails is a fault too, and keeps no other from being made."""
    try:
        return list(check(settings, engine))
    except Exception as error:  # noqa: BLE001 - told, without its words: they could quote a secret
        return [f"could not be checked ({type(error).__name__})"]


def _settings(settings: Settings, _engine: Engine) -> Iterator[str]:
    try:
        read_settings()
    except UnsafeSettings as error:
        yield str(error)
    yield from checks.setting_faults(settings, debug=current_app.debug)


def _address(settings: Settings, _engine: Engine) -> Iterator[str]:
    host = urlsplit(settings.address).hostname or ""
    if not host:
        yield f"PORTAL_ADDRESS is no address: {settings.address!r}"
    elif settings.hosts and not any(host == one.lstrip(".") or host.endswith(one) for one in settings.hosts):
        yield f"PORTAL_TRUSTED_HOSTS does not hold {host}, the host of PORTAL_ADDRESS: links in mails would be refused"


def _libraries(_settings: Settings, _engine: Engine) -> Iterator[str]:
    yield from checks.library_faults()


def _pango(_settings: Settings, _engine: Engine) -> Iterator[str]:
    missing = [name for name in PANGO if not _loads(name)]
    if missing:
        yield f"no PDF reports: {', '.join(missing)} is missing; ./run setup names the packages"


def _database(settings: Settings, engine: Engine) -> Iterator[str]:
    with engine.connect() as connection:
        yield from checks.connection_faults(connection, Mode.PRODUCTION)
        if not inspect(connection).has_table("alembic_version"):
            yield "there are no tables yet: start ./run, or run .venv/bin/alembic upgrade head"
            return
        stands = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        # Migrations are numbered and stand in one line; loading their machinery would slow down every start.
        if stands != max(file.name for file in (ROOT / "migrations/versions").glob("0*.py")).partition("_")[0]:
            yield "the tables are not those of this release: run .venv/bin/alembic upgrade head"
    with db.reading(engine) as session:
        yield from checks.demonstration_faults(session, settings.mode)


def _storage(settings: Settings, _engine: Engine) -> Iterator[str]:
    for folder in {settings.var, settings.storage_folder}:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(b"doctor")
        except OSError as error:
            yield f"{folder} cannot be written ({error.strerror}): give it to the user the portal runs as"
            continue
        if (free := shutil.disk_usage(folder).free) < ROOM:
            yield f"{folder} has {free // 1024**2} MiB left: make room, or nothing can be saved soon"


def _worker(settings: Settings, _engine: Engine) -> Iterator[str]:
    try:
        minutes = (time.time() - stamp_file(settings).stat().st_mtime) / 60
    except FileNotFoundError:
        yield "no job worker has run here: start ./run, or python -m portal.jobs"
        return
    if minutes > SWEEP_MINUTES:
        yield f"the job worker was last there {minutes:.0f} minutes ago: restart it, and look at its last lines"


def _clock(settings: Settings, _engine: Engine) -> Iterator[str]:
    """The worker notes its own even time; the file's age is by the machine's clock."""
    drifts = [clock.drift().total_seconds()]
    stamp = stamp_file(settings)
    if stamp.exists():
        drifts.append(stamp.stat().st_mtime - datetime.fromisoformat(stamp.read_text(encoding="ascii")).timestamp())
    if max(map(abs, drifts)) > DRIFT:
        yield f"the clock was set by {max(drifts, key=abs):+.0f} s while the portal ran: check it, then restart both"


def _mail(settings: Settings, _engine: Engine) -> Iterator[str]:
    if settings.mail_kind != "smtp":
        if settings.mode is Mode.PRODUCTION:
            yield f"PORTAL_MAIL is {settings.mail_kind}: nobody gets the links in {settings.var / FOLDER}"
        return
    try:
        with connected(settings) as server:
            code, _ = server.noop()
    except (smtplib.SMTPException, OSError) as error:
        yield f"the mail server does not answer ({type(error).__name__}): PORTAL_SMTP_HOST, _PORT, _SECURITY, _USER"
        return
    if code >= 400:
        yield f"the mail server answers {code}: ask those who run it"


def _scanner(settings: Settings, _engine: Engine) -> Iterator[str]:
    """Without one nothing is wrong: companies see that their files are not scanned."""
    if settings.clamd and not is_alive(settings.clamd):
        yield f"no clamd answers at PORTAL_CLAMD={settings.clamd}: files stay unscanned until it does"


def _failed_mail(_settings: Settings, engine: Engine) -> Iterator[str]:
    with db.reading(engine) as session:
        failed = outbox.counts(session).get(MailState.FAILED, 0)
    if failed:
        yield f"{failed} could not be delivered: Administration → Mail says why and tries again"


def _log_key(settings: Settings, engine: Engine) -> Iterator[str]:
    key, public = settings.log_key_file, checkpoints.public_key(settings)
    if not key.is_file() or not public:
        yield f"{key} is not there: the job worker makes it at its first run"
        return
    for file, others in ((key, 0o077), (key.parent, 0o022)):
        if file.stat().st_mode & others:
            yield f"{file} is open to others: chmod go-rwx {file}"
    with db.reading(engine) as session:
        latest, age = checkpoints.latest(session), checkpoints.age(session, at=clock.now())
    if latest is not None and not _signed_by(latest.note, public):
        yield f"the last checkpoint was not signed with {key}: was the key replaced, or the database?"
    if age is not None and age > CHECKPOINT_MINUTES:
        yield f"the last checkpoint is {age:.0f} minutes old: the job worker signs one an hour"


def _signed_by(note: str, public: str) -> bool:
    """Whether this key signed the note: text, an empty line, and one signature over the text (C2SP signed-note)."""
    body, _, signature = note.partition("\n\n")
    try:
        key = Ed25519PublicKey.from_public_bytes(b64decode(public.split("+", 2)[2])[1:])
        key.verify(b64decode(signature.split()[-1])[4:], f"{body}\n".encode())
    except (InvalidSignature, ValueError, IndexError):
        return False
    return True


def _loads(name: str) -> bool:
    for candidate in (f"lib{name}.so.0", f"lib{name}.dylib", find_library(name)):
        try:
            return bool(candidate and CDLL(candidate))
        except OSError:
            continue
    return False


CHECKS: dict[str, Check] = {
    "settings": _settings,
    "address": _address,
    "libraries": _libraries,
    "PDF libraries": _pango,
    "database": _database,
    "storage": _storage,
    "job worker": _worker,
    "clock": _clock,
    "mail": _mail,
    "virus scanner": _scanner,
    "mail that failed": _failed_mail,
    "key of the log": _log_key,
}
