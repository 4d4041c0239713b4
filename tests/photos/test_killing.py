"""Workers are killed at random moments, and every job comes to its one end all the same."""

from dataclasses import replace
from pathlib import Path

import pytest

from photolens.config import Settings
from photolens.database import Connection
from tests.photos.killing import judge, kill_while_working

pytestmark = pytest.mark.committed


def test_whoever_is_killed_each_job_is_completed_or_refunded_once_and_no_file_is_left(
    conn: Connection, clone_url: str, settings: Settings, tmp_path: Path
) -> None:
    settings = replace(settings, storage_dir=tmp_path / "storage")
    ids = kill_while_working(conn, settings, clone_url, jobs=12, kills=5)
    ends = judge(conn, settings.storage_dir, ids)

    assert ends["COMPLETED"] > 0
    assert ends["begun"] > len(ids), "nobody was killed at work"
