"""What photo jobs refuse, and what their constraints mean to a caller."""

from photolens.idempotency import IN_PROGRESS
from photolens.problems import CONSTRAINTS, ProblemKind, Refusal

PHOTO_JOB_UNFINISHED = ProblemKind(409, "photo_job_unfinished", "The photo job is not finished")
PHOTO_JOB_STARTED = ProblemKind(409, "photo_job_started", "The photo job is not waiting any more")
NO_RESULT = ProblemKind(409, "no_result", "The photo job has no result")

CONSTRAINTS |= {
    "photo_jobs_demo_key": Refusal(IN_PROGRESS, "Send this again in a moment."),
}
