-- name: lock_class_session(session_id)^
-- Locks: a session, before its bookings, its waiting list and the credits of anybody: one at a time changes its places.
select
    class_sessions.*,
    class_sessions.start_time <= now() as has_begun,
    class_sessions.end_time <= now() as has_ended,
    now() as now,
    (select gyms.time_zone from gyms where gyms.id = class_sessions.gym_id) as time_zone
from class_sessions
where class_sessions.id = :session_id
for no key update;

-- name: list_broken_class_sessions()
-- Classes of which another number of places is taken or offered, or of people waits, than their bookings and lists say.
select
    'class_sessions' as table_name,
    class_sessions.id,
    columns.column_name,
    columns.stored,
    columns.expected
from class_sessions
left join (
    select
        session_bookings.session_id,
        count(*) as taken
    from session_bookings
    where session_bookings.status in ('BOOKED', 'ATTENDED', 'NO_SHOW')
    group by session_bookings.session_id
) as places on class_sessions.id = places.session_id
left join (
    select
        session_waitlist.session_id,
        count(*) filter (where session_waitlist.status = 'OFFERED') as offered,
        count(*) filter (where session_waitlist.status = 'WAITING') as waiting
    from session_waitlist
    group by session_waitlist.session_id
) as lists on class_sessions.id = lists.session_id
cross join lateral (
    values
    ('places_taken', class_sessions.places_taken, coalesce(places.taken, 0)),
    ('places_offered', class_sessions.places_offered, coalesce(lists.offered, 0)),
    ('waiting', class_sessions.waiting, coalesce(lists.waiting, 0))
) as columns (column_name, stored, expected)
where columns.stored <> columns.expected
order by columns.column_name, class_sessions.id
limit 1000;

-- name: refresh_class_session(session_id)^
-- Recompute how many places are taken and offered, and how many wait, from the bookings and the waiting list. The session
-- is locked.
update class_sessions
set
    places_taken = (
        select count(*)
        from session_bookings
        where
            session_bookings.session_id = class_sessions.id
            and session_bookings.status in ('BOOKED', 'ATTENDED', 'NO_SHOW')
    ),
    places_offered = (
        select count(*)
        from session_waitlist
        where session_waitlist.session_id = class_sessions.id and session_waitlist.status = 'OFFERED'
    ),
    waiting = (
        select count(*)
        from session_waitlist
        where session_waitlist.session_id = class_sessions.id and session_waitlist.status = 'WAITING'
    ),
    updated_at = now()
where id = :session_id
returning id;
