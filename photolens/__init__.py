"""Photolens: the backend that photography studios run on."""

from flask import Flask

from photolens import (
    access,
    answers,
    api,
    billing,
    cache,
    classes,
    credits,
    database,
    headers,
    health,
    identity,
    logs,
    observation,
    photos,
    platform,
    portal,
    problems,
    proxies,
    rate_limits,
    replica,
    spaces,
    studio,
    studios,
)
from photolens.config import Settings
from photolens.database import Pools
from photolens.metrics import Metrics
from photolens.sealing import Seal
from photolens.storage import open_storage


def create_app(settings: Settings, pools: Pools) -> Flask:
    """The application, over pools of connections to its database."""
    app = Flask("photolens", static_folder=None)
    app.extensions |= {"settings": settings, "seal": Seal(settings), "storage": open_storage(settings)}
    metrics = Metrics(pools)
    proxies.init_app(app, settings)
    observation.init_app(app, logs.log_request, metrics.count)
    answers.init_app(app)
    problems.init_app(app)
    headers.init_app(app, settings)
    database.init_app(app, pools)
    studios.init_app(app, settings)
    cache.init_app(app, settings)
    access.init_app(app, identity.find_caller)
    replica.init_app(app, pools)
    rate_limits.init_app(app, settings)
    health.init_app(app, metrics)
    domains = (identity, studio, billing, credits, photos, spaces, classes, portal, platform)
    api.init_app(app, (blueprint for domain in domains for blueprint in domain.BLUEPRINTS))
    spaces.keep_public_pages_fresh(app)
    app.register_blueprint(portal.PAGES)
    return app
