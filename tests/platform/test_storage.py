"""Files by key: the same behaviour on disk and in a bucket, and what a full disk, a lost bucket or a kill leaves."""

import io
import logging
import os
import resource
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask

from photolens import create_app, problems
from photolens import storage as storage_module
from photolens.config import ConfigurationError, Settings
from photolens.database import Pools
from photolens.embedded import ROOT
from photolens.storage import (
    BucketStorage,
    DiskStorage,
    FileMissing,
    Storage,
    StorageUnavailable,
    current_storage,
    open_storage,
)

JOB = "photo-jobs/6f1c"


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """The address of an S3-compatible server on this machine, which has a bucket of the name `photos`."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"s3+http://key:secret@{host}:{port}"
    BucketStorage(f"{url}/photos")._client.create_bucket(Bucket="photos")
    yield url
    server.stop()


@pytest.fixture(params=["disk", "bucket"])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """The variables by which a process has an empty storage of this kind."""
    if request.param == "disk":
        return {"STORAGE_DIR": str(tmp_path / "below" / "files")}
    return {"STORAGE_URL": f"{request.getfixturevalue('s3')}/photos/{tmp_path.name}"}


@pytest.fixture(scope="session")
def client(s3: str) -> Any:
    """The client of all storages that are this server's: a third of a second to make."""
    return BucketStorage(f"{s3}/photos")._client


@pytest.fixture
def storage(environment: dict[str, str], request: pytest.FixtureRequest) -> Storage:
    storage = open_storage(Settings.from_environment(environment))
    if isinstance(storage, BucketStorage):
        storage._client = request.getfixturevalue("client")
    return storage


def write(storage: Storage, key: str, content: bytes) -> None:
    with storage.writing(key) as file:
        file.write(content)


def read(storage: Storage, key: str) -> bytes:
    with storage.reading(key) as stored:
        content = stored.file.read()
        assert len(content) == stored.size
        return content


def names(storage: Storage, *keys: str) -> set[str]:
    """Which of these keys have a file."""
    there = set()
    for key in keys:
        try:
            read(storage, key)
            there.add(key)
        except FileMissing:
            pass
    return there


# On disk and in a bucket.


def test_what_is_written_is_read_again_with_its_size(storage: Storage) -> None:
    content = os.urandom(300_000)
    write(storage, f"{JOB}/source-1", content)
    write(storage, f"{JOB}/empty", b"")

    assert read(storage, f"{JOB}/source-1") == content
    assert read(storage, f"{JOB}/empty") == b""


def test_a_file_is_read_piece_by_piece(storage: Storage) -> None:
    write(storage, f"{JOB}/source-1", b"abcdef")

    with storage.reading(f"{JOB}/source-1") as stored:
        assert [stored.file.read(4), stored.file.read(4), stored.file.read(4)] == [b"abcd", b"ef", b""]


def test_a_zip_file_can_be_made_in_place(storage: Storage) -> None:
    with storage.writing(f"{JOB}/result.zip") as file, zipfile.ZipFile(file, "w") as archive:
        archive.writestr("1.jpg", b"photo" * 1000)

    with zipfile.ZipFile(io.BytesIO(read(storage, f"{JOB}/result.zip"))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["1.jpg"]


def test_a_file_is_not_there_before_all_of_it_is(storage: Storage) -> None:
    with storage.writing(f"{JOB}/source-1") as file:
        file.write(b"new" * 100_000)
        file.flush()
        with pytest.raises(FileMissing), storage.reading(f"{JOB}/source-1"):
            pass

    assert len(read(storage, f"{JOB}/source-1")) == 300_000


def test_a_file_takes_the_place_of_the_one_that_is_there(storage: Storage) -> None:
    write(storage, f"{JOB}/source-1", b"a long first one")
    write(storage, f"{JOB}/source-1", b"second")

    assert read(storage, f"{JOB}/source-1") == b"second"


def test_what_fails_on_being_written_has_not_happened(storage: Storage) -> None:
    write(storage, f"{JOB}/source-1", b"first")
    for key in (f"{JOB}/source-1", f"{JOB}/source-2"):
        with pytest.raises(TypeError), storage.writing(key) as file:
            file.writelines([b"half of the sec", None])  # type: ignore[list-item]

    assert read(storage, f"{JOB}/source-1") == b"first"
    assert names(storage, f"{JOB}/source-2") == set()


def test_there_is_nothing_under_a_key_that_nobody_has_written(storage: Storage) -> None:
    write(storage, f"{JOB}/source-1", b"a")

    for key in ("photo-jobs", JOB, f"{JOB}/source", f"{JOB}/source-1/a", "elsewhere"):
        with pytest.raises(FileMissing), storage.reading(key):
            pass


def test_all_below_a_prefix_is_deleted_and_nothing_beside_it(storage: Storage) -> None:
    beside = [f"{JOB}0/source-1", f"{JOB}-1/source-1", "photo-jobs/other/source-1", "elsewhere"]
    for key in [f"{JOB}/source-1", f"{JOB}/deep/er/source-2", *beside]:
        write(storage, key, b"a")

    storage.delete_all(JOB)
    storage.delete_all(JOB)
    storage.delete_all("never/there")

    assert names(storage, f"{JOB}/source-1", f"{JOB}/deep/er/source-2", *beside) == set(beside)
    assert {folder.prefix for folder in storage.folders("photo-jobs")} == {
        f"{JOB}0",
        f"{JOB}-1",
        "photo-jobs/other",
    }


def test_what_is_to_be_kept_is_not_deleted(storage: Storage) -> None:
    keys = [f"{JOB}/source-1", f"{JOB}/source-2", f"{JOB}/result.zip"]
    for key in keys:
        write(storage, key, b"a")

    storage.delete_all(JOB, keep=[f"{JOB}/result.zip", f"{JOB}/never-there"])

    assert names(storage, *keys) == {f"{JOB}/result.zip"}


def test_folders_are_those_directly_below_with_the_time_of_their_last_change(storage: Storage) -> None:
    before = datetime.now(UTC) - timedelta(seconds=2)  # a bucket tells whole seconds
    for key in ("photo-jobs/a/1", "photo-jobs/a/2", "photo-jobs/a-1/1", "photo-jobs/a0/deep/1", "photo-jobs/loose"):
        write(storage, key, b"a")

    folders = {folder.prefix: folder.changed_at for folder in storage.folders("photo-jobs")}

    assert set(folders) == {"photo-jobs/a", "photo-jobs/a-1", "photo-jobs/a0"}
    assert all(before <= changed_at <= datetime.now(UTC) for changed_at in folders.values())
    assert list(storage.folders("never-there")) == []


@pytest.mark.parametrize(
    "key",
    [
        *("", "/", "/etc/passwd", "a/", "a//b", ".", "..", "../a", "a/../b", "a/..", "a/./b", ".a", "a/.b.part"),
        *("A", "a b", "a\\b", "a\0b", "a\n", "ä", "a:b", "~a", "%2e%2e/a", "-a", "a" * 101, "a/" * 8 + "a"),
    ],
)
@pytest.mark.parametrize(
    "storage", [DiskStorage(Path("/nowhere")), BucketStorage("s3://nowhere.example/bucket")], ids=["disk", "bucket"]
)
def test_a_key_that_leads_elsewhere_is_none(storage: Storage, key: str) -> None:
    with pytest.raises(ValueError, match="key or prefix"), storage.writing(key):
        pass
    with pytest.raises(ValueError, match="key or prefix"), storage.reading(key):
        pass
    with pytest.raises(ValueError, match="key or prefix"):
        storage.delete_all(key)
    with pytest.raises(ValueError, match="key or prefix"):
        storage.delete_all(JOB, keep=[key])
    with pytest.raises(ValueError, match="key or prefix"):
        list(storage.folders(key))


def test_eight_threads_write_and_read_at_once(storage: Storage) -> None:
    def work(number: int) -> None:
        own = bytes([number]) * 50_000
        for _ in range(3):
            write(storage, f"{JOB}/own-{number}", own)
            assert read(storage, f"{JOB}/own-{number}") == own

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))


def test_a_writer_that_is_killed_in_the_middle_leaves_nothing_that_delete_all_does_not_take(
    storage: Storage, environment: dict[str, str], tmp_path: Path
) -> None:
    program = (
        "import os, signal\n"
        "from photolens.config import Settings\n"
        "from photolens.storage import open_storage\n"
        f"with open_storage(Settings.from_environment()).writing('{JOB}/source-1') as file:\n"
        "    file.write(b'half' * 10_000)\n"
        "    file.flush()\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment)
    left = [path for path in tmp_path.rglob("*") if path.is_file()]

    assert ended.returncode == -signal.SIGKILL
    assert len(left) == ("STORAGE_DIR" in environment)
    assert names(storage, f"{JOB}/source-1") == set()

    storage.delete_all(JOB)

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert list(storage.folders("photo-jobs")) == []


def test_on_a_full_disk_nothing_is_stored_and_the_caller_is_told_so(storage: Storage, tmp_path: Path) -> None:
    write(storage, f"{JOB}/source-1", b"first")
    with files_of_at_most(100_000), pytest.raises(StorageUnavailable), storage.writing(f"{JOB}/source-1") as file:
        file.write(b"second" * 100_000)

    assert read(storage, f"{JOB}/source-1") == b"first"
    assert [path.name for path in tmp_path.rglob("*.part")] == []


def test_a_disk_that_is_full_only_at_the_end_stores_nothing_either(storage: Storage) -> None:
    with files_of_at_most(5), pytest.raises(StorageUnavailable), storage.writing(f"{JOB}/source-1") as file:
        file.write(b"stays in the buffer till then")

    assert names(storage, f"{JOB}/source-1") == set()


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """As on a full disk, a file does not grow further."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_fault_of_somebody_else_s_is_not_taken_for_the_storage_s(storage: Storage) -> None:
    with pytest.raises(ConnectionResetError), storage.writing(f"{JOB}/source-1"):
        raise ConnectionResetError
    write(storage, f"{JOB}/source-1", b"a")
    with pytest.raises(ConnectionResetError), storage.reading(f"{JOB}/source-1"):
        raise ConnectionResetError


# On disk.


def test_files_and_folders_are_their_owner_s_alone(tmp_path: Path) -> None:
    storage = open_storage(Settings.from_environment({"STORAGE_DIR": str(tmp_path / "files")}))
    write(storage, f"{JOB}/source-1", b"a")

    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.rglob("*")}
    assert modes == {"files": 0o700, "photo-jobs": 0o700, "6f1c": 0o700, "source-1": 0o600}


def test_eight_threads_that_write_one_file_at_once_always_find_a_whole_one(tmp_path: Path) -> None:
    storage = open_storage(Settings.from_environment({"STORAGE_DIR": str(tmp_path)}))

    def work(number: int) -> None:
        for _ in range(5):
            write(storage, f"{JOB}/shared", bytes([number]) * 50_000)
            shared = read(storage, f"{JOB}/shared")
            assert (len(shared), len(set(shared))) == (50_000, 1)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))


def test_folders_that_are_empty_go_with_their_files(tmp_path: Path) -> None:
    storage = open_storage(Settings.from_environment({"STORAGE_DIR": str(tmp_path)}))
    write(storage, f"{JOB}/deep/source-1", b"a")

    storage.delete_all(JOB)

    assert [path.name for path in tmp_path.rglob("*")] == ["photo-jobs"]


def test_who_writes_where_all_is_being_deleted_is_told_that_it_is_gone(tmp_path: Path) -> None:
    storage = open_storage(Settings.from_environment({"STORAGE_DIR": str(tmp_path)}))
    with pytest.raises(StorageUnavailable), storage.writing(f"{JOB}/source-1"):
        storage.delete_all(JOB)

    assert names(storage, f"{JOB}/source-1") == set()


def test_a_storage_dir_that_is_no_folder_stores_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    storage = open_storage(Settings.from_environment({"STORAGE_DIR": str(tmp_path / "file")}))

    with pytest.raises(StorageUnavailable), storage.writing(f"{JOB}/source-1"):
        pass


# In a bucket.

SECRETS = "s3+http://KEY-ID:the%2Fsecret@"


@contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """A server that says the same to every request, and hangs up."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.wfile.write(answer)

        do_PUT = do_GET  # noqa: N815  (the server looks for this name)

        def log_message(self, *_: Any) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def refused(url: str) -> None:
    """Whatever is asked of this bucket, the caller is told that it cannot be had."""
    storage = BucketStorage(url)
    with pytest.raises(StorageUnavailable):
        write(storage, f"{JOB}/source-1", b"a")
    with pytest.raises(StorageUnavailable):
        read(storage, f"{JOB}/source-1")
    with pytest.raises(StorageUnavailable):
        storage.delete_all(JOB)
    with pytest.raises(StorageUnavailable):
        list(storage.folders("photo-jobs"))


def test_a_bucket_that_is_not_there_is_told_from_a_file_that_is_not(s3: str) -> None:
    refused(f"{s3}/never-made")


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 301 Moved\r\nContent-Length: 0\r\n\r\n",
        b"nothing that is HTTP\r\n\r\n",
        b"",
    ],
)
def test_a_bucket_that_refuses_or_does_not_answer_is_unavailable(
    answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage_module, "ATTEMPTS", 1)
    with answering(answer) as host:
        refused(f"{SECRETS}{host}/bucket")


def test_neither_the_caller_nor_the_log_is_told_of_keys_and_secrets(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(storage_module, "ATTEMPTS", 1)
    with answering(b"") as host:
        pass  # from now on nobody is there
    with caplog.at_level(logging.WARNING), pytest.raises(StorageUnavailable) as raised:
        read(BucketStorage(f"{SECRETS}{host}/bucket"), f"{JOB}/source-1")

    told = f"{raised.value} {caplog.text}"
    assert "EndpointConnectionError" in caplog.text
    assert [word for word in ("KEY-ID", "secret", host, "bucket/", JOB) if word in told] == []


def test_a_file_that_breaks_off_is_not_taken_for_a_whole_one() -> None:
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf") as host:
        storage = BucketStorage(f"{SECRETS}{host}/bucket")
        with pytest.raises(StorageUnavailable), storage.reading(f"{JOB}/source-1") as stored:
            stored.file.read()


@pytest.mark.parametrize(
    ("url", "endpoint", "region"),
    [
        ("s3://K:S@s3.eu-central-1.amazonaws.com/photos", "https://s3.eu-central-1.amazonaws.com", "eu-central-1"),
        ("s3://K:S@s3-eu-west-1.amazonaws.com/photos/", "https://s3-eu-west-1.amazonaws.com", "eu-west-1"),
        (
            "s3://K:S@s3.dualstack.us-gov-west-1.amazonaws.com/photos",
            "https://s3.dualstack.us-gov-west-1.amazonaws.com",
            "us-gov-west-1",
        ),
        ("s3://K:S@s3.amazonaws.com/photos", "https://s3.amazonaws.com", "us-east-1"),
        ("s3://K:S@storage.example:9000/photos/a/b", "https://storage.example:9000", "us-east-1"),
        ("s3+http://K:S@[::1]:9000/photos?region=garage", "http://[::1]:9000", "garage"),
    ],
)
def test_the_url_says_where_the_bucket_is(url: str, endpoint: str, region: str) -> None:
    client = BucketStorage(url)._client

    assert (client.meta.endpoint_url, client.meta.region_name) == (endpoint, region)
    assert client.meta.config.s3 == {"addressing_style": "path"}


def test_what_the_url_holds_percent_encoded_is_decoded() -> None:
    credentials = BucketStorage(f"{SECRETS}s3.example/bucket")._client._get_credentials()

    assert (credentials.access_key, credentials.secret_key) == ("KEY-ID", "the/secret")


@pytest.mark.parametrize(
    "url",
    [
        *("s3://KEY-ID:secret@s3.example", "s3://KEY-ID:secret@s3.example/", "s3://KEY-ID:secret@s3.example/a"),
        *("s3://KEY-ID:secret@s3.example/Bucket", "s3://KEY-ID:secret@s3.example/bucket?acl=public"),
        *("s3://KEY-ID:secret@s3.example/bucket?region=", "s3://KEY-ID:secret@s3.example/bucket#a"),
    ],
)
def test_a_url_that_names_no_bucket_stops_the_start_and_is_never_repeated(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^STORAGE_URL takes an address such as ") as raised:
        open_storage(Settings.from_environment({"STORAGE_URL": url}))

    assert "KEY-ID" not in str(raised.value)
    assert ":secret" not in str(raised.value)


# In the application.


def test_the_application_has_one_storage_and_has_not_reached_for_it(tmp_path: Path) -> None:
    pools: Any = (None, None, None)
    app = create_app(Settings.from_environment({"STORAGE_DIR": str(tmp_path / "files")}), Pools(*pools))
    with app.app_context():
        write(current_storage(), f"{JOB}/source-1", b"a")

        assert read(current_storage(), f"{JOB}/source-1") == b"a"


def test_a_storage_that_is_away_is_a_problem_of_its_own() -> None:
    app = Flask("stores")
    problems.init_app(app)

    @app.get("/")
    def view() -> str:
        raise StorageUnavailable

    answer = app.test_client().get("/")
    assert (answer.status_code, answer.json and answer.json["code"]) == (503, "storage_unavailable")
    assert int(answer.headers["Retry-After"]) > 0


def test_a_server_with_a_bucket_starts_without_the_library() -> None:
    program = (
        "import sys, photolens.cli\n"
        "from photolens.config import Settings\n"
        "from photolens.storage import open_storage\n"
        "open_storage(Settings.from_environment({'STORAGE_URL': 's3://s3.example/bucket'}))\n"
        "sys.exit(bool({'boto3', 'botocore'} & {*sys.modules}))\n"
    )

    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT).returncode == 0
