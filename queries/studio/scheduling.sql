-- name: list_new_booking_ids(limit)
-- As many ids for bookings as are about to be inserted together, each of them nobody else's.
select nextval(pg_get_serial_sequence('bookings', 'id')) as id
from generate_series(1, :limit)
order by id
limit :limit;

-- name: insert_bookings(bookings)!
-- Book sessions, under the ids they have been given.
insert into bookings (
    id,
    client_id,
    session_type_id,
    session_date,
    ends_at,
    room_id,
    series_id,
    work_package_id,
    location,
    price,
    status,
    notes
)
select
    id,
    client_id,
    session_type_id,
    session_date,
    ends_at,
    room_id,
    series_id,
    work_package_id,
    location,
    price,
    status,
    notes
from jsonb_to_recordset(:bookings::jsonb) as proposed (
    id bigint,
    client_id bigint,
    session_type_id bigint,
    session_date timestamptz,
    ends_at timestamptz,
    room_id bigint,
    series_id bigint,
    work_package_id bigint,
    location text,
    price numeric,
    status booking_status,
    notes text
);

-- name: insert_staff_assignments(bookings)!
-- Put people on bookings, for the bookings' time; whoever is there already is given their part. They are locked.
insert into staff_assignments (booking_id, staff_id, role, occupied)
select
    bookings.id,
    person.staff_id,
    person.role,
    bookings.occupied
from jsonb_to_recordset(:bookings::jsonb) as proposed (id bigint, assigned_staff jsonb)
inner join bookings on proposed.id = bookings.id
cross join lateral rows from (
    jsonb_to_recordset(proposed.assigned_staff) as (staff_id bigint, role text)
) with ordinality as person (staff_id, role, place)
order by bookings.id, person.place
on conflict (booking_id, staff_id) do update set role = excluded.role;

-- name: list_booking_conflicts(bookings)
-- What stands in the way of each of these bookings, up to twenty: sessions that take the same people or the same room in
-- their time. Not one of themselves, if they are here already. People and rooms are locked.
with proposed as materialized (
    select
        id,
        room_id,
        tstzrange(session_date, ends_at) as occupied,
        array(select (person ->> 'staff_id')::bigint from jsonb_array_elements(assigned_staff) as people (person)) as staff_ids
    from jsonb_to_recordset(:bookings::jsonb) as sent (
        id bigint,
        session_date timestamptz,
        ends_at timestamptz,
        room_id bigint,
        assigned_staff jsonb
    )
), taken as (
    select
        proposed.id as proposed_id,
        staff_assignments.booking_id,
        staff_assignments.staff_id,
        null::bigint as room_id
    from proposed
    cross join unnest(proposed.staff_ids) as person (staff_id)
    inner join staff_assignments
        on
            person.staff_id = staff_assignments.staff_id
            and proposed.occupied && staff_assignments.occupied
            and proposed.id <> staff_assignments.booking_id
    union all
    select
        proposed.id,
        bookings.id,
        null,
        bookings.room_id
    from proposed
    inner join bookings
        on
            proposed.room_id = bookings.room_id
            and proposed.occupied && bookings.occupied
            and proposed.id <> bookings.id
            and bookings.room_id is not null
)

select
    in_the_way.proposed_id,
    bookings.id as booking_id,
    staff_members.id as staff_id,
    staff_members.name as staff_name,
    rooms.id as room_id,
    rooms.name as room_name,
    bookings.session_date,
    bookings.ends_at
from (
    select
        taken.*,
        row_number() over (partition by taken.proposed_id order by taken.booking_id, taken.staff_id) as place
    from taken
) as in_the_way
inner join bookings on in_the_way.booking_id = bookings.id
left join staff_members on in_the_way.staff_id = staff_members.id
left join rooms on in_the_way.room_id = rooms.id
where in_the_way.place <= 20
order by in_the_way.proposed_id, bookings.session_date, bookings.id, staff_members.id
limit 1000000;

-- name: list_free_slots(searched_from, searched_to, length, staff_ids, fewest, room_id, booking_id, limit)
-- Times in the working hours at which a session of this length could begin: at least the fewest of these people are
-- free for all of it, and so is the room, if one is named. Every half-hour from the opening on; what is longer than the
-- day may begin when it opens. The booking itself, which may be about to be moved, is in nobody's way.
with openings as (
    select
        (days.day::date + working_hours.opens_at) at time zone studio_settings.time_zone as opens_at,
        (days.day::date + working_hours.closes_at) at time zone studio_settings.time_zone as closes_at
    from studio_settings
    cross join generate_series(
        studio_date(:searched_from::timestamptz)::timestamp, studio_date(:searched_to::timestamptz)::timestamp, '1 day'
    ) as days (day)
    inner join working_hours
        on working_hours.weekday = (enum_range(null::weekday))[extract(isodow from days.day)::integer]
), slots as (
    select
        slot.session_date,
        slot.session_date + :length::interval as ends_at
    from openings
    cross join lateral generate_series(
        openings.opens_at,
        greatest(openings.opens_at, openings.closes_at - :length::interval),
        interval '30 minutes'
    ) as slot (session_date)
    where slot.session_date >= :searched_from and slot.session_date < :searched_to
), busy as materialized (
    -- All that each of them has to do in that time, at once: a slot then meets one value for each person, and no index.
    select
        people.staff_id,
        coalesce(
            range_agg(staff_assignments.occupied) filter (where staff_assignments.staff_id is not null), '{}'
        ) as occupied
    from unnest(:staff_ids::bigint []) as people (staff_id)
    left join staff_assignments
        on
            people.staff_id = staff_assignments.staff_id
            and staff_assignments.occupied && tstzrange(:searched_from, :searched_to::timestamptz + :length)
            and staff_assignments.booking_id is distinct from :booking_id::bigint
    group by people.staff_id
), staffed as (
    select
        slots.session_date,
        slots.ends_at,
        array(
            select busy.staff_id
            from busy
            where not busy.occupied && tstzrange(slots.session_date, slots.ends_at)
            order by busy.staff_id
        ) as staff_ids
    from slots
    where
        :room_id::bigint is null
        or not exists (
            select
            from bookings
            where
                bookings.room_id = :room_id
                and bookings.occupied && tstzrange(slots.session_date, slots.ends_at)
                and bookings.id is distinct from :booking_id
        )
)

select
    session_date,
    ends_at,
    staff_ids
from staffed
where cardinality(staff_ids) >= :fewest
order by session_date
limit :limit;

-- name: list_photographer_ids()
-- The people who can be sent to a session, if nobody is asked for by name.
select id
from staff_members
where role = 'PHOTOGRAPHER' and status <> 'INACTIVE'
order by id
limit 200;

-- name: get_time_zone()^
-- The studio's time zone, by its IANA name.
select time_zone
from studio_settings;
