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
