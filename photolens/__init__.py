"""Photolens: the backend that photography studios run on."""

from flask import Flask
from psycopg_pool import ConnectionPool

from photolens import access, answers, api, billing, database, headers, platform, problems, studio
from photolens.config import Settings
from photolens.database import Connection


def create_app(settings: Settings, pool: ConnectionPool[Connection]) -> Flask:
    """The application, over a pool of connections to its database."""
    app = Flask("photolens", static_folder=None)
    answers.init_app(app)
    problems.init_app(app)
    headers.init_app(app, settings)
    access.init_app(app, settings)
    database.init_app(app, pool)
    api.init_app(app, (*studio.BLUEPRINTS, *billing.BLUEPRINTS, *platform.BLUEPRINTS))
    return app
