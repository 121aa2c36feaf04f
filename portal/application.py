"""Make the application: settings, catalogue, database, guard, pages and commands."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask_wtf import CSRFProtect
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy.engine import Engine
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import cli, db, jobs
from portal.catalogue import load_catalogue
from portal.domain.questionnaire import Catalogue
from portal.services.logins import SessionLimits
from portal.settings import Settings, read_settings, sealer_of
from portal.web import (
    access_log,
    account,
    admin,
    api,
    company,
    compression,
    cookies,
    current,
    deeds,
    errors,
    filters,
    government,
    headers,
    languages,
    public,
)

#: Largest request that is not an upload (security rule R20); upload routes raise it for themselves.
FORM_LIMIT = 1024 * 1024


def create_app(settings: Settings | None = None, catalogue: Catalogue | None = None) -> Flask:
    """Return the application. Raises UnsafeSettings or InvalidCatalogue rather than starting half right.

    Opens no database connection: commands that need none must work without one.
    """
    settings = settings or read_settings()
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=settings.secret("secret_key").decode(),
        SESSION_COOKIE_NAME="__Host-form" if settings.https_only else "form",
        SESSION_COOKIE_SECURE=settings.https_only,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=FORM_LIMIT,
        MAX_FORM_MEMORY_SIZE=FORM_LIMIT,
        MAX_FORM_PARTS=1000,
        WTF_CSRF_TIME_LIMIT=None,
        # Our pages send no Referer (portal.web.headers), so a check of it would refuse every form sent over HTTPS.
        WTF_CSRF_SSL_STRICT=False,
        TRUSTED_HOSTS=settings.hosts or None,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=365),
    )
    app.session_interface = cookies.TimelessCookies()
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)  # type: ignore[method-assign]
    app.jinja_env.bytecode_cache = _template_cache(settings.var / "cache" / "templates")
    current.init_app(app, make_portal(settings, catalogue))
    CSRFProtect(app)
    for part in (access_log, compression, headers, languages, filters, deeds, errors, cli):
        part.init_app(app)
    for audience in (public, api, account, company, government, admin):
        app.register_blueprint(audience.bp)
    current.commit_first(app)
    return app


class TemplateCache(FileSystemBytecodeCache):
    """On a full disk templates are compiled each time: pages are read on, and say what was not saved."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


def _template_cache(folder: Path) -> TemplateCache:
    """Compiled templates, named by their content: a second start does not compile them again."""
    folder.mkdir(parents=True, exist_ok=True)
    return TemplateCache(str(folder))


def make_portal(settings: Settings, catalogue: Catalogue | None, engine: Engine | None = None) -> current.Portal:
    """What an application works with. Opens no database connection."""
    engine = engine or db.make_engine(settings.database)
    catalogue = catalogue or load_catalogue(settings.questionnaires)
    return current.Portal(
        settings=settings,
        engine=engine,
        catalogue=catalogue,
        limits=SessionLimits(
            idle=timedelta(minutes=settings.idle_minutes),
            idle_government=timedelta(minutes=settings.idle_minutes_government),
            absolute=timedelta(hours=settings.session_hours),
        ),
        sealer=sealer_of(settings),
        ring=jobs.bell(settings, engine, catalogue),
    )
