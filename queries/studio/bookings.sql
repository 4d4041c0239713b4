-- name: get_booking(booking_id, viewer_id)^
-- One booking, as every list shows it, if the viewer may see it.
select *
from bookings_seen_by(:viewer_id)
where id = :booking_id;

-- name: lock_booking(booking_id)^
-- Locks: the booking's row; after its client, where that is locked too.
select *
from bookings
where id = :booking_id
for no key update;

-- name: lock_client_of_booking(booking_id)^
-- Locks: the client whose booking it is (a booking never changes its client). Before the booking: see lock_client.
select
    clients.id,
    clients.erased_at
from clients
where clients.id = (select bookings.client_id from bookings where bookings.id = :booking_id)
for no key update;

-- name: update_booking(id, session_type_id, session_date, ends_at, room_id, work_package_id, location, price, status, notes)!
-- Change a booking; the time of its assignments follows by their foreign key.
update bookings
set
    session_type_id = :session_type_id,
    session_date = :session_date,
    ends_at = :ends_at,
    room_id = :room_id,
    work_package_id = :work_package_id,
    location = :location,
    price = :price,
    status = :status,
    notes = :notes,
    updated_at = now()
where id = :id;

-- name: mark_booking_changed(booking_id)!
-- Note that the people on a booking have changed: whoever changes it on what they read before must read again.
update bookings
set updated_at = now()
where id = :booking_id;

-- name: delete_booking(booking_id)!
-- Remove a booking that nothing was done or charged for, with its assignments.
delete from bookings
where id = :booking_id;

-- name: exists_money_on_booking(booking_id)$
-- Whether an invoice that still counts has been issued for the booking.
select exists (
    select
    from invoices
    where booking_id = :booking_id and status not in ('DRAFT', 'VOID')
);

-- name: get_invoice_of_booking(booking_id)^
-- The newest invoice of a booking that is not void. The booking is locked, under which it is invoiced.
select invoices.id
from invoices
where invoices.booking_id = :booking_id and invoices.status <> 'VOID'
order by invoices.id desc
limit 1;

-- name: list_broken_completions()
-- Completed bookings without an editing job, and editing jobs of bookings that are not completed.
select
    'bookings' as table_name,
    bookings.id,
    'editing job' as column_name,
    case when editing_jobs.id is null then 'absent' else 'present' end as stored,
    case when bookings.status = 'COMPLETED' then 'present' else 'absent' end as expected
from bookings
left join editing_jobs on bookings.id = editing_jobs.booking_id
where (bookings.status = 'COMPLETED') <> (editing_jobs.id is not null)
order by bookings.id
limit 1000;

-- name: list_broken_client_sessions()
-- Clients whose number of sessions is not that of their completed bookings.
select
    'clients' as table_name,
    clients.id,
    'total_sessions' as column_name,
    clients.total_sessions::text as stored,
    count(bookings.id)::text as expected
from clients
left join bookings on clients.id = bookings.client_id and bookings.status = 'COMPLETED'
group by clients.id
having clients.total_sessions <> count(bookings.id)
order by clients.id
limit 1000;

-- name: list_bookings_by_session_date(after_key, after_id, limit, q, session_from, session_to, status, client_id, staff_id, category_id, room_id, series_id, work_package_id, invoiced, viewer_id)
-- Bookings, earliest session first.
select *
from bookings_seen_by(:viewer_id) as seen
where
    (session_date, id) > (coalesce(:after_key::timestamptz, '-infinity'), coalesce(:after_id::bigint, 0))
    and (
        :q::text is null
        or lower(location) like lower(:q)
        or client_id in (select clients.id from clients where lower(clients.name) like lower(:q))
    )
    and session_date >= coalesce(:session_from::timestamptz, '-infinity')
    and session_date < coalesce(:session_to::timestamptz, 'infinity')
    and (:status::booking_status is null or status = :status)
    and (:client_id::bigint is null or client_id = :client_id)
    and (
        :staff_id::bigint is null
        or exists (
            select
            from staff_assignments
            where staff_assignments.booking_id = seen.id and staff_assignments.staff_id = :staff_id
        )
    )
    and (:category_id::bigint is null or category_id = :category_id)
    and (:room_id::bigint is null or room_id = :room_id)
    and (:series_id::bigint is null or series_id = :series_id)
    and (:work_package_id::bigint is null or work_package_id = :work_package_id)
    and (
        :invoiced::boolean is distinct from true
        or exists (select from invoices where booking_id = seen.id and invoices.status <> 'VOID')
    )
    and (
        :invoiced is distinct from false
        or not exists (select from invoices where booking_id = seen.id and invoices.status <> 'VOID')
    )
order by session_date, id
limit :limit;

-- name: list_bookings_by_session_date_desc(after_key, after_id, limit, q, session_from, session_to, status, client_id, staff_id, category_id, room_id, series_id, work_package_id, invoiced, viewer_id)
-- Bookings, latest session first.
select *
from bookings_seen_by(:viewer_id) as seen
where
    (session_date, id) < (
        coalesce(:after_key::timestamptz, 'infinity'),
        coalesce(:after_id::bigint, 9223372036854775807)
    )
    and (
        :q::text is null
        or lower(location) like lower(:q)
        or client_id in (select clients.id from clients where lower(clients.name) like lower(:q))
    )
    and session_date >= coalesce(:session_from::timestamptz, '-infinity')
    and session_date < coalesce(:session_to::timestamptz, 'infinity')
    and (:status::booking_status is null or status = :status)
    and (:client_id::bigint is null or client_id = :client_id)
    and (
        :staff_id::bigint is null
        or exists (
            select
            from staff_assignments
            where staff_assignments.booking_id = seen.id and staff_assignments.staff_id = :staff_id
        )
    )
    and (:category_id::bigint is null or category_id = :category_id)
    and (:room_id::bigint is null or room_id = :room_id)
    and (:series_id::bigint is null or series_id = :series_id)
    and (:work_package_id::bigint is null or work_package_id = :work_package_id)
    and (
        :invoiced::boolean is distinct from true
        or exists (select from invoices where booking_id = seen.id and invoices.status <> 'VOID')
    )
    and (
        :invoiced is distinct from false
        or not exists (select from invoices where booking_id = seen.id and invoices.status <> 'VOID')
    )
order by session_date desc, id desc
limit :limit;

-- name: list_bookings_by_created_at(after_key, after_id, limit, q, session_from, session_to, status, client_id, staff_id, category_id, room_id, series_id, work_package_id, invoiced, viewer_id)
-- Bookings, oldest first.
select *
from bookings_seen_by(:viewer_id) as seen
where
    (created_at, id) > (coalesce(:after_key::timestamptz, '-infinity'), coalesce(:after_id::bigint, 0))
    and (
        :q::text is null
        or lower(location) like lower(:q)
        or client_id in (select clients.id from clients where lower(clients.name) like lower(:q))
    )
    and session_date >= coalesce(:session_from::timestamptz, '-infinity')
    and session_date < coalesce(:session_to::timestamptz, 'infinity')
    and (:status::booking_status is null or status = :status)
    and (:client_id::bigint is null or client_id = :client_id)
    and (
        :staff_id::bigint is null
        or exists (
            select
            from staff_assignments
            where staff_assignments.booking_id = seen.id and staff_assignments.staff_id = :staff_id
        )
    )
    and (:category_id::bigint is null or category_id = :category_id)
    and (:room_id::bigint is null or room_id = :room_id)
    and (:series_id::bigint is null or series_id = :series_id)
    and (:work_package_id::bigint is null or work_package_id = :work_package_id)
    and (
        :invoiced::boolean is distinct from true
        or exists (select from invoices where booking_id = seen.id and invoices.status <> 'VOID')
    )
    and (
        :invoiced is distinct from false
        or not exists (select from invoices where booking_id = seen.id and invoices.status <> 'VOID')
    )
order by created_at, id
limit :limit;

-- name: list_bookings_by_created_at_desc(after_key, after_id, limit, q, session_from, session_to, status, client_id, staff_id, category_id, room_id, series_id, work_package_id, invoiced, viewer_id)
-- Bookings, newest first.
select *
from bookings_seen_by(:viewer_id) as seen
where
    (created_at, id) < (
        coalesce(:after_key::timestamptz, 'infinity'),
        coalesce(:after_id::bigint, 9223372036854775807)
    )
    and (
        :q::text is null
        or lower(location) like lower(:q)
        or client_id in (select clients.id from clients where lower(clients.name) like lower(:q))
    )
    and session_date >= coalesce(:session_from::timestamptz, '-infinity')
    and session_date < coalesce(:session_to::timestamptz, 'infinity')
    and (:status::booking_status is null or status = :status)
    and (:client_id::bigint is null or client_id = :client_id)
    and (
        :staff_id::bigint is null
        or exists (
            select
            from staff_assignments
            where staff_assignments.booking_id = seen.id and staff_assignments.staff_id = :staff_id
        )
    )
    and (:category_id::bigint is null or category_id = :category_id)
    and (:room_id::bigint is null or room_id = :room_id)
    and (:series_id::bigint is null or series_id = :series_id)
    and (:work_package_id::bigint is null or work_package_id = :work_package_id)
    and (
        :invoiced::boolean is distinct from true
        or exists (select from invoices where booking_id = seen.id and invoices.status <> 'VOID')
    )
    and (
        :invoiced is distinct from false
        or not exists (select from invoices where booking_id = seen.id and invoices.status <> 'VOID')
    )
order by created_at desc, id desc
limit :limit;

-- name: count_bookings(q, session_from, session_to, status, client_id, staff_id, category_id, room_id, series_id, work_package_id, invoiced, viewer_id)$
-- How many rows these lists have in all; joins only what a filter asks for.
select count(*)
from bookings
where
    (
        :viewer_id::bigint is null
        or exists (
            select
            from staff_assignments
            where staff_assignments.booking_id = bookings.id and staff_assignments.staff_id = :viewer_id
        )
    )
    and (
        :q::text is null
        or lower(location) like lower(:q)
        or client_id in (select clients.id from clients where lower(clients.name) like lower(:q))
    )
    and session_date >= coalesce(:session_from::timestamptz, '-infinity')
    and session_date < coalesce(:session_to::timestamptz, 'infinity')
    and (:status::booking_status is null or status = :status)
    and (:client_id::bigint is null or client_id = :client_id)
    and (
        :staff_id::bigint is null
        or exists (
            select
            from staff_assignments
            where staff_assignments.booking_id = bookings.id and staff_assignments.staff_id = :staff_id
        )
    )
    and (
        :category_id::bigint is null
        or session_type_id in (select id from session_packages where category_id = :category_id)
    )
    and (:room_id::bigint is null or room_id = :room_id)
    and (:series_id::bigint is null or series_id = :series_id)
    and (:work_package_id::bigint is null or work_package_id = :work_package_id)
    and (
        :invoiced::boolean is distinct from true
        or exists (select from invoices where booking_id = bookings.id and invoices.status <> 'VOID')
    )
    and (
        :invoiced is distinct from false
        or not exists (select from invoices where booking_id = bookings.id and invoices.status <> 'VOID')
    );
