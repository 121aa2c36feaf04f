"""Settings of a deployment, read from PORTAL_* variables; unsafe values are refused at start."""

from __future__ import annotations

import os
import secrets
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from portal.domain.retention import Terms
from portal.sealing import Sealer

ROOT = Path(__file__).resolve().parent.parent
#: A secret shorter than this can be guessed by brute force (OWASP ASVS 11.2.3 asks for 128 bits; we ask for more).
SECRET_BYTES = 32


class Mode(StrEnum):
    DEMONSTRATION = "demonstration"
    PRODUCTION = "production"


class UnsafeSettings(Exception):
    """The portal does not start like this; the message is one line an operator can act on."""


class Settings(BaseSettings):
    """Every setting, with its default. Documented in docs/operations.md."""

    model_config = SettingsConfigDict(env_prefix="PORTAL_", extra="ignore")

    #: demonstration: sample data and accounts, a banner on every page. production: none of it, real secrets required.
    mode: Mode = Mode.DEMONSTRATION
    #: Name of the portal, as a ministry wants it shown.
    name: str = "Due Diligence Portal"
    #: Where people write for help; shown in the footer and on error pages.
    contact: str = ""
    #: Address at which people reach the portal, for links and codes in reports.
    address: str = "http://127.0.0.1:8000"
    #: Languages offered for pages, as tags; those without translations are left out.
    languages: str = "en,th,ar"
    #: Signs cookies that hold no secrets and derives keys; at least 32 bytes. Generated in demonstration mode.
    secret_key: SecretStr | None = None
    #: Earlier secret keys, comma-separated: what they sealed can still be opened while the key is being changed.
    previous_secret_keys: SecretStr | None = None
    #: Key of the rounding in public releases; must never change while releases are online. At least 32 bytes.
    release_secret: SecretStr | None = None
    #: sqlite:///path or postgresql://user:password@host/name.
    database_url: str = ""
    #: Folder for everything the portal writes (database, files, caches) unless set apart below.
    var: Path = ROOT / "var"
    #: Folder of the questionnaires.
    questionnaires: Path = ROOT / "questionnaires"
    #: Where evidence and finished reports are kept.
    storage: Path | None = None
    #: Companies behind a published statistic, at least; only to be raised.
    release_threshold: int = Field(default=10, ge=10)
    #: Cookies only over HTTPS. On in production; cannot be switched off there.
    secure_cookies: bool | None = None
    #: Host names the portal answers to, comma-separated; empty means any (not allowed in production).
    trusted_hosts: str = ""
    #: How many proxies stand in front and set X-Forwarded-For and -Proto.
    proxies: int = Field(default=0, ge=0, le=5)
    #: Largest evidence file in bytes.
    upload_limit: int = 20 * 1024 * 1024
    #: Months without any work on it after which a draft is deleted; its owners are warned 30 and 3 days before.
    keep_drafts_months: int = Field(default=24, ge=1)
    #: Months after the end of its validity for which a submission is kept, with its evidence.
    keep_submissions_months: int = Field(default=60, ge=1)
    #: The same where the law of the company's country asks for another term, as JSON: {"TH": 120}.
    keep_submissions_countries: dict[str, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)
    #: Virus scanner clamd: path of its socket, or host:port. Empty: files are not scanned, and companies see that.
    clamd: str = ""
    #: Minutes without a request after which a person must sign in again: companies.
    idle_minutes: int = Field(default=60, ge=5, le=60)
    #: The same for governments and administrators.
    idle_minutes_government: int = Field(default=30, ge=5, le=30)
    #: Hours after which everybody must sign in again.
    session_hours: int = Field(default=12, ge=1, le=12)
    #: Minutes for which a proof of who one is (password, passkey, code) serves for what binds an organisation.
    proof_minutes: int = Field(default=10, ge=1, le=30)
    #: How mail leaves: smtp, file (one file each in var/mail) or console. Empty: file in demonstration mode.
    mail: Literal["", "smtp", "file", "console"] = ""
    #: Address that mail comes from.
    mail_from: str = "portal@localhost"
    smtp_host: str = ""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_user: str = ""
    smtp_password: SecretStr | None = None
    #: starttls, tls (from the first byte) or none (only for a server on this machine).
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    #: Somebody outside who keeps the daily checkpoint of the log, such as an NGO.
    witness_email: str = ""
    #: File of the key that signs the log; made by the worker, never read by the web process.
    log_key: Path | None = None
    #: Run background jobs inside the web process right after the request: for tests and tiny installations.
    jobs_inline: bool = False

    @field_validator("secret_key", "release_secret")
    @classmethod
    def long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value().encode()) < SECRET_BYTES:
            raise ValueError(f"must be at least {SECRET_BYTES} bytes long; make one with: openssl rand -hex 32")
        return value

    @model_validator(mode="after")
    def fit_for_production(self) -> Settings:
        if self.mode is Mode.PRODUCTION:
            for name in ("secret_key", "release_secret", "database_url", "trusted_hosts", "contact"):
                if not getattr(self, name):
                    raise ValueError(f"PORTAL_{name.upper()} must be set in production")
            if not self.address.startswith("https://"):
                raise ValueError("PORTAL_ADDRESS must begin with https:// in production")
            if self.mail_kind == "smtp" and not self.smtp_host:
                raise ValueError("PORTAL_SMTP_HOST must be set, or PORTAL_MAIL be file or console")
            if self.secure_cookies is False:
                raise ValueError("PORTAL_SECURE_COOKIES cannot be off in production")
        return self

    @property
    def terms(self) -> Terms:
        """How long drafts and submissions are kept."""
        return Terms(self.keep_drafts_months, self.keep_submissions_months, self.keep_submissions_countries)

    @property
    def https_only(self) -> bool:
        return self.mode is Mode.PRODUCTION if self.secure_cookies is None else self.secure_cookies

    @property
    def mail_kind(self) -> str:
        return self.mail or ("smtp" if self.mode is Mode.PRODUCTION else "file")

    @property
    def log_key_file(self) -> Path:
        return self.log_key or self.var / "keys" / "log-signing.pem"

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.var / 'portal.sqlite3'}"

    @property
    def storage_folder(self) -> Path:
        return self.storage or self.var / "files"

    @property
    def hosts(self) -> list[str]:
        return [host.strip() for host in self.trusted_hosts.split(",") if host.strip()]

    def secret(self, name: str) -> bytes:
        """Return secret_key or release_secret; in demonstration mode one is made once and kept beside the data."""
        given: SecretStr | None = getattr(self, name)
        return given.get_secret_value().encode() if given else _kept_secret(self.var / f"{name}.txt")


def sealer_of(settings: Settings) -> Sealer:
    """Return what seals secrets at rest in this installation."""
    previous = settings.previous_secret_keys
    older = previous.get_secret_value().split(",") if previous else []
    return Sealer([settings.secret("secret_key"), *(key.strip().encode() for key in older if key.strip())])


def read_settings(**given: object) -> Settings:
    """Return the settings from the environment; `given` wins. Raises UnsafeSettings with one line."""
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        where = f"PORTAL_{str(first['loc'][0]).upper()}: " if first["loc"] else ""
        raise UnsafeSettings(where + str(first["msg"]).removeprefix("Value error, ")) from None


def _kept_secret(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes().strip()
    with os.fdopen(handle, "wb") as file:
        made = secrets.token_hex(SECRET_BYTES).encode()
        file.write(made)
    return made
