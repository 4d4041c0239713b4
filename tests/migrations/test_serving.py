"""What a server does with a database that has not had all migrations."""

import contextlib
import json
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from psycopg.rows import dict_row

from photolens.config import Settings
from photolens.database import Connection
from photolens.schema_versions import SchemaState, schema_state
from photolens.server import start_embedded
from tests.conftest import Databases, serving
from tests.migrations.conftest import NICKNAMES


def test_the_first_start_builds_the_database_where_it_is_told_to(databases: Databases) -> None:
    with databases.clone("template0") as url:
        with serving(DATABASE_URL=url, MIGRATE_DEPLOY_ON_START="1") as server:
            announced = server.announced
        with serving(DATABASE_URL=url, MIGRATE_DEPLOY_ON_START="1") as server:
            announced_again = server.announced

    assert announced.startswith("Applied 0001_baseline in ")
    assert "Applied" not in announced_again


@pytest.mark.committed
def test_a_server_is_not_ready_until_its_database_has_had_them_all(app: Flask, folder: Path) -> None:
    answer = app.test_client().get("/readyz")

    assert (answer.status_code, json.loads(answer.data)["code"]) == (503, "schema_outdated")


@pytest.mark.committed
def test_a_later_version_of_the_schema_is_served(app: Flask, conn: Connection) -> None:
    conn.execute("insert into schema_migrations values ('9000_later', repeat('0', 64))")

    assert app.test_client().get("/readyz").status_code == 200


def test_the_embedded_database_of_an_earlier_version_is_brought_to_this_one_at_the_start(
    tmp_path: Path, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings.from_environment(
        {
            "STATE_DIR": str(tmp_path / "state"),
            "PHOTOLENS_ENV": "production",
            "EMBEDDED_IN_PRODUCTION": "1",
            "SECRET_KEY": "only the tests have this one and no server",
        }
    )
    with contextlib.ExitStack() as stack:
        start_embedded(stack, settings, fresh=False)
    request.getfixturevalue("folder")  # from here on there is one migration more
    with contextlib.ExitStack() as stack:
        server = start_embedded(stack, settings, fresh=False)
        with psycopg.connect(server.url_of("photolens"), autocommit=True, row_factory=dict_row) as conn:
            state = schema_state(conn)

    assert state is SchemaState.CURRENT
    assert f"Applied {NICKNAMES} in " in capsys.readouterr().out
