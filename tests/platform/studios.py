"""Studios that share a database, for tests: each with the callers of the tests, and asked by its name."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from flask import Flask
from psycopg.rows import dict_row

from photolens.database import Connection
from photolens.founding import found_studio
from photolens.postgres_programs import in_schema
from photolens.schema_versions import MIGRATIONS
from photolens.studios import HEADER, schema_of
from tests.client import Answer, ApiClient, token_of
from tests.conftest import CALLERS


class StudioClient(ApiClient):
    """An HTTP client of one of the studios of an application."""

    def __init__(self, app: Flask, studio: str, token: str | None = token_of("OWNER")) -> None:
        super().__init__(app, token)
        self._studio = studio

    def by_token(self, token: str | None) -> "StudioClient":
        """The same studio, called with this token, or with none."""
        return StudioClient(self._app, self._studio, token)

    def request(self, method: str, path: str, body: Any = None, **options: Any) -> Answer:
        options["headers"] = {HEADER: self._studio, **options.get("headers", {})}
        return super().request(method, path, body, **options)


def found(url: str, name: str, *hosts: str, ids: str = "00000000-") -> None:
    """A studio with the callers of the tests, whose ids begin with these digits."""
    for _ in found_studio(url, MIGRATIONS, name, hosts):
        pass
    with inside(url, name) as conn:
        conn.execute(CALLERS.read_text().replace("00000000-", ids, 1).encode())


@contextmanager
def inside(url: str, name: str) -> Iterator[Connection]:
    """A connection in the schema of a studio, to look with or to arrange what HTTP cannot."""
    with psycopg.connect(in_schema(url, schema_of(name)), autocommit=True, row_factory=dict_row) as conn:
        yield conn
