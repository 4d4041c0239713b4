"""A photo job's life with the worker: edited, packed, tried again, given up; by whoever began last, and nobody else."""

import io
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageStat

from photolens.database import Connection, sql
from photolens.invariants import broken_invariants
from photolens.photo_editor import edit_photo
from photolens.photos.actions import outcomes, upkeep, work
from photolens.photos.actions.work import process_photo_job
from photolens.public_addresses import fetch
from photolens.storage import DiskStorage, StorageUnavailable
from tests.outside import NAME, Outside, answer
from tests.photos.jobs import CUSTOMER, a_job, files, of, result
from tests.photos.photos import photo, png_of

pytestmark = pytest.mark.usefixtures("credits")


@pytest.fixture(autouse=True)
def _everything_adds_up(conn: Connection) -> Iterator[None]:
    yield
    assert broken_invariants(conn) == []


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    with Outside(tmp_path_factory.mktemp("outside")).running() as outside:
        yield outside


@pytest.fixture
def outside(hosts: Outside, monkeypatch: pytest.MonkeyPatch) -> Outside:
    """The world that photos are fetched from."""
    hosts.forget()
    monkeypatch.setattr(work, "fetch", partial(fetch, network=hosts.network))
    return hosts


def balance(conn: Connection) -> tuple[float, int]:
    row = conn.execute("select credits, free_used from user_credits where user_id = %s", (CUSTOMER,)).fetchone()
    assert row
    return float(row["credits"]), row["free_used"]


def refunds(conn: Connection, job_id: int) -> int:
    row = conn.execute(
        "select count(*) as number from credit_transactions where photo_job_id = %s and kind = 'REFUND'", (job_id,)
    ).fetchone()
    assert row
    return int(row["number"])


def queued(conn: Connection, task: str) -> list[float]:
    """In how many seconds the jobs of a task are due, that are queued."""
    rows = conn.execute(
        """
        select coalesce(extract(epoch from scheduled_at - clock_timestamp()), 0) as seconds
        from procrastinate_jobs where task_name = %s order by id
        """,
        (task,),
    )
    return [float(row["seconds"]) for row in rows]


def failing_once(monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    """Editing comes to grief, the first time."""
    faults = [fault]

    def edit(*arguments: Any) -> Any:
        if faults:
            raise faults.pop()
        return edit_photo(*arguments)

    monkeypatch.setattr("photolens.photo_editor.edit_photo", edit)


def test_a_job_ends_in_one_zip_of_its_edited_photos(conn: Connection, storage: DiskStorage, tmp_path: Path) -> None:
    sent = [photo(), photo((50, 50), "PNG"), photo((40, 30), "WEBP")]
    job_id = a_job(conn, storage, sent, prompt="20% brighter", names=["Beach day.JPG", "a/b:c.png", "…"])
    process_photo_job(conn, job_id)

    job = of(conn, job_id)
    assert (job["status"], job["tries"]) == ("COMPLETED", 1)
    with result(conn, tmp_path, job_id) as packed:
        assert packed.testzip() is None
        assert packed.namelist() == ["01-Beach day.jpg", "02-b_c.png", "03-….webp", "edits.json"]
        for name, before in zip(packed.namelist(), sent, strict=False):
            after = Image.open(io.BytesIO(packed.read(name)))
            darker, brighter = (
                ImageStat.Stat(each.convert("L")).mean[0] for each in (Image.open(io.BytesIO(before)), after)
            )
            assert brighter > 1.1 * darker
        assert json.loads(packed.read("edits.json"))[0] == {
            "name": "01-Beach day.jpg",
            "edits": [{"edit": "BRIGHTNESS", "percent": 20}],
        }


@pytest.mark.skipif(shutil.which("unzip") is None, reason="there is no unzip here")
def test_another_program_finds_no_fault_in_the_zip(conn: Connection, storage: DiskStorage, tmp_path: Path) -> None:
    job_id = a_job(conn, storage, [photo(), photo()], names=["Straße Ω 摄影.jpg", "x" * 200])
    process_photo_job(conn, job_id)
    zip_file = tmp_path / f"photo-jobs/{of(conn, job_id)['storage_folder']}/result.zip"

    tested = subprocess.run(["unzip", "-t", zip_file], capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stdout + tested.stderr


def test_what_was_done_is_noted_with_each_photo(conn: Connection, storage: DiskStorage) -> None:
    job_id = a_job(conn, storage, [photo(), photo()], prompt="sepia")
    process_photo_job(conn, job_id)
    photos = conn.execute("select edits, done_at from photo_job_photos where job_id = %s", (job_id,)).fetchall()

    assert [each["edits"] for each in photos] == [[{"edit": "SEPIA"}]] * 2
    assert all(each["done_at"] for each in photos)


def test_of_a_completed_job_only_the_result_stays(conn: Connection, storage: DiskStorage, tmp_path: Path) -> None:
    job_id = a_job(conn, storage, [photo(), photo()])
    process_photo_job(conn, job_id)

    assert len(queued(conn, "discard_photo_files")) == 1
    upkeep.discard_photo_files(conn, job_id)
    assert files(tmp_path) == ["result.zip"]
    assert balance(conn) == (9, 1)


def test_of_a_job_that_is_shown_no_more_nothing_stays(conn: Connection, storage: DiskStorage, tmp_path: Path) -> None:
    job_id = a_job(conn, storage)
    process_photo_job(conn, job_id)
    conn.execute("update photo_jobs set hidden_at = now() where id = %s", (job_id,))
    upkeep.discard_photo_files(conn, job_id)

    assert files(tmp_path) == []


def test_files_are_discarded_later_where_the_storage_is_away(
    conn: Connection, storage: DiskStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = a_job(conn, storage)
    process_photo_job(conn, job_id)

    def fail(*_: object, **__: object) -> None:
        raise StorageUnavailable

    monkeypatch.setattr(DiskStorage, "delete_all", fail)
    upkeep.discard_photo_files(conn, job_id)

    assert [round(seconds / 60) for seconds in queued(conn, "discard_photo_files")] == [0, 10]


def test_a_demo_costs_nobody_anything(conn: Connection, storage: DiskStorage) -> None:
    done, failed = a_job(conn, storage, paid=False), a_job(conn, storage, [b"no photo"], paid=False)
    process_photo_job(conn, done)
    process_photo_job(conn, failed)

    assert [of(conn, job_id)["status"] for job_id in (done, failed)] == ["COMPLETED", "FAILED"]
    assert balance(conn) == (10, 0)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"no photo", "It is no JPEG, PNG or WebP photo."),
        (photo((300, 200))[:-300], "It is damaged, or not all of it is there."),
        (png_of(60_000, 60_000), "It has more than 64 megapixels."),
    ],
)
def test_a_photo_that_is_none_fails_the_job_and_gives_back_what_it_took(
    conn: Connection, storage: DiskStorage, tmp_path: Path, content: bytes, reason: str
) -> None:
    job_id = a_job(conn, storage, [photo(), content, photo()], names=["a.jpg", "b.jpg", "c.jpg"])
    assert balance(conn) == (8, 1)
    process_photo_job(conn, job_id)

    job = of(conn, job_id)
    assert (job["status"], job["failure"]) == ("FAILED", f"Photo 2, b.jpg: {reason}")
    assert balance(conn) == (10, 0)
    upkeep.discard_photo_files(conn, job_id)
    assert files(tmp_path) == []


def test_photos_at_an_address_are_fetched(
    conn: Connection, storage: DiskStorage, tmp_path: Path, outside: Outside
) -> None:
    outside.answers[f"{NAME}/beach.jpg"] = answer(photo(), "Content-Type: image/jpeg")
    job_id = a_job(conn, storage, [f"https://{NAME}/beach.jpg"])
    process_photo_job(conn, job_id)

    assert of(conn, job_id)["status"] == "COMPLETED"
    assert result(conn, tmp_path, job_id).namelist() == ["01-photo 1.jpg", "edits.json"]


def test_an_address_that_is_not_public_fails_the_job(conn: Connection, storage: DiskStorage, outside: Outside) -> None:
    outside.addresses["inside.example"] = ["10.0.0.7"]
    job_id = a_job(conn, storage, ["https://inside.example/a.jpg"])
    process_photo_job(conn, job_id)

    assert of(conn, job_id)["status"] == "FAILED"
    assert str(of(conn, job_id)["failure"]).startswith("Photo 1, photo 1.jpg: inside.example cannot be reached")
    assert outside.dialled == []


def test_a_host_that_is_away_is_tried_again_later(conn: Connection, storage: DiskStorage, outside: Outside) -> None:
    outside.answers[f"{NAME}/a.jpg"] = answer(b"", status="503 Service Unavailable")
    job_id = a_job(conn, storage, [f"https://{NAME}/a.jpg"])

    process_photo_job(conn, job_id)
    assert (of(conn, job_id)["status"], of(conn, job_id)["tries"]) == ("PROCESSING", 1)
    process_photo_job(conn, job_id)
    assert [round(seconds) for seconds in queued(conn, "process_photo_job")] == [0, 5, 30]
    process_photo_job(conn, job_id)

    assert of(conn, job_id)["status"] == "FAILED"
    assert len(queued(conn, "process_photo_job")) == 3
    assert balance(conn) == (10, 0)


@pytest.mark.parametrize("fault", [StorageUnavailable(), RuntimeError("out of the blue"), MemoryError()])
def test_what_may_pass_is_tried_again(
    conn: Connection, storage: DiskStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    failing_once(monkeypatch, fault)
    job_id = a_job(conn, storage, [photo(), photo()])
    process_photo_job(conn, job_id)
    assert of(conn, job_id)["status"] == "PROCESSING"
    assert files(tmp_path) == ["source-1", "source-2"]
    process_photo_job(conn, job_id)

    assert (of(conn, job_id)["status"], of(conn, job_id)["tries"]) == ("COMPLETED", 2)
    assert balance(conn) == (9, 1)


def test_what_was_done_in_an_earlier_try_is_not_done_again(
    conn: Connection, storage: DiskStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = a_job(conn, storage, [photo(), photo(), photo()])
    edited = []

    def edit(*arguments: Any) -> Any:
        edited.append(arguments)
        if len(edited) == 3:
            raise RuntimeError("out of the blue")
        return edit_photo(*arguments)

    monkeypatch.setattr("photolens.photo_editor.edit_photo", edit)
    process_photo_job(conn, job_id)
    process_photo_job(conn, job_id)

    assert of(conn, job_id)["status"] == "COMPLETED"
    assert len(edited) == 4


def test_a_job_whose_workers_die_three_times_fails_with_one_refund(
    conn: Connection, storage: DiskStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    job_id = a_job(conn, storage, [photo(), photo()])
    monkeypatch.setattr("photolens.photo_editor.edit_photo", die)
    for _ in range(3):
        with pytest.raises(Killed):
            process_photo_job(conn, job_id)
    for _ in range(2):
        process_photo_job(conn, job_id)

    assert (of(conn, job_id)["status"], of(conn, job_id)["failure"]) == ("FAILED", outcomes.NOT_DONE)
    assert refunds(conn, job_id) == 1
    assert balance(conn) == (10, 0)
    upkeep.discard_photo_files(conn, job_id)
    assert files(tmp_path) == []


def test_a_job_that_is_over_is_left_alone(conn: Connection, storage: DiskStorage) -> None:
    done, cancelled = a_job(conn, storage), a_job(conn, storage)
    process_photo_job(conn, done)
    with conn.transaction():
        outcomes.fail(conn, sql.photos.lock_photo_job(conn, job_id=cancelled), "Cancelled.")
    before = [of(conn, job_id) for job_id in (done, cancelled)]
    process_photo_job(conn, done)
    process_photo_job(conn, cancelled)

    assert [of(conn, job_id) for job_id in (done, cancelled)] == before


def overtaken(conn: Connection, monkeypatch: pytest.MonkeyPatch, overtake: Callable[[], object]) -> None:
    """Somebody does something while a photo of the first who comes to it is being edited."""
    events = [overtake]

    def edit(*arguments: Any) -> Any:
        done = edit_photo(*arguments)
        if events:
            events.pop()()
        return done

    monkeypatch.setattr("photolens.photo_editor.edit_photo", edit)


def test_whoever_begins_last_has_the_job_and_the_other_writes_nothing_more(
    conn: Connection, storage: DiskStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = a_job(conn, storage, [photo(), photo()])
    after: list[Any] = []

    def by_another() -> None:
        process_photo_job(conn, job_id)
        upkeep.discard_photo_files(conn, job_id)
        after.extend([of(conn, job_id), files(tmp_path), balance(conn)])

    overtaken(conn, monkeypatch, by_another)
    process_photo_job(conn, job_id)

    assert after[0]["status"] == "COMPLETED"
    assert [of(conn, job_id), files(tmp_path), balance(conn)] == after
    assert files(tmp_path) == ["result.zip"]


def test_whoever_lost_a_job_that_fails_meanwhile_leaves_no_file(
    conn: Connection, storage: DiskStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = a_job(conn, storage, [photo(), photo()])

    def end() -> None:
        conn.execute("update photo_jobs set started_at = now() - interval '15 minutes' where id = %s", (job_id,))
        upkeep.end_overdue_jobs(conn)
        upkeep.discard_photo_files(conn, job_id)

    overtaken(conn, monkeypatch, end)
    process_photo_job(conn, job_id)

    assert (of(conn, job_id)["status"], of(conn, job_id)["failure"]) == ("FAILED", outcomes.NOT_DONE)
    assert refunds(conn, job_id) == 1
    assert files(tmp_path) == []


def test_whoever_lost_a_job_cannot_fail_it_either(
    conn: Connection, storage: DiskStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = a_job(conn, storage, [photo(), b"no photo"])
    conn.execute("update photo_jobs set tries = 1, status = 'PROCESSING', started_at = now() where id = %s", (job_id,))
    stale = work.Held(job_id, 0, "brighter", "photo-jobs/x", of(conn, job_id)["created_at"])
    work._fail(conn, stale, "It is late.")
    work._try_later(conn, stale, "It is late.")

    assert of(conn, job_id)["status"] == "PROCESSING"
    assert len(queued(conn, "process_photo_job")) == 1


def test_after_15_minutes_no_worker_begins_again(conn: Connection, storage: DiskStorage) -> None:
    job_id = a_job(conn, storage, [photo(), photo()])
    conn.execute(
        """
        update photo_jobs set status = 'PROCESSING', tries = 1, started_at = now() - interval '15 minutes'
        where id = %s
        """,
        (job_id,),
    )
    process_photo_job(conn, job_id)

    assert of(conn, job_id)["status"] == "FAILED"
    assert balance(conn) == (10, 0)


def test_the_clock_ends_what_takes_15_minutes_and_nothing_else(conn: Connection, storage: DiskStorage) -> None:
    jobs = [a_job(conn, storage, [photo(), photo()]) for _ in range(3)]
    begin = """
        update photo_jobs set status = 'PROCESSING', tries = 1, started_at = now() - make_interval(mins => %s)
        where id = %s
    """
    conn.execute(begin, (15, jobs[0]))
    conn.execute(begin, (14, jobs[1]))
    for _ in range(2):
        upkeep.end_overdue_jobs(conn)

    assert [of(conn, job_id)["status"] for job_id in jobs] == ["FAILED", "PROCESSING", "PENDING"]
    assert refunds(conn, jobs[0]) == 1


def test_a_job_that_nothing_is_queued_for_is_queued_again_once(conn: Connection, storage: DiskStorage) -> None:
    lost, _ = a_job(conn, storage), a_job(conn, storage)
    conn.execute("delete from procrastinate_jobs where lock = %s", (f"photo job {lost}",))
    for _ in range(2):
        upkeep.end_overdue_jobs(conn)

    assert len(queued(conn, "process_photo_job")) == 2
    process_photo_job(conn, lost)
    assert of(conn, lost)["status"] == "COMPLETED"
