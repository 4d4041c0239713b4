-- name: get_editing_job(editing_job_id, viewer_id, viewing_editor_id)^
-- One editing job, with every status it has had, its newest revisions and the photos that were chosen, if the viewers
-- may see it.
select
    seen.*,
    (
        select
            json_agg(
                json_build_object(
                    'id', history.id,
                    'stageId', history.stage_id,
                    'stageName', history.stage_name,
                    'status', history.status,
                    'changedAt', rfc3339(history.changed_at),
                    'changedBy', history.changed_by,
                    'notes', history.notes
                )
                order by history.id
            )
        from (
            select
                editing_status_logs.*,
                editing_stages.name as stage_name
            from editing_status_logs
            left join editing_stages on editing_status_logs.stage_id = editing_stages.id
            where editing_status_logs.editing_job_id = seen.id
            order by editing_status_logs.id desc
            limit 200
        ) as history
    ) as status_history,
    (
        select
            coalesce(
                json_agg(
                    json_build_object(
                        'id', newest.id,
                        'editingJobId', newest.editing_job_id,
                        'note', newest.note,
                        'requestedBy', newest.requested_by,
                        'isFromClient', newest.is_from_client,
                        'requestedAt', rfc3339(newest.requested_at)
                    )
                    order by newest.id
                ),
                '[]'
            )
        from (
            select *
            from editing_revisions
            where editing_revisions.editing_job_id = seen.id
            order by editing_revisions.id desc
            limit 100
        ) as newest
    ) as revisions,
    (
        select
            coalesce(
                json_agg(
                    json_build_object(
                        'id', photo_selections.id,
                        'bookingId', photo_selections.booking_id,
                        'name', photo_selections.name,
                        'isEdited', photo_selections.is_edited,
                        'position', photo_selections.position,
                        'createdAt', rfc3339(photo_selections.created_at),
                        'updatedAt', rfc3339(photo_selections.updated_at)
                    )
                    order by photo_selections.position
                ),
                '[]'
            )
        from photo_selections
        where photo_selections.booking_id = seen.booking_id
    ) as photo_selections
from editing_jobs_seen_by(:viewer_id, :viewing_editor_id) as seen
where seen.id = :editing_job_id;

-- name: exists_editing_job(editing_job_id, viewer_id, viewing_editor_id)$
-- Whether there is such a job that the viewers may see.
select exists (
    select
    from editing_jobs_seen_by(:viewer_id, :viewing_editor_id) as seen
    where seen.id = :editing_job_id
);

-- name: lock_editing_job(editing_job_id, viewer_id, viewing_editor_id)^
-- Locks: the job's row, if the viewers may see it; of the viewing editor, if it is theirs at that moment.
select *
from editing_jobs
where
    id = :editing_job_id
    and (
        :viewer_id::bigint is null
        or exists (
            select
            from staff_assignments
            where staff_assignments.booking_id = editing_jobs.booking_id and staff_assignments.staff_id = :viewer_id
        )
    )
    and (:viewing_editor_id::bigint is null or editor_id = :viewing_editor_id)
for no key update;

-- name: lock_editors_of_editing_job(editing_job_id, new_editor_id)
-- Locks: whoever the job is given to, and whoever it is to be given to, by id, before the job, as whoever removes them
-- does. With each, whether they are the first.
select
    staff_members.*,
    coalesce(staff_members.id = (
        select editing_jobs.editor_id
        from editing_jobs
        where editing_jobs.id = :editing_job_id
    ), false) as has_job
from staff_members
where
    staff_members.id in (
        :new_editor_id::bigint,
        (
            select editing_jobs.editor_id
            from editing_jobs
            where editing_jobs.id = :editing_job_id
        )
    )
order by staff_members.id
limit 2
for no key update;

-- name: lock_editing_job_of_booking(booking_id)^
-- Locks: the row of a booking's job, after the booking.
select *
from editing_jobs
where booking_id = :booking_id
for no key update;

-- name: insert_editing_jobs(booking_ids, stage_id)!
-- Open the editing of completed bookings, in a stage for what has not begun. The bookings are locked, or new.
insert into editing_jobs (booking_id, stage_id)
select
    completed.booking_id,
    :stage_id
from unnest(:booking_ids::bigint []) as completed (booking_id);

-- name: insert_first_editing_statuses(booking_ids, changed_by)!
-- Log the stage and status in which the jobs of these bookings were just opened, and by whose hand.
insert into editing_status_logs (editing_job_id, stage_id, status, changed_at, changed_by)
select
    editing_jobs.id,
    editing_jobs.stage_id,
    editing_jobs.status,
    clock_timestamp(),
    :changed_by
from editing_jobs
where editing_jobs.booking_id = any(:booking_ids::bigint [])
order by editing_jobs.id;

-- name: insert_editing_status(editing_job_id, stage_id, status, changed_by, notes)!
-- Log a stage and status that a job has come to, and by whose hand.
insert into editing_status_logs (editing_job_id, stage_id, status, changed_at, changed_by, notes)
values (:editing_job_id, :stage_id, :status, clock_timestamp(), :changed_by, :notes);

-- name: update_editing_job(id, editor_id, priority, due_date, notes, drive_folder_url, photographer_notes, uploaded_at, is_uploaded_now)!
-- Change what is planned and noted for a job, what the photographer hands on, and who does it.
update editing_jobs
set
    editor_id = :editor_id,
    priority = :priority,
    due_date = :due_date,
    notes = :notes,
    drive_folder_url = :drive_folder_url,
    photographer_notes = :photographer_notes,
    uploaded_at = case when :is_uploaded_now then now() else :uploaded_at end,
    updated_at = now()
where id = :id;

-- name: refresh_editing_job_stage(editing_job_id)!
-- Set a job's stage and status to the newest of its log, and with them the time since when it is delivered. The job is
-- locked.
update editing_jobs
set
    stage_id = latest.stage_id,
    status = latest.status,
    delivered_at = latest.delivered_at,
    updated_at = now()
from (
    select
        editing_status_logs.stage_id,
        editing_status_logs.status,
        case when editing_status_logs.status in ('DELIVERED', 'ARCHIVED') then (
            select min(deliveries.changed_at)
            from editing_status_logs as deliveries
            where
                deliveries.editing_job_id = :editing_job_id
                and deliveries.status = 'DELIVERED'
                and deliveries.id > (
                    select max(works.id)
                    from editing_status_logs as works
                    where works.editing_job_id = :editing_job_id and works.status not in ('DELIVERED', 'ARCHIVED')
                )
        ) end as delivered_at
    from editing_status_logs
    where editing_status_logs.editing_job_id = :editing_job_id
    order by editing_status_logs.id desc
    limit 1
) as latest
where editing_jobs.id = :editing_job_id;

-- name: refresh_editing_job_revisions(editing_job_id)!
-- Count the revisions of a job. The job is locked.
update editing_jobs
set
    revision_count = (
        select count(*)
        from editing_revisions
        where editing_revisions.editing_job_id = :editing_job_id
    ),
    updated_at = now()
where id = :editing_job_id;

-- name: count_editing_statuses(editing_job_id)$
-- How often a job has come to a stage: once, while nobody has moved it.
select count(*)
from editing_status_logs
where editing_job_id = :editing_job_id;

-- name: delete_editing_job(editing_job_id)!
-- Take back a job that nobody has begun, with its log.
delete from editing_jobs
where id = :editing_job_id;

-- name: list_broken_editing_jobs()
-- Jobs whose stage, status or time of delivery is not that of their log.
select
    'editing_jobs' as table_name,
    editing_jobs.id,
    'stage_id, status, delivered_at' as column_name,
    concat_ws(', ', editing_jobs.stage_id, editing_jobs.status, editing_jobs.delivered_at) as stored,
    concat_ws(', ', latest.stage_id, latest.status, latest.delivered_at) as expected
from editing_jobs
left join lateral (
    select
        editing_status_logs.stage_id,
        editing_status_logs.status,
        case when editing_status_logs.status in ('DELIVERED', 'ARCHIVED') then (
            select min(deliveries.changed_at)
            from editing_status_logs as deliveries
            where
                deliveries.editing_job_id = editing_jobs.id
                and deliveries.status = 'DELIVERED'
                and deliveries.id > (
                    select max(works.id)
                    from editing_status_logs as works
                    where works.editing_job_id = editing_jobs.id and works.status not in ('DELIVERED', 'ARCHIVED')
                )
        ) end as delivered_at
    from editing_status_logs
    where editing_status_logs.editing_job_id = editing_jobs.id
    order by editing_status_logs.id desc
    limit 1
) as latest on true
where
    (editing_jobs.stage_id, editing_jobs.status, editing_jobs.delivered_at)
    is distinct from (latest.stage_id, latest.status, latest.delivered_at)
order by editing_jobs.id
limit 1000;

-- name: list_editing_jobs_by_due_date(after_key, after_id, limit, q, status, stage_id, priority, booking_id, client_id, editor_id, viewer_id, viewing_editor_id)
-- Editing jobs, due soonest first.
select *
from editing_jobs_seen_by(:viewer_id, :viewing_editor_id) as seen
where
    (coalesce(due_date, 'infinity'), id) > (coalesce(:after_key::date, '-infinity'), coalesce(:after_id::bigint, 0))
    and (
        :q::text is null
        or lower(notes) like lower(:q)
        or booking_id in (
            select bookings.id
            from bookings
            inner join clients on bookings.client_id = clients.id
            where lower(clients.name) like lower(:q)
        )
    )
    and (:status::editing_status is null or status = :status)
    and (:stage_id::bigint is null or stage_id = :stage_id)
    and (:priority::editing_priority is null or priority = :priority)
    and (:booking_id::bigint is null or booking_id = :booking_id)
    and (:client_id::bigint is null or client_id = :client_id)
    and (:editor_id::bigint is null or editor_id = :editor_id)
order by coalesce(due_date, 'infinity'), id
limit :limit;

-- name: list_editing_jobs_by_due_date_desc(after_key, after_id, limit, q, status, stage_id, priority, booking_id, client_id, editor_id, viewer_id, viewing_editor_id)
-- Editing jobs, due last first.
select *
from editing_jobs_seen_by(:viewer_id, :viewing_editor_id) as seen
where
    (coalesce(due_date, 'infinity'), id) < (
        coalesce(:after_key::date, 'infinity'),
        coalesce(:after_id::bigint, 9223372036854775807)
    )
    and (
        :q::text is null
        or lower(notes) like lower(:q)
        or booking_id in (
            select bookings.id
            from bookings
            inner join clients on bookings.client_id = clients.id
            where lower(clients.name) like lower(:q)
        )
    )
    and (:status::editing_status is null or status = :status)
    and (:stage_id::bigint is null or stage_id = :stage_id)
    and (:priority::editing_priority is null or priority = :priority)
    and (:booking_id::bigint is null or booking_id = :booking_id)
    and (:client_id::bigint is null or client_id = :client_id)
    and (:editor_id::bigint is null or editor_id = :editor_id)
order by coalesce(due_date, 'infinity') desc, id desc
limit :limit;

-- name: list_editing_jobs_by_created_at(after_key, after_id, limit, q, status, stage_id, priority, booking_id, client_id, editor_id, viewer_id, viewing_editor_id)
-- Editing jobs, oldest first.
select *
from editing_jobs_seen_by(:viewer_id, :viewing_editor_id) as seen
where
    (created_at, id) > (coalesce(:after_key::timestamptz, '-infinity'), coalesce(:after_id::bigint, 0))
    and (
        :q::text is null
        or lower(notes) like lower(:q)
        or booking_id in (
            select bookings.id
            from bookings
            inner join clients on bookings.client_id = clients.id
            where lower(clients.name) like lower(:q)
        )
    )
    and (:status::editing_status is null or status = :status)
    and (:stage_id::bigint is null or stage_id = :stage_id)
    and (:priority::editing_priority is null or priority = :priority)
    and (:booking_id::bigint is null or booking_id = :booking_id)
    and (:client_id::bigint is null or client_id = :client_id)
    and (:editor_id::bigint is null or editor_id = :editor_id)
order by created_at, id
limit :limit;

-- name: list_editing_jobs_by_created_at_desc(after_key, after_id, limit, q, status, stage_id, priority, booking_id, client_id, editor_id, viewer_id, viewing_editor_id)
-- Editing jobs, newest first.
select *
from editing_jobs_seen_by(:viewer_id, :viewing_editor_id) as seen
where
    (created_at, id) < (
        coalesce(:after_key::timestamptz, 'infinity'),
        coalesce(:after_id::bigint, 9223372036854775807)
    )
    and (
        :q::text is null
        or lower(notes) like lower(:q)
        or booking_id in (
            select bookings.id
            from bookings
            inner join clients on bookings.client_id = clients.id
            where lower(clients.name) like lower(:q)
        )
    )
    and (:status::editing_status is null or status = :status)
    and (:stage_id::bigint is null or stage_id = :stage_id)
    and (:priority::editing_priority is null or priority = :priority)
    and (:booking_id::bigint is null or booking_id = :booking_id)
    and (:client_id::bigint is null or client_id = :client_id)
    and (:editor_id::bigint is null or editor_id = :editor_id)
order by created_at desc, id desc
limit :limit;

-- name: list_editing_jobs_by_priority(after_key, after_id, limit, q, status, stage_id, priority, booking_id, client_id, editor_id, viewer_id, viewing_editor_id)
-- Editing jobs, least urgent first.
select *
from editing_jobs_seen_by(:viewer_id, :viewing_editor_id) as seen
where
    (priority, id) > (coalesce(:after_key::editing_priority, 'NORMAL'), coalesce(:after_id::bigint, 0))
    and (
        :q::text is null
        or lower(notes) like lower(:q)
        or booking_id in (
            select bookings.id
            from bookings
            inner join clients on bookings.client_id = clients.id
            where lower(clients.name) like lower(:q)
        )
    )
    and (:status::editing_status is null or status = :status)
    and (:stage_id::bigint is null or stage_id = :stage_id)
    and (:priority::editing_priority is null or priority = :priority)
    and (:booking_id::bigint is null or booking_id = :booking_id)
    and (:client_id::bigint is null or client_id = :client_id)
    and (:editor_id::bigint is null or editor_id = :editor_id)
order by priority, id
limit :limit;

-- name: list_editing_jobs_by_priority_desc(after_key, after_id, limit, q, status, stage_id, priority, booking_id, client_id, editor_id, viewer_id, viewing_editor_id)
-- Editing jobs, most urgent first.
select *
from editing_jobs_seen_by(:viewer_id, :viewing_editor_id) as seen
where
    (priority, id) < (
        coalesce(:after_key::editing_priority, 'URGENT'),
        coalesce(:after_id::bigint, 9223372036854775807)
    )
    and (
        :q::text is null
        or lower(notes) like lower(:q)
        or booking_id in (
            select bookings.id
            from bookings
            inner join clients on bookings.client_id = clients.id
            where lower(clients.name) like lower(:q)
        )
    )
    and (:status::editing_status is null or status = :status)
    and (:stage_id::bigint is null or stage_id = :stage_id)
    and (:priority::editing_priority is null or priority = :priority)
    and (:booking_id::bigint is null or booking_id = :booking_id)
    and (:client_id::bigint is null or client_id = :client_id)
    and (:editor_id::bigint is null or editor_id = :editor_id)
order by priority desc, id desc
limit :limit;

-- name: count_editing_jobs(q, status, stage_id, priority, booking_id, client_id, editor_id, viewer_id, viewing_editor_id)$
-- How many rows these lists have in all; joins only what a filter asks for.
select count(*)
from editing_jobs_shown(:viewer_id, :viewing_editor_id)
where
    (
        :q::text is null
        or lower(notes) like lower(:q)
        or booking_id in (
            select bookings.id
            from bookings
            inner join clients on bookings.client_id = clients.id
            where lower(clients.name) like lower(:q)
        )
    )
    and (:status::editing_status is null or status = :status)
    and (:stage_id::bigint is null or stage_id = :stage_id)
    and (:priority::editing_priority is null or priority = :priority)
    and (:booking_id::bigint is null or booking_id = :booking_id)
    and (
        :client_id::bigint is null
        or booking_id in (select bookings.id from bookings where bookings.client_id = :client_id)
    )
    and (:editor_id::bigint is null or editor_id = :editor_id);

-- name: mark_editing_jobs_unassigned(staff_id)!
-- Take every job that is not finished from the editor who leaves. The member is locked.
update editing_jobs
set
    editor_id = null,
    updated_at = now()
where editor_id = :staff_id and status not in ('DELIVERED', 'ARCHIVED');
