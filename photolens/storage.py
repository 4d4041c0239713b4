"""Files by key, on disk under STORAGE_DIR, or in an S3-compatible bucket where STORAGE_URL names one.

A key is a path of small plain words: `photo-jobs/<uuid>/source-1`. A file is there whole under its key, or not at all.
Nothing here is called inside a transaction: a bucket may take its time. Whatever keeps files from being written or read
leaves as StorageUnavailable; what it was is logged, by its kind alone, without keys, addresses or secrets.
Source: https://docs.aws.amazon.com/AmazonS3/latest/API (PutObject, GetObject, ListObjectsV2, DeleteObject).
"""

import errno
import io
import itertools
import logging
import os
import re
import secrets
import tempfile
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from flask import current_app

from photolens.config import ConfigurationError, Settings
from photolens.database import present_schema
from photolens.problems import Problem, ProblemKind

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

log = logging.getLogger(__name__)

CONNECT_TIMEOUT = 5  # seconds
READ_TIMEOUT = 30  # seconds for each part of an answer
ATTEMPTS = 3  # after a lost connection, a 429 or a 5xx
CONNECTIONS = 32  # kept open to a bucket: one for each thread of a server

STORAGE_UNAVAILABLE = ProblemKind(503, "storage_unavailable", "Files cannot be stored or read just now")

# No part begins with a dot: such names are for parts of files, and none is a way out of the folder.
_KEY = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}(/[a-z0-9][a-z0-9._-]{0,99}){0,7}")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_AWS_REGION = re.compile(r"(?:^|[.-])([a-z]{2}(?:-[a-z]+)+-[0-9]+)\.amazonaws\.com(?:\.cn)?$")


class StorageUnavailable(Problem):
    """503: the disk is full, or may not be written; the bucket cannot be reached, or refuses. Try again later."""

    def __init__(self) -> None:
        detail = "The file could not be stored or read. Try again in a moment."
        super().__init__(STORAGE_UNAVAILABLE, detail, {"Retry-After": "5"}, {})


class FileMissing(Exception):  # noqa: N818  (named as StorageUnavailable is)
    """There is no file under this key."""


class Readable(Protocol):
    """A file that is read once, from its start to its end."""

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True)
class StoredFile:
    """A file that is being read, and its size in bytes."""

    file: Readable
    size: int


@dataclass(frozen=True)
class Folder:
    """A folder, by the prefix of its files, and when one of them was last changed, added or, on disk, removed."""

    prefix: str
    changed_at: datetime


class Storage(Protocol):
    """Where files are kept. Any number of threads may use one.

    Raises ValueError for a key or prefix that is none, and StorageUnavailable.
    """

    def writing(self, key: str) -> AbstractContextManager[BinaryIO]:
        """A file to write, to seek in, and to read again; at the end of the block it is there under its key.

        It takes the place of one that is there. If the block raises, nothing has happened.
        """

    def reading(self, key: str) -> AbstractContextManager[StoredFile]:
        """The file under the key. Raises FileMissing."""

    def delete_all(self, prefix: str, keep: Collection[str] = ()) -> None:
        """Delete every file below a prefix but those under these keys; what a writer left halfway goes as well."""

    def folders(self, prefix: str) -> Iterator[Folder]:
        """The folders directly below a prefix, read piece by piece as they are asked for."""


def open_storage(settings: Settings) -> Storage:
    """The storage that the settings name. Nothing is reached for until it is used.

    Raises ConfigurationError for a STORAGE_URL that names no bucket.
    """
    if settings.storage_url is None:
        return DiskStorage(settings.storage_dir)
    return BucketStorage(settings.storage_url)


def current_storage() -> Storage:
    """The files of the present studio, in the storage of the present application."""
    storage: Storage = current_app.extensions["storage"]
    return storage_of(present_schema(), storage)


def storage_of(schema: str, storage: Storage) -> Storage:
    """The files of the studio of a schema: below its name, but for the one that is alone in its database."""
    return storage if schema == "public" else PartOfStorage(storage, f"studios/{schema}")


class PartOfStorage:
    """What is below a prefix of another storage, by keys that do not name the prefix."""

    def __init__(self, whole: Storage, prefix: str) -> None:
        self._whole = whole
        self._prefix = prefix

    def writing(self, key: str) -> AbstractContextManager[BinaryIO]:
        return self._whole.writing(f"{self._prefix}/{key}")

    def reading(self, key: str) -> AbstractContextManager[StoredFile]:
        return self._whole.reading(f"{self._prefix}/{key}")

    def delete_all(self, prefix: str, keep: Collection[str] = ()) -> None:
        self._whole.delete_all(f"{self._prefix}/{prefix}", [f"{self._prefix}/{key}" for key in keep])

    def folders(self, prefix: str) -> Iterator[Folder]:
        for folder in self._whole.folders(f"{self._prefix}/{prefix}"):
            yield replace(folder, prefix=folder.prefix.removeprefix(f"{self._prefix}/"))


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise ValueError("A key or prefix is made of parts such as a-1.zip, with / between them.")
    return key


class DiskStorage:
    """Files in a folder of this machine, which is made when the first one is written; for their owner alone."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @contextmanager
    def writing(self, key: str) -> Iterator[BinaryIO]:
        path = self._root / _checked(key)
        part = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
        with _disk_faults():
            _make_folder(path.parent)
            file = _open_new(part)
        try:
            yield file
            file.flush()
            with _disk_faults():
                os.fsync(file.fileno())
                os.replace(part, path)
                _sync(path.parent)
        finally:
            with suppress(StorageUnavailable):  # what could not be written cannot be on closing
                file.close()
            with suppress(OSError):  # it has its name, or delete_all took it, or will
                part.unlink()

    @contextmanager
    def reading(self, key: str) -> Iterator[StoredFile]:
        path = self._root / _checked(key)
        with _disk_faults():
            try:
                file = path.open("rb")
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                raise FileMissing(key) from None
        with file:
            yield StoredFile(file, os.fstat(file.fileno()).st_size)

    def delete_all(self, prefix: str, keep: Collection[str] = ()) -> None:
        kept = {self._root / _checked(key) for key in keep}
        with _disk_faults():
            for name, _, files in os.walk(self._root / _checked(prefix), topdown=False, onerror=_unless_gone):
                folder = Path(name)
                for path in {folder / file for file in files} - kept:
                    path.unlink(missing_ok=True)
                _remove_if_empty(folder)

    def folders(self, prefix: str) -> Iterator[Folder]:
        with _disk_faults():
            try:
                names = sorted(os.listdir(self._root / _checked(prefix)))
            except (FileNotFoundError, NotADirectoryError):
                return
        for name in names:
            changed_at = self._changed_at(self._root / prefix / name)
            if changed_at is not None:
                yield Folder(f"{prefix}/{name}", changed_at)

    @staticmethod
    def _changed_at(folder: Path) -> datetime | None:
        """When something was last added, removed or written in a folder; None for what is none, or just changing."""
        with _disk_faults():
            try:
                with os.scandir(folder) as entries:
                    times = [entry.stat(follow_symlinks=False).st_mtime for entry in entries]
                return datetime.fromtimestamp(max(folder.stat().st_mtime, *times), UTC)
            except (FileNotFoundError, NotADirectoryError):
                return None


class _File(io.FileIO):
    """A file that says in our words when it cannot be written: among the faults of a block, these are the storage's."""

    def write(self, data: "ReadableBuffer", /) -> int:
        with _disk_faults():
            return super().write(data)


def _open_new(path: Path) -> io.BufferedRandom:
    return io.BufferedRandom(_File(path, "xb+", opener=lambda name, flags: os.open(name, flags, mode=0o600)))


def _make_folder(folder: Path) -> None:
    """Make a folder, and those above it, for their owner alone; they outlive a crash, as the files do."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        with suppress(FileExistsError):  # somebody else just made it
            folder.mkdir(mode=0o700)
        _sync(folder.parent)


def _sync(folder: Path) -> None:
    """Have the names in a folder written to the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unless_gone(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError | NotADirectoryError):
        raise error


def _remove_if_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT):
            raise


@contextmanager
def _disk_faults() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        log.warning("The disk would not store or read a file: %s", error.strerror)
        raise StorageUnavailable from None


class BucketStorage:
    """Files in an S3-compatible bucket: `s3://KEY:SECRET@host[:port]/bucket[/prefix][?region=…]`.

    Without a key in it, the credentials are those that boto3 finds: environment, files, or the machine's role. A file
    is sent in one piece (so at most 5 GB), never in several: of those, a crash would leave some behind.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        host = parts.hostname or ""
        in_its_name = _AWS_REGION.search(host)
        self._region = query.pop("region", in_its_name[1] if in_its_name else "us-east-1")
        self._endpoint = f"{'http' if parts.scheme == 's3+http' else 'https'}://{parts.netloc.rpartition('@')[2]}"
        self._credentials = (unquote(parts.username or "") or None, unquote(parts.password or "") or None)
        self._bucket, _, below = unquote(parts.path).strip("/").partition("/")
        self._below = f"{below}/" if below else ""
        if query or parts.fragment or not _BUCKET.fullmatch(self._bucket) or not self._region:
            raise ConfigurationError("STORAGE_URL takes an address such as s3://KEY:SECRET@s3.example/bucket")

    @cached_property
    def _client(self) -> Any:
        """One client for all threads. Two that both come first make one each, of which one stays."""
        import boto3  # it takes a third of a second: whoever stores the first file waits for it, no start of a server
        from botocore.config import Config

        key, secret = self._credentials
        return boto3.session.Session(key, secret, region_name=self._region).client(
            "s3",
            endpoint_url=self._endpoint,
            config=Config(
                signature_version="s3v4",
                connect_timeout=CONNECT_TIMEOUT,
                read_timeout=READ_TIMEOUT,
                retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
                max_pool_connections=CONNECTIONS,
                s3={"addressing_style": "path"},
                # Else each file is sent with a checksum behind it, in a manner that only newer services know.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    @contextmanager
    def writing(self, key: str) -> Iterator[BinaryIO]:
        name = self._below + _checked(key)
        with _disk_faults():
            file = _open_nameless()
        try:
            yield file
            file.flush()
            file.seek(0)
            with _bucket_faults():
                self._client.put_object(Bucket=self._bucket, Key=name, Body=file)
        finally:
            with suppress(StorageUnavailable):
                file.close()

    @contextmanager
    def reading(self, key: str) -> Iterator[StoredFile]:
        name = self._below + _checked(key)
        with _bucket_faults(missing=key):
            answer = self._client.get_object(Bucket=self._bucket, Key=name)
            with closing(answer["Body"]) as body:
                yield StoredFile(body, answer["ContentLength"])

    def delete_all(self, prefix: str, keep: Collection[str] = ()) -> None:
        kept = {self._below + _checked(key) for key in keep}
        for found in self._list(_checked(prefix)):
            if found["Key"] not in kept:
                # One by one: to delete many at once is asked for differently by older services.
                with _bucket_faults():
                    self._client.delete_object(Bucket=self._bucket, Key=found["Key"])

    def folders(self, prefix: str) -> Iterator[Folder]:
        below = len(f"{self._below}{_checked(prefix)}/")
        # They are listed in the order of their names, which keeps those of a folder together.
        for (name, slash), files in itertools.groupby(
            self._list(prefix), lambda file: file["Key"][below:].partition("/")[:2]
        ):
            if slash:
                yield Folder(f"{prefix}/{name}", max(file["LastModified"] for file in files))

    def _list(self, prefix: str) -> Iterator[dict[str, Any]]:
        """What is below a prefix, page by page."""
        with _bucket_faults():
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=f"{self._below}{prefix}/"
            )
            for page in pages:
                yield from page.get("Contents", ())


def _open_nameless() -> io.BufferedRandom:
    """A temporary file that a crash cannot leave behind: it has no name any more."""
    descriptor, name = tempfile.mkstemp()
    os.unlink(name)
    return io.BufferedRandom(_File(descriptor, "rb+"))


@contextmanager
def _bucket_faults(missing: str | None = None) -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code")
        if missing is not None and code in ("NoSuchKey", "404"):
            raise FileMissing(missing) from None
        log.warning("The bucket would not store or read a file: %s", code)
        raise StorageUnavailable from None
    except BotoCoreError as error:
        log.warning("The bucket would not store or read a file: %s", type(error).__name__)
        raise StorageUnavailable from None
