"""What a job leaves: one ZIP of its photos, with a list of what was done to each."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from shutil import copyfileobj
from typing import BinaryIO
from uuid import UUID
from zipfile import ZipFile, ZipInfo

from photolens.answers import to_json
from photolens.photo_edits import Edit
from photolens.storage import current_storage

FOLDERS = "photo-jobs"  # in the storage
LONGEST_NAME = 100  # bytes of UTF-8

# By the first byte, of files that are known to be photos.
_EXTENSIONS = {b"\xff": "jpg", b"\x89": "png", b"R": "webp"}
_NOT_IN_NAMES = re.compile(r"[<>:\"/\\|?*\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Edited:
    """A photo that is done: what it was called, the key of its file, and what was done to it."""

    name: str
    key: str
    edits: list[Edit]


def folder_of(storage_folder: UUID) -> str:
    """Where the files of a job lie in the storage."""
    return f"{FOLDERS}/{storage_folder}"


def result_of(folder: str) -> str:
    """The key of a job's ZIP."""
    return f"{folder}/result.zip"


def pack(file: BinaryIO, photos: Sequence[Edited], created_at: datetime) -> None:
    """Write a ZIP, piece by piece, of photos called `01-beach.jpg`, and of `edits.json`, which says what was done.

    Nothing is compressed, for photos are; packed again, it is the same. Raises StorageUnavailable, FileMissing.
    """
    done = []
    with ZipFile(file, "w") as packed:
        for position, photo in enumerate(photos, start=1):
            with current_storage().reading(photo.key) as stored:
                start = stored.file.read(1)
                name = f"{position:02}-{_stem(photo.name)}.{_EXTENSIONS[start]}"
                with packed.open(ZipInfo(name, created_at.timetuple()[:6]), "w") as entry:
                    entry.write(start)
                    copyfileobj(stored.file, entry)
            done.append({"name": name, "edits": photo.edits})
        packed.writestr(ZipInfo("edits.json", created_at.timetuple()[:6]), to_json(done))


def _stem(name: str) -> str:
    """A name without its ending, as every system can write it to a disk."""
    stem = _NOT_IN_NAMES.sub("_", PurePath(name).stem)
    return stem.encode()[:LONGEST_NAME].decode(errors="ignore").strip(" .") or "photo"
