-- name: get_editing_revision(editing_job_id, revision_id, viewer_id, viewing_editor_id)^
-- One revision of a job, if the viewers may see that job.
select editing_revisions.*
from editing_jobs_seen_by(:viewer_id, :viewing_editor_id) as seen
inner join editing_revisions on seen.id = editing_revisions.editing_job_id
where seen.id = :editing_job_id and editing_revisions.id = :revision_id;

-- name: insert_editing_revision(editing_job_id, note, requested_by, is_from_client)$
-- Keep what is to be done over, and by whose wish; gives its id. The job is locked.
insert into editing_revisions (editing_job_id, note, requested_by, is_from_client, requested_at)
values (:editing_job_id, :note, :requested_by, :is_from_client, clock_timestamp())
returning id;

-- name: list_editing_revisions_by_requested_at_desc(after_key, after_id, limit, editing_job_id, viewer_id, viewing_editor_id)
-- Revisions of a job, newest first, if the viewers may see that job.
select *
from editing_revisions
where
    (requested_at, id)
    < (coalesce(:after_key::timestamptz, 'infinity'), coalesce(:after_id::bigint, 9223372036854775807))
    and editing_job_id = :editing_job_id
    and exists (select from editing_jobs_seen_by(:viewer_id, :viewing_editor_id) as seen where seen.id = :editing_job_id)
order by requested_at desc, id desc
limit :limit;

-- name: count_editing_revisions(editing_job_id, viewer_id, viewing_editor_id)$
-- How many rows this list has in all.
select count(*)
from editing_revisions
where
    editing_job_id = :editing_job_id
    and exists (select from editing_jobs_seen_by(:viewer_id, :viewing_editor_id) as seen where seen.id = :editing_job_id);

-- name: list_broken_editing_revisions()
-- Jobs whose number of revisions is not that of their rows.
select
    'editing_jobs' as table_name,
    editing_jobs.id,
    'revision_count' as column_name,
    editing_jobs.revision_count::text as stored,
    count(editing_revisions.id)::text as expected
from editing_jobs
left join editing_revisions on editing_jobs.id = editing_revisions.editing_job_id
group by editing_jobs.id
having editing_jobs.revision_count <> count(editing_revisions.id)
order by editing_jobs.id
limit 1000;
