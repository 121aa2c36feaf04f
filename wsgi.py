"""The WSGI application, for gunicorn and for the flask command."""

from portal.application import create_app

app = create_app()
