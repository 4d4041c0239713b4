"""The embedded PostgreSQL as a piece of its own: who may have it, where it lives, and what it makes of leftovers."""

import contextlib
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from photolens.embedded import PROGRAMS, EmbeddedError, EmbeddedServer

QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A STATE_DIR whose PostgreSQL was made, given the studio's database, and stopped."""
    state_dir = tmp_path_factory.mktemp("cluster")
    with EmbeddedServer(state_dir, options=QUICK) as server:
        assert server.install(with_demo=True) is True
        server.psql("photolens", "-c", "create table kept as select 42 as answer")
    return state_dir


def copy_of(cluster: Path, state_dir: Path) -> Path:
    state_dir.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", str(cluster), str(state_dir)], check=True)
    return state_dir


@pytest.fixture
def state_dir(cluster: Path, tmp_path: Path) -> Path:
    """A used STATE_DIR of the test's own."""
    return copy_of(cluster, tmp_path / "state")


@pytest.fixture(scope="module")
def running(cluster: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[EmbeddedServer, Path]]:
    """A server that runs for several tests, and its STATE_DIR."""
    state_dir = copy_of(cluster, tmp_path_factory.mktemp("running") / "state")
    with EmbeddedServer(state_dir, options=QUICK) as server:
        yield server, state_dir


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def answer_of(server: EmbeddedServer) -> int:
    """The one value that the cluster's database was given."""
    with psycopg.connect(server.url_of("photolens")) as conn:
        row = conn.execute("select answer from kept").fetchone()
    assert row is not None
    answer: int = row[0]
    return answer


# While it runs


def test_the_package_brings_every_program_that_is_needed() -> None:
    for program in ("initdb", "pg_ctl", "postgres", "psql", "pg_dump"):
        assert os.access(PROGRAMS / program, os.X_OK)


def test_its_url_is_one_that_any_client_understands(running: tuple[EmbeddedServer, Path]) -> None:
    server, _ = running

    assert answer_of(server) == 42
    assert server.url_as("postgres") == server.url_of("photolens")


def test_it_speaks_utf8_and_sorts_the_same_on_every_machine(running: tuple[EmbeddedServer, Path]) -> None:
    server, _ = running
    facts = server.psql("postgres", "-At", "-c", "show server_encoding", "-c", "select datlocale from pg_database")

    assert set(facts.splitlines()) == {"UTF8", "C.UTF-8"}


def test_it_listens_on_a_socket_that_only_its_owner_reaches_and_on_no_address(
    running: tuple[EmbeddedServer, Path],
) -> None:
    server, _ = running
    shown = server.psql("postgres", "-At", "-c", "show listen_addresses", "-c", "show unix_socket_directories")
    addresses, folder = shown.splitlines()

    assert addresses == ""
    assert mode_of(Path(folder)) == 0o700


def test_its_data_is_its_owners_alone(running: tuple[EmbeddedServer, Path]) -> None:
    _, state_dir = running

    assert mode_of(state_dir / "postgres") == 0o700


def test_the_studio_is_installed_once(running: tuple[EmbeddedServer, Path]) -> None:
    server, _ = running

    assert server.install(with_demo=True) is False
    assert answer_of(server) == 42


def test_a_second_owner_is_refused_and_the_first_goes_on(running: tuple[EmbeddedServer, Path]) -> None:
    server, state_dir = running

    with pytest.raises(EmbeddedError, match="Another process already uses the database"), EmbeddedServer(state_dir):
        raise AssertionError("there were two owners")

    assert answer_of(server) == 42


def test_whoever_shares_it_neither_starts_nor_stops_it(running: tuple[EmbeddedServer, Path]) -> None:
    server, state_dir = running

    with EmbeddedServer(state_dir, share=True) as shared:
        assert answer_of(shared) == 42

    assert answer_of(server) == 42


def test_it_is_not_erased_while_somebody_uses_it(running: tuple[EmbeddedServer, Path]) -> None:
    server, state_dir = running

    with pytest.raises(EmbeddedError, match="Another process uses the database"):
        EmbeddedServer(state_dir).erase()

    assert answer_of(server) == 42


def test_what_psql_cannot_do_is_told_in_its_words(running: tuple[EmbeddedServer, Path]) -> None:
    server, _ = running

    with pytest.raises(EmbeddedError, match='relation "nothing" does not exist'):
        server.psql("photolens", "-c", "select from nothing")


# Starting and stopping


def test_it_stops_with_its_block_and_keeps_its_data(state_dir: Path) -> None:
    with EmbeddedServer(state_dir, options=QUICK) as server:
        assert (state_dir / "postgres" / "postmaster.pid").exists()
    stopped = not (state_dir / "postgres" / "postmaster.pid").exists()
    with EmbeddedServer(state_dir, options=QUICK) as server:
        assert answer_of(server) == 42

    assert stopped


def test_it_stops_also_when_the_block_fails_and_can_be_had_again(state_dir: Path) -> None:
    with pytest.raises(ZeroDivisionError), EmbeddedServer(state_dir, options=QUICK):
        raise ZeroDivisionError

    assert not (state_dir / "postgres" / "postmaster.pid").exists()
    with EmbeddedServer(state_dir, options=QUICK) as server:
        assert answer_of(server) == 42


def test_it_stops_while_somebody_is_still_connected(state_dir: Path) -> None:
    with EmbeddedServer(state_dir, options=QUICK) as server:
        connection = psycopg.connect(server.url_of("photolens"))
        connection.execute("select answer from kept")

    assert not (state_dir / "postgres" / "postmaster.pid").exists()
    connection.close()


def test_whoever_would_share_a_server_that_is_not_running_runs_it_themselves(state_dir: Path) -> None:
    with EmbeddedServer(state_dir, share=True, options=QUICK) as server:
        assert answer_of(server) == 42

    assert not (state_dir / "postgres" / "postmaster.pid").exists()


def test_erasing_takes_the_data_and_leaves_the_folder_usable(state_dir: Path) -> None:
    EmbeddedServer(state_dir).erase()
    EmbeddedServer(state_dir).erase()

    assert not (state_dir / "postgres").exists()


def test_erasing_where_nothing_was_is_no_fault(tmp_path: Path) -> None:
    EmbeddedServer(tmp_path / "never" / "used").erase()

    assert not (tmp_path / "never").exists()


# Leftovers


def test_a_cluster_that_was_half_made_is_made_anew(tmp_path: Path) -> None:
    building = tmp_path / "postgres.building"
    building.mkdir()
    (building / "PG_VERSION").write_text("18\n")
    (building / "base").mkdir()

    with EmbeddedServer(tmp_path, options=QUICK) as server:
        assert server.psql("postgres", "-At", "-c", "select 1") == "1\n"

    assert not building.exists()


def test_a_studio_that_was_half_installed_is_installed_anew(state_dir: Path) -> None:
    with EmbeddedServer(state_dir, options=QUICK) as server:
        server.psql("postgres", "-c", "drop database photolens", "-c", "create database photolens_building")
        server.psql("photolens_building", "-c", "create table clients (id bigint)")

        installed = server.install(with_demo=True)
        databases = server.psql("postgres", "-At", "-c", "select datname from pg_database where not datistemplate")
        clients = server.psql("photolens", "-At", "-c", "select count(*) >= 8 from clients")

    assert installed is True
    assert sorted(databases.split()) == ["photolens", "postgres"]
    assert clients == "t\n"


def test_a_lock_file_without_a_process_locks_nobody_out(state_dir: Path) -> None:
    assert (state_dir / "lock").exists()

    with EmbeddedServer(state_dir, options=QUICK) as server:
        assert answer_of(server) == 42


def test_a_process_id_that_outlived_its_process_keeps_nobody_out(state_dir: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    pid_file = state_dir / "postgres" / "postmaster.pid"
    pid_file.write_text(
        f"{ended.pid}\n{state_dir / 'postgres'}\n1700000000\n5432\n{state_dir / 'postgres'}\n\n  0 0\nready\n"
    )
    shutil.copystat(state_dir / "postgres" / "PG_VERSION", pid_file)
    owner = (state_dir / "postgres").stat()
    os.chown(pid_file, owner.st_uid, owner.st_gid)

    with EmbeddedServer(state_dir, options=QUICK) as server:
        assert answer_of(server) == 42


# Where it lives


@pytest.mark.parametrize("name", ["Zoë O'Brien – Lumen, Hall", "back\\slash"])
def test_a_folder_that_people_name_will_do(cluster: Path, tmp_path: Path, name: str) -> None:
    with EmbeddedServer(copy_of(cluster, tmp_path / name), options=QUICK) as server:
        assert answer_of(server) == 42
        assert server.psql("photolens", "-At", "-c", "select answer from kept") == "42\n"


def test_a_path_that_is_too_long_for_a_socket_gets_one_elsewhere_that_is_as_private(
    cluster: Path, tmp_path: Path
) -> None:
    with EmbeddedServer(copy_of(cluster, tmp_path / ("deep/" * 30) / "state"), options=QUICK) as server:
        folder = Path(server.psql("photolens", "-At", "-c", "show unix_socket_directories").strip())
        owner = folder.stat().st_uid

        assert answer_of(server) == 42
        assert folder.parent == Path(tempfile.gettempdir())
        assert mode_of(folder) == 0o700
        assert owner == (tmp_path / ("deep/" * 30) / "state" / "postgres").stat().st_uid


@pytest.fixture
def far_away(cluster: Path, tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """A STATE_DIR with a long path, and the place where its socket folder goes, which is free."""
    state_dir = copy_of(cluster, tmp_path / ("deep/" * 30) / "state")
    with EmbeddedServer(state_dir, options=QUICK) as server:
        folder = Path(server.psql("photolens", "-At", "-c", "show unix_socket_directories").strip())
    shutil.rmtree(folder, ignore_errors=True)
    yield state_dir, folder
    if folder.is_symlink():
        folder.unlink()
    shutil.rmtree(folder, ignore_errors=True)


def test_a_socket_folder_that_others_prepared_is_refused_or_made_private(far_away: tuple[Path, Path]) -> None:
    state_dir, folder = far_away
    folder.mkdir()
    folder.chmod(0o777)
    mode = 0o700

    with contextlib.suppress(EmbeddedError), EmbeddedServer(state_dir, options=QUICK):
        mode = mode_of(folder)

    assert mode == 0o700


def test_a_link_in_the_place_of_the_socket_folder_is_not_followed(far_away: tuple[Path, Path], tmp_path: Path) -> None:
    state_dir, folder = far_away
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    before = elsewhere.stat()
    folder.symlink_to(elsewhere)
    found: list[Path] = []

    with contextlib.suppress(EmbeddedError), EmbeddedServer(state_dir, options=QUICK):
        found = list(elsewhere.iterdir())

    after = elsewhere.stat()
    assert (after.st_uid, after.st_mode) == (before.st_uid, before.st_mode)
    assert found == []
