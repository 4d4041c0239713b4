"""As whom the server acts in the database: never as more than its own role, whoever logs in."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
import pytest

from photolens.config import Settings
from photolens.database import Connection, open_pools
from tests.conftest import TEMPLATE, Databases
from tests.platform.test_serve import photolens


def acting_as(conn: Connection) -> tuple[str, bool]:
    row = conn.execute(
        "select current_user as name, rolsuper as is_super from pg_roles where rolname = current_user"
    ).fetchone()
    assert row is not None
    return row["name"], row["is_super"]


@pytest.fixture
def stranger(databases: Databases) -> Iterator[str]:
    """The address of a database for a login that has none of the roles."""
    with databases.clone(TEMPLATE) as url, psycopg.connect(url, autocommit=True) as conn:
        conn.execute("create role photolens_test_stranger login")
        try:
            yield url.replace(f"user={conn.info.user}", "user=photolens_test_stranger").replace(
                f"//{conn.info.user}@", "//photolens_test_stranger@"
            )
        finally:
            conn.execute("drop role photolens_test_stranger")


def test_either_pool_acts_as_its_own_role_whoever_logs_in(clone_url: str, settings: Settings) -> None:
    with open_pools(settings, clone_url) as pools, pools.app.connection() as app, pools.portal.connection() as portal:
        assert [acting_as(app), acting_as(portal)] == [("photolens_app", False), ("photolens_portal", False)]


def test_a_login_that_may_not_act_as_the_servers_role_is_told_in_a_sentence(stranger: str) -> None:
    refused = photolens("serve", DATABASE_URL=stranger)

    assert refused.returncode == 2
    assert "'photolens_test_stranger' may not act as photolens_app" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_portal_may_have_a_login_of_its_own_that_acts_as_nothing_else(clone_url: str, settings: Settings) -> None:
    user = urlsplit(clone_url).username or "postgres"
    portal_url = clone_url.replace(f"user={user}", "user=photolens_portal").replace(f"//{user}@", "//photolens_portal@")

    with open_pools(settings, clone_url, portal_url) as pools, pools.portal.connection() as portal:
        assert acting_as(portal) == ("photolens_portal", False)
        for role in ("photolens_app", "photolens_owner", user):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                portal.execute(f"set role {role}".encode())


def test_nothing_of_the_schema_belongs_to_anybody_but_its_owner(conn: Connection) -> None:
    strays = conn.execute(
        """
        select relname as name from pg_class
        where relnamespace = current_schema()::regnamespace and relowner <> 'photolens_owner'::regrole
        union all
        select proname from pg_proc
        where pronamespace = current_schema()::regnamespace and proowner <> 'photolens_owner'::regrole
            and not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e')
        """
    ).fetchall()

    assert strays == []
