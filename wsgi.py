"""The WSGI application, for gunicorn and for the flask command."""

from portal.application import create_app
from portal.catalogue import InvalidCatalogue
from portal.settings import UnsafeSettings

try:
    app = create_app()
except (InvalidCatalogue, UnsafeSettings) as refused:
    # Each line says which file or setting to mend; a traceback would only hide it.
    raise SystemExit(str(refused)) from None
