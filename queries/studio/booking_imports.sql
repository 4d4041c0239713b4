-- name: list_packages_named(names)
-- The session packages that are called so, whatever their case; of one name there may be one in each category.
select
    id,
    name,
    category_name,
    price,
    duration_minutes,
    is_active
from session_package_details
where lower(name) = any(:names::text [])
order by id
limit 10000;

-- name: list_staff_by_email(emails)
-- The people of the team who have these addresses, in lower case.
select
    id,
    name,
    email,
    status
from staff_members
where lower(email) = any(:emails::text [])
order by id
limit 10000;

-- name: list_rooms_named(names)
-- The rooms that are called so, whatever their case.
select
    id,
    name,
    is_active
from rooms
where lower(name) = any(:names::text [])
order by id
limit 10000;

-- name: list_bookings_starting(client_ids, session_dates)
-- The bookings of these clients that begin at these times, each client at the time beside it; with whoever on them has an
-- address by which a file can name them.
select
    bookings.id,
    bookings.client_id,
    bookings.session_date,
    bookings.session_type_id,
    bookings.ends_at,
    bookings.room_id,
    bookings.location,
    bookings.price,
    bookings.status,
    bookings.notes,
    array(
        select staff_members.id
        from staff_assignments
        inner join staff_members on staff_assignments.staff_id = staff_members.id
        where staff_assignments.booking_id = bookings.id and staff_members.email is not null
        order by staff_members.id
    ) as staff_ids
from bookings
where (bookings.client_id, bookings.session_date) in (
    select
        starts.client_id,
        starts.session_date
    from unnest(:client_ids::bigint [], :session_dates::timestamptz []) as starts (client_id, session_date)
)
order by bookings.id
limit 100000;
