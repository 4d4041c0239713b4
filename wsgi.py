"""The WSGI application: `waitress-serve wsgi:app`."""

from photolens.server import application

app = application()
