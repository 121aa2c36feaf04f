"""Applications for tests: what is the same for every test is made once, what a test stores and sets is its own.

An application takes longer to make than most tests take to run: a few hundred addresses, templates, and statements
compiled for its engine. So one is kept for each set of settings, and given the database, folder and secrets of the next
test. One that a test has changed is thrown away, and so is nothing of the database: that is new each time.
"""

from __future__ import annotations

from functools import cache

from flask import Flask
from pydantic import SecretStr
from sqlalchemy.engine import Engine

from portal import db
from portal.application import create_app, make_portal
from portal.domain.questionnaire import Catalogue
from portal.settings import Settings

#: Settings, catalogue -> an application as it was made.
_kept: dict[tuple[str, int], tuple[Flask, tuple[object, ...]]] = {}


@cache
def engine_of(url: str) -> Engine:
    """The engine for an address: with it live the statements compiled for it, and whoever used it disposes of it."""
    return db.make_engine(url)


def lend(settings: Settings, catalogue: Catalogue) -> Flask:
    """An application that works with these settings, as new."""
    key = (repr(_values(settings)), id(catalogue))
    app, _state = _kept.get(key) or (None, ())
    if app is None:
        app = create_app(settings, catalogue)
        app.testing = True
        _kept[key] = app, _state_of(app)
    app.extensions["portal"] = make_portal(settings, catalogue, engine_of(settings.database))
    app._got_first_request = False
    return app


def give_back(app: Flask) -> None:
    """Take an application back; one that is no longer as it was made is not lent again."""
    app.extensions["portal"].engine.dispose()
    for key, (kept, state) in list(_kept.items()):
        if kept is app and state != _state_of(app):
            del _kept[key]


def _values(settings: Settings) -> list[tuple[str, object]]:
    """With the secrets in plain words: their own names for themselves are all alike."""
    plain = settings.model_dump(exclude={"var"})
    return [(name, one.get_secret_value() if isinstance(one, SecretStr) else one) for name, one in plain.items()]


def _state_of(app: Flask) -> tuple[object, ...]:
    """Everything about an application that a test can change and that would outlive it."""
    hooks = (app.before_request_funcs, app.after_request_funcs, app.teardown_request_funcs, app.error_handler_spec)
    things = (*app.view_functions.values(), app.wsgi_app, app.session_interface, app.jinja_env.bytecode_cache)
    things += tuple(value for name, value in sorted(app.extensions.items()) if name != "portal")
    config = sorted(app.config.items(), key=lambda item: item[0])
    return repr(config), repr(hooks), app.testing, things, tuple(app.jinja_env.globals)
