"""Photo jobs of a client who is forgotten: told of in their document before, gone afterwards."""

from pathlib import Path

from flask import Flask

from photolens.database import Connection
from photolens.invariants import broken_invariants
from photolens.tasks import TASKS
from tests.client import ApiClient
from tests.factories import Factory
from tests.photos.orders import PHOTO, complete, form, give_credits, ordered
from tests.studio.test_client_erasure import places_of

WORD = "Zyxomma"


def do_what_is_queued(app: Flask, conn: Connection, *tasks: str) -> None:
    """Do the jobs of these tasks, as a worker would once the request has committed."""
    with app.app_context():
        for task in tasks:
            for job in conn.execute("select args from procrastinate_jobs where task_name = %s", [task]).fetchall():
                TASKS[task](conn, **job["args"])


def test_what_photo_jobs_say_of_a_client_goes_with_them_and_so_do_the_files(
    app: Flask, conn: Connection, api: ApiClient, make: Factory, stored: Path
) -> None:
    give_credits(app, conn, api, "9.00")
    booking, other = make.booking(), make.booking(sessionDate="2027-08-01T10:00:00Z")
    named = form(
        *[PHOTO] * 4, names=[f"{WORD}.jpg"], prompt=f"Brighten {WORD}.", groupName=WORD, bookingId=booking["id"]
    )
    done, waiting = (api.post("/photo-jobs", **named).body["job"]["id"] for _ in range(2))
    kept = ordered(api, bookingId=other["id"])["id"]
    complete(app, conn, done)
    client = f"/clients/{booking['clientId']}"

    [held] = api.get(f"{client}/export").body["bookings"]
    assert [(job["id"], job["prompt"], job["photoNames"][0]) for job in held["photoJobs"]] == [
        (job_id, f"Brighten {WORD}.", f"{WORD}.jpg") for job_id in (done, waiting)
    ]
    assert api.post(f"{client}/erase").status == 200
    for _ in range(2):
        do_what_is_queued(app, conn, "erase_photo_jobs", "discard_photo_files")

    assert {place for place in places_of(conn, WORD) if place.startswith("photo_")} == set()
    assert [api.get(f"/photo-jobs/{job_id}").status for job_id in (done, waiting, kept)] == [404, 404, 200]
    [folder] = conn.execute("select storage_folder::text as name from photo_jobs where id = %s", [kept]).fetchall()
    assert [path.parent.name for path in stored.rglob("*") if path.is_file()] == [folder["name"]]
    assert api.get("/photo-jobs/dashboard").body["spend"] == "2.00"
    assert broken_invariants(conn) == []
