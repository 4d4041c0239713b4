-- name: update_photo_job_begun(job_id)$
-- Note that a worker begins with a job that is locked; gives which try it is, or nothing where there are no more, or the
-- time is over. From now on, nobody who has begun earlier writes anything of the job.
update photo_jobs
set
    status = 'PROCESSING',
    tries = tries + 1,
    started_at = coalesce(started_at, now()),
    updated_at = now()
where
    id = :job_id
    and finished_at is null
    and tries < 3
    and (started_at is null or started_at > now() - interval '15 minutes')
returning tries;

-- name: lock_held_photo_job(job_id, tries)^
-- Locks: a job, before the balance, if the worker that began this try is still the one to do it.
select *
from photo_jobs
where id = :job_id and tries = :tries and status = 'PROCESSING'
for no key update;

-- name: exists_held_photo_job(job_id, tries)$
-- Whether the worker that began this try is still the one to do the job, at this moment.
select exists (
    select
    from photo_jobs
    where id = :job_id and tries = :tries and status = 'PROCESSING'
);

-- name: list_photos_to_edit(job_id)
-- The photos of a job for the worker, in their order, and which of them are done.
select
    position,
    name,
    source_url,
    edits
from photo_job_photos
where job_id = :job_id
order by position, id
limit 30;

-- name: mark_photo_done(job_id, position, edits)!
-- Note what was done to a photo. Its job is locked, and held.
update photo_job_photos
set
    edits = :edits,
    done_at = now()
where job_id = :job_id and position = :position;

-- name: mark_photo_job_completed(job_id, result_bytes)!
-- Note that the result of a job is there. It is locked, and held.
update photo_jobs
set
    status = 'COMPLETED',
    result_bytes = :result_bytes,
    finished_at = now(),
    updated_at = now()
where id = :job_id;

-- name: get_finished_photo_job(job_id)^
-- Where the files of a finished job lie, and whether the result is among them that is still to be had.
select
    storage_folder,
    status = 'COMPLETED' and hidden_at is null as has_result
from photo_jobs
where id = :job_id and finished_at is not null;

-- name: list_overdue_photo_jobs()
-- Jobs that a worker began with 15 minutes ago, and none has finished.
select id
from photo_jobs
where finished_at is null and started_at <= now() - interval '15 minutes'
order by started_at, id
limit 100;

-- name: list_lost_photo_jobs()
-- Unfinished jobs that nothing is queued for any more: somebody has emptied the queue, or restored another one.
select photo_jobs.id
from photo_jobs
where
    photo_jobs.finished_at is null
    and not exists (
        select
        from procrastinate_jobs
        where
            procrastinate_jobs.lock = 'photo job ' || photo_jobs.id
            and procrastinate_jobs.status in ('todo', 'doing')
    )
order by photo_jobs.id
limit 100;

-- name: list_stray_photo_folders(folder_ids, changed_at)
-- Which of these folders, last changed then, hold files that should be gone for an hour, and whether a result is to stay.
-- Of a completed job it is those where something was written when it was over.
select
    folders.folder_id,
    coalesce(photo_jobs.status = 'COMPLETED' and photo_jobs.hidden_at is null, false) as has_result
from unnest(:folder_ids::uuid [], :changed_at::timestamptz []) as folders (folder_id, changed_at)
left join photo_jobs on folders.folder_id = photo_jobs.storage_folder
where
    folders.changed_at < now() - interval '1 hour'
    and (
        photo_jobs.id is null
        or photo_jobs.status = 'FAILED'
        or photo_jobs.hidden_at is not null
        or (photo_jobs.status = 'COMPLETED' and folders.changed_at > photo_jobs.finished_at + interval '1 minute')
    )
order by folders.folder_id
limit 1000;
