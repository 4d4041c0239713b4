"""What becomes of a job: listed, renamed, cancelled, fetched, deleted; by its user and by nobody else."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from photolens import downloads
from photolens.database import Connection
from photolens.invariants import broken_invariants
from tests.client import ApiClient
from tests.photos.orders import complete, give_credits, ordered

pytestmark = pytest.mark.usefixtures("stored")


@pytest.fixture
def customer(api: ApiClient) -> ApiClient:
    return api.by_role("CUSTOMER")


def ids(answer: Any) -> list[int]:
    return [row["id"] for row in answer.body["data"]]


def test_the_list_has_ones_own_jobs_newest_first(api: ApiClient, customer: ApiClient) -> None:
    jobs = [ordered(customer), ordered(customer)]
    ordered(api)

    answer = customer.get("/photo-jobs?include=total")

    assert (ids(answer), answer.body["total"]) == ([jobs[1]["id"], jobs[0]["id"]], 2)


def test_the_list_can_be_narrowed(customer: ApiClient) -> None:
    garden, other = ordered(customer, groupName="Garden"), ordered(customer)
    customer.post(f"/photo-jobs/{other['id']}/cancel")

    assert ids(customer.get("/photo-jobs?groupName=Garden")) == [garden["id"]]
    assert ids(customer.get("/photo-jobs?status=FAILED")) == [other["id"]]
    assert ids(customer.get("/photo-jobs?bookingId=1")) == []


def test_a_group_is_named_and_taken_back(customer: ApiClient) -> None:
    path = f"/photo-jobs/{ordered(customer)['id']}"

    assert customer.patch(path, {"groupName": "Garden"}).body["groupName"] == "Garden"
    assert customer.patch(path, {}).body["groupName"] == "Garden"
    assert customer.patch(path, {"groupName": None}).body["groupName"] is None
    assert customer.patch(path, {"prompt": "Another."}).status == 422


def test_only_what_waits_can_be_cancelled_and_once(conn: Connection, customer: ApiClient) -> None:
    waiting, running = ordered(customer), ordered(customer)
    conn.execute("update photo_jobs set status = 'PROCESSING', started_at = now() where id = %s", [running["id"]])

    assert customer.post(f"/photo-jobs/{waiting['id']}/cancel").status == 200
    for job, status in ((waiting, "FAILED"), (running, "PROCESSING")):
        answer = customer.post(f"/photo-jobs/{job['id']}/cancel")
        assert (answer.status, answer.body["code"]) == (409, "photo_job_started")
        assert customer.get(f"/photo-jobs/{job['id']}").body["status"] == status


def test_a_deleted_job_is_shown_no_more_and_stays_spent(app: Flask, conn: Connection, customer: ApiClient) -> None:
    give_credits(app, conn, customer, "5.00")
    job = ordered(customer, 5)
    complete(app, conn, job["id"])

    assert customer.delete(f"/photo-jobs/{job['id']}").status == 204

    for path in ("", "/download", "/events"):
        assert customer.get(f"/photo-jobs/{job['id']}{path}").status == 404
    assert ids(customer.get("/photo-jobs")) == []
    dashboard = customer.get("/photo-jobs/dashboard").body
    assert (dashboard["spend"], dashboard["credits"], dashboard["freePhotosLeft"]) == ("2.00", "3.00", 0)
    assert dashboard["totals"]["jobs"] == 0
    queued = conn.execute("select args from procrastinate_jobs where task_name = 'discard_photo_files'").fetchall()
    assert [row["args"] for row in queued] == [{"job_id": job["id"]}]
    assert broken_invariants(conn) == []


def test_a_job_that_is_not_finished_is_not_deleted(customer: ApiClient) -> None:
    job = ordered(customer)

    answer = customer.delete(f"/photo-jobs/{job['id']}")

    assert (answer.status, answer.body["code"]) == (409, "photo_job_unfinished")


def test_the_result_is_fetched_as_it_was_stored(app: Flask, conn: Connection, customer: ApiClient) -> None:
    job, content = ordered(customer), bytes(range(256)) * 1000
    complete(app, conn, job["id"], content)

    shown = customer.get(f"/photo-jobs/{job['id']}").body
    answer = customer.get(shown["downloadUrl"].removeprefix("/api/v1"))

    assert (shown["status"], shown["done"], shown["resultBytes"]) == ("COMPLETED", 1, 256_000)
    assert shown["photos"][0]["edits"] == [{"edit": "SHARPEN"}]
    assert answer.body.encode("latin-1") == content
    assert answer.headers["Content-Length"] == "256000"
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="photos-{job["id"]}.zip"'


def test_there_is_nothing_to_fetch_until_a_job_is_done(customer: ApiClient) -> None:
    job = ordered(customer)

    answer = customer.get(f"/photo-jobs/{job['id']}/download")

    assert (answer.status, answer.body["code"], job["downloadUrl"]) == (409, "no_result", None)


def test_a_result_that_is_gone_is_not_found(app: Flask, conn: Connection, customer: ApiClient, stored: Path) -> None:
    job = ordered(customer)
    complete(app, conn, job["id"])
    for file in stored.rglob("result.zip"):
        file.unlink()

    assert customer.get(f"/photo-jobs/{job['id']}/download").status == 404


def test_a_few_files_are_sent_at_a_time_without_a_connection(app: Flask, conn: Connection, customer: ApiClient) -> None:
    job = ordered(customer)
    complete(app, conn, job["id"], b"PK" * 100_000)
    path, headers = f"/api/v1/photo-jobs/{job['id']}/download", {"Authorization": "Bearer test-customer"}
    client = app.test_client()

    readers = [client.get(path, headers=headers) for _ in range(downloads.MOST_STREAMS)]
    one_more = customer.get(f"/photo-jobs/{job['id']}/download")
    readers[0].close()
    the_next = customer.get(f"/photo-jobs/{job['id']}/download")
    for reader in readers[1:]:
        reader.close()

    assert [reader.status_code for reader in readers] == [200] * downloads.MOST_STREAMS
    assert (one_more.status, one_more.headers["Retry-After"], the_next.status) == (429, "5", 200)


def test_a_head_of_a_result_tells_its_size(app: Flask, conn: Connection, customer: ApiClient) -> None:
    job = ordered(customer)
    complete(app, conn, job["id"], b"PK-")

    answer = app.test_client().head(
        f"/api/v1/photo-jobs/{job['id']}/download", headers={"Authorization": "Bearer test-customer"}
    )

    assert (answer.status_code, answer.headers["Content-Length"], answer.data) == (200, "3", b"")


def test_the_dashboard_tells_of_ones_own_jobs(
    app: Flask, conn: Connection, api: ApiClient, customer: ApiClient
) -> None:
    give_credits(app, conn, customer, "9.00")
    old, failed, waiting = ordered(customer, 4), ordered(customer, 2), ordered(customer, 3)
    ordered(api)
    conn.execute("update photo_jobs set created_at = now() - interval '40 days' where id = %s", [old["id"]])
    customer.post(f"/photo-jobs/{failed['id']}/cancel")

    assert customer.get("/photo-jobs/dashboard").body == {
        "newestJobs": [
            {key: value for key, value in customer.get(f"/photo-jobs/{job['id']}").body.items() if key != "photos"}
            for job in (waiting, failed, old)
        ],
        "totals": {"jobs": 3, "pending": 2, "processing": 0, "completed": 0, "failed": 1, "photos": 9},
        "spend": "4.00",
        "thisMonth": {"jobs": 2, "photos": 5, "spend": "3.00"},
        "credits": "5.00",
        "freePhotosLeft": 0,
    }


def test_a_dashboard_begins_with_nothing(customer: ApiClient) -> None:
    dashboard = customer.get("/photo-jobs/dashboard").body

    assert (dashboard["newestJobs"], dashboard["spend"], dashboard["freePhotosLeft"]) == ([], "0.00", 3)


def test_a_month_begins_where_the_studio_is(conn: Connection, customer: ApiClient) -> None:
    job = ordered(customer)
    for time_zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        conn.execute("update studio_settings set time_zone = %s", [time_zone])
        first = "studio_midnight(date_trunc('month', studio_today()::timestamp)::date)"
        for moment, jobs in ((first, 1), (f"{first} - interval '1 second'", 0)):
            conn.execute(f"update photo_jobs set created_at = {moment} where id = {job['id']}".encode())
            assert customer.get("/photo-jobs/dashboard").body["thisMonth"]["jobs"] == jobs


def test_nobody_elses_job_is_there(app: Flask, conn: Connection, api: ApiClient, customer: ApiClient) -> None:
    job = ordered(customer)
    complete(app, conn, job["id"])
    path = f"/photo-jobs/{job['id']}"
    absent = api.get("/photo-jobs/987654321").body["detail"].replace("987654321", str(job["id"]))

    asked = [
        api.get(path),
        api.get(f"{path}/download"),
        api.get(f"{path}/events"),
        api.patch(path, {"groupName": "Mine"}),
        api.post(f"{path}/cancel"),
        api.delete(path),
    ]

    assert [(answer.status, answer.body["detail"]) for answer in asked] == [(404, absent)] * len(asked)
    assert ids(api.get("/photo-jobs")) == ids(api.get("/admin/demo-jobs")) == []
