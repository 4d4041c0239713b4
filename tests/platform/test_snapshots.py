"""What a screen gathers is of one moment, and the connection is afterwards as it was."""

import psycopg
import pytest
from psycopg.rows import dict_row

from photolens.database import Connection, snapshot


def clients(conn: Connection) -> int:
    row = conn.execute("select count(*) as n from clients").fetchone()
    assert row is not None
    n: int = row["n"]
    return n


def add_client(conn: Connection, name: str) -> None:
    conn.execute("insert into clients (name, email) values (%s, %s)", [name, f"{name}@example.com"])


@pytest.mark.committed
def test_the_reads_of_a_snapshot_see_nothing_of_what_is_done_meanwhile_and_may_do_nothing(
    clone_url: str, conn: Connection
) -> None:
    with psycopg.connect(clone_url, autocommit=True, row_factory=dict_row) as other:
        with snapshot(conn):
            before = clients(conn)
            add_client(other, "meanwhile")
            assert clients(conn) == before

        assert clients(conn) == before + 1

    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction), snapshot(conn):
        add_client(conn, "refused")
    add_client(conn, "welcome")
    assert clients(conn) == before + 2


@pytest.mark.committed
def test_a_connection_that_is_lost_in_a_snapshot_is_told_as_lost(clone_url: str, conn: Connection) -> None:
    def lose(own: Connection) -> None:
        with snapshot(own):
            clients(own)
            conn.execute("select pg_terminate_backend(%s)", [own.info.backend_pid])
            clients(own)

    with (
        psycopg.connect(clone_url, autocommit=True, row_factory=dict_row) as connected,
        pytest.raises(psycopg.errors.AdminShutdown),
    ):
        lose(connected)


def test_in_a_transaction_that_is_under_way_a_snapshot_sees_what_that_has_done(conn: Connection) -> None:
    before = clients(conn)
    add_client(conn, "just now")

    with snapshot(conn):
        assert clients(conn) == before + 1
