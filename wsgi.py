"""The WSGI application, for gunicorn and for the flask command."""

import os

from portal import logs
from portal.application import create_app
from portal.catalogue import InvalidCatalogue
from portal.services import checks
from portal.settings import UnsafeSettings, read_settings

try:
    settings = read_settings()
    app = create_app(settings)
    # A command must work on a portal that is not fit to serve, to say why (flask doctor) or to mend it.
    if os.environ.get("FLASK_RUN_FROM_CLI") != "true":
        checks.refuse_unsafe(settings, app.extensions["portal"].engine, debug=app.debug)
        logs.set_up(settings)
except UnsafeSettings as unsafe:
    raise SystemExit(f"The portal did not start: {unsafe}") from None
except InvalidCatalogue as refused:
    # Each line says which file to mend; a traceback would only hide it.
    raise SystemExit(str(refused)) from None
