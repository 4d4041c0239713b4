-- name: list_packages_named(names)
-- The session packages that are called so, whatever their case, each with the word for it; of one name there may be one in
-- each category.
select
    words.word,
    packages.id,
    packages.category_name,
    packages.price,
    packages.duration_minutes,
    packages.is_active
from unnest(:names::text []) as words (word)
inner join session_package_details as packages on lower(words.word) = lower(packages.name)
order by words.word, packages.id
limit 100000;

-- name: list_staff_by_email(emails)
-- The people of the team who have these addresses, whatever their case, each with the word for it.
select
    words.word,
    staff_members.id
from unnest(:emails::text []) as words (word)
inner join staff_members on lower(words.word) = lower(staff_members.email)
order by words.word, staff_members.id
limit 100000;

-- name: list_rooms_named(names)
-- The rooms that are called so, whatever their case, each with the word for it.
select
    words.word,
    rooms.id
from unnest(:names::text []) as words (word)
inner join rooms on lower(words.word) = lower(rooms.name)
order by words.word, rooms.id
limit 100000;

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
