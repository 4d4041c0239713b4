-- name: list_bookings_by_session_date(after_key, after_id, limit, status, work_package_id)
-- The client's bookings, earliest session first.
select
    id,
    session_type_id,
    (
        select session_packages.name
        from session_packages
        where session_packages.id = bookings.session_type_id
    ) as session_type_name,
    work_package_id,
    session_date,
    ends_at,
    location,
    price,
    status,
    case
        when status <> 'COMPLETED' then 'OPEN'
        when exists (
            select
            from editing_jobs
            inner join editing_stages on editing_jobs.stage_id = editing_stages.id
            where editing_jobs.booking_id = bookings.id and editing_stages.awaits_selection
        ) then 'AWAITED'
        else 'FINAL'
    end as selection_state,
    created_at,
    updated_at
from bookings
where
    (session_date, id) > (coalesce(:after_key::timestamptz, '-infinity'), coalesce(:after_id::bigint, 0))
    and (:status::booking_status is null or status = :status)
    and (:work_package_id::bigint is null or work_package_id = :work_package_id)
order by session_date, id
limit :limit;

-- name: list_bookings_by_session_date_desc(after_key, after_id, limit, status, work_package_id)
-- The client's bookings, latest session first.
select
    id,
    session_type_id,
    (
        select session_packages.name
        from session_packages
        where session_packages.id = bookings.session_type_id
    ) as session_type_name,
    work_package_id,
    session_date,
    ends_at,
    location,
    price,
    status,
    case
        when status <> 'COMPLETED' then 'OPEN'
        when exists (
            select
            from editing_jobs
            inner join editing_stages on editing_jobs.stage_id = editing_stages.id
            where editing_jobs.booking_id = bookings.id and editing_stages.awaits_selection
        ) then 'AWAITED'
        else 'FINAL'
    end as selection_state,
    created_at,
    updated_at
from bookings
where
    (session_date, id)
    < (coalesce(:after_key::timestamptz, 'infinity'), coalesce(:after_id::bigint, 9223372036854775807))
    and (:status::booking_status is null or status = :status)
    and (:work_package_id::bigint is null or work_package_id = :work_package_id)
order by session_date desc, id desc
limit :limit;

-- name: count_bookings(status, work_package_id)$
-- How many rows these lists have in all.
select count(*)
from bookings
where
    (:status::booking_status is null or status = :status)
    and (:work_package_id::bigint is null or work_package_id = :work_package_id);

-- name: get_booking(booking_id)^
-- One booking of the client, with the photos that were chosen of it.
select
    bookings.id,
    bookings.session_type_id,
    (
        select session_packages.name
        from session_packages
        where session_packages.id = bookings.session_type_id
    ) as session_type_name,
    bookings.work_package_id,
    bookings.session_date,
    bookings.ends_at,
    bookings.location,
    bookings.price,
    bookings.status,
    case
        when bookings.status <> 'COMPLETED' then 'OPEN'
        when exists (
            select
            from editing_jobs
            inner join editing_stages on editing_jobs.stage_id = editing_stages.id
            where editing_jobs.booking_id = bookings.id and editing_stages.awaits_selection
        ) then 'AWAITED'
        else 'FINAL'
    end as selection_state,
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
        where photo_selections.booking_id = bookings.id
    ) as photo_selections,
    bookings.created_at,
    bookings.updated_at
from bookings
where bookings.id = :booking_id;

-- name: exists_booking(booking_id)$
-- Whether the client has such a booking.
select exists (
    select
    from bookings
    where bookings.id = :booking_id
);

-- name: list_upcoming_bookings()
-- The client's next sessions.
select
    id,
    session_type_id,
    (
        select session_packages.name
        from session_packages
        where session_packages.id = bookings.session_type_id
    ) as session_type_name,
    work_package_id,
    session_date,
    ends_at,
    location,
    price,
    status,
    case
        when status <> 'COMPLETED' then 'OPEN'
        when exists (
            select
            from editing_jobs
            inner join editing_stages on editing_jobs.stage_id = editing_stages.id
            where editing_jobs.booking_id = bookings.id and editing_stages.awaits_selection
        ) then 'AWAITED'
        else 'FINAL'
    end as selection_state,
    created_at,
    updated_at
from bookings
where session_date > now() and status in ('PENDING', 'SCHEDULED')
order by session_date, id
limit 10;

-- name: list_bookings_awaiting_selection()
-- The client's bookings whose editing waits until they have chosen, earliest session first.
select
    bookings.id,
    bookings.session_type_id,
    (
        select session_packages.name
        from session_packages
        where session_packages.id = bookings.session_type_id
    ) as session_type_name,
    bookings.work_package_id,
    bookings.session_date,
    bookings.ends_at,
    bookings.location,
    bookings.price,
    bookings.status,
    case
        when bookings.status <> 'COMPLETED' then 'OPEN'
        when exists (
            select
            from editing_jobs
            inner join editing_stages on editing_jobs.stage_id = editing_stages.id
            where editing_jobs.booking_id = bookings.id and editing_stages.awaits_selection
        ) then 'AWAITED'
        else 'FINAL'
    end as selection_state,
    bookings.created_at,
    bookings.updated_at
from bookings
inner join editing_jobs on bookings.id = editing_jobs.booking_id
inner join editing_stages on editing_jobs.stage_id = editing_stages.id
where editing_stages.awaits_selection
order by bookings.session_date, bookings.id
limit 50;
