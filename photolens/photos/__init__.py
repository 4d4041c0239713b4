"""Photo jobs: photos and a prompt come in, the worker edits them, one ZIP goes out."""

from photolens.photos import problems  # noqa: F401  (its constraints are part of the one map)
from photolens.photos.routes import jobs

BLUEPRINTS = (jobs.blp,)
