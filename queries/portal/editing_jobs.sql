-- name: list_editing_jobs_by_created_at(after_key, after_id, limit, state)
-- The client's editing jobs that are theirs to judge, and those that they have judged, oldest first.
select *
from (
    select
        editing_jobs.id,
        editing_jobs.booking_id,
        session_packages.name as session_type_name,
        bookings.session_date,
        case
            when editing_jobs.status = 'REVISION' then 'REVISION_REQUESTED'
            when editing_jobs.status in ('DELIVERED', 'ARCHIVED') then 'DELIVERED'
            else 'IN_REVIEW'
        end as state,
        editing_jobs.drive_folder_url,
        editing_jobs.delivered_at,
        editing_jobs.created_at,
        editing_jobs.updated_at
    from bookings
    inner join editing_jobs on bookings.id = editing_jobs.booking_id
    inner join editing_stages on editing_jobs.stage_id = editing_stages.id
    inner join session_packages on bookings.session_type_id = session_packages.id
    where not editing_stages.awaits_selection
) as jobs
where
    (created_at, id) > (coalesce(:after_key::timestamptz, '-infinity'), coalesce(:after_id::bigint, 0))
    and (:state::text is null or state = :state)
order by created_at, id
limit :limit;

-- name: list_editing_jobs_by_created_at_desc(after_key, after_id, limit, state)
-- The client's editing jobs that are theirs to judge, and those that they have judged, newest first.
select *
from (
    select
        editing_jobs.id,
        editing_jobs.booking_id,
        session_packages.name as session_type_name,
        bookings.session_date,
        case
            when editing_jobs.status = 'REVISION' then 'REVISION_REQUESTED'
            when editing_jobs.status in ('DELIVERED', 'ARCHIVED') then 'DELIVERED'
            else 'IN_REVIEW'
        end as state,
        editing_jobs.drive_folder_url,
        editing_jobs.delivered_at,
        editing_jobs.created_at,
        editing_jobs.updated_at
    from bookings
    inner join editing_jobs on bookings.id = editing_jobs.booking_id
    inner join editing_stages on editing_jobs.stage_id = editing_stages.id
    inner join session_packages on bookings.session_type_id = session_packages.id
    where not editing_stages.awaits_selection
) as jobs
where
    (created_at, id)
    < (coalesce(:after_key::timestamptz, 'infinity'), coalesce(:after_id::bigint, 9223372036854775807))
    and (:state::text is null or state = :state)
order by created_at desc, id desc
limit :limit;

-- name: count_editing_jobs(state)$
-- How many rows these lists have in all.
select count(*)
from (
    select
        editing_jobs.id,
        editing_jobs.booking_id,
        session_packages.name as session_type_name,
        bookings.session_date,
        case
            when editing_jobs.status = 'REVISION' then 'REVISION_REQUESTED'
            when editing_jobs.status in ('DELIVERED', 'ARCHIVED') then 'DELIVERED'
            else 'IN_REVIEW'
        end as state,
        editing_jobs.drive_folder_url,
        editing_jobs.delivered_at,
        editing_jobs.created_at,
        editing_jobs.updated_at
    from bookings
    inner join editing_jobs on bookings.id = editing_jobs.booking_id
    inner join editing_stages on editing_jobs.stage_id = editing_stages.id
    inner join session_packages on bookings.session_type_id = session_packages.id
    where not editing_stages.awaits_selection
) as jobs
where
    :state::text is null or state = :state;

-- name: get_editing_job(editing_job_id)^
-- One editing job of the client, with the newest hundred revisions that they have asked for, oldest first.
select
    jobs.*,
    (
        select
            coalesce(
                json_agg(
                    json_build_object(
                        'id', newest.id,
                        'editingJobId', newest.editing_job_id,
                        'note', newest.note,
                        'requestedAt', rfc3339(newest.requested_at)
                    )
                    order by newest.id
                ),
                '[]'
            )
        from (
            select
                editing_revisions.id,
                editing_revisions.editing_job_id,
                editing_revisions.note,
                editing_revisions.requested_at
            from editing_revisions
            where editing_revisions.editing_job_id = jobs.id
            order by editing_revisions.id desc
            limit 100
        ) as newest
    ) as revisions
from (
    select
        editing_jobs.id,
        editing_jobs.booking_id,
        session_packages.name as session_type_name,
        bookings.session_date,
        case
            when editing_jobs.status = 'REVISION' then 'REVISION_REQUESTED'
            when editing_jobs.status in ('DELIVERED', 'ARCHIVED') then 'DELIVERED'
            else 'IN_REVIEW'
        end as state,
        editing_jobs.drive_folder_url,
        editing_jobs.delivered_at,
        editing_jobs.created_at,
        editing_jobs.updated_at
    from bookings
    inner join editing_jobs on bookings.id = editing_jobs.booking_id
    inner join editing_stages on editing_jobs.stage_id = editing_stages.id
    inner join session_packages on bookings.session_type_id = session_packages.id
    where not editing_stages.awaits_selection
) as jobs
where jobs.id = :editing_job_id;

-- name: get_editing_job_of_booking(booking_id)^
-- Which editing job is that of a booking of the client's, once it is theirs to judge.
select editing_jobs.id
from editing_jobs
inner join editing_stages on editing_jobs.stage_id = editing_stages.id
where editing_jobs.booking_id = :booking_id and not editing_stages.awaits_selection;
