-- name: list_standings(session_id, user_ids)
-- How these users stand to a place in a session: what keeps each from it, but for their credits; and until how many hours
-- before the start they would cancel it for nothing. The session, and the users' balances, are locked.
select
    auth_users.id as user_id,
    auth_users.status = 'ACTIVE' as is_active,
    exists (
        select
        from session_bookings
        where
            session_bookings.session_id = class_sessions.id
            and session_bookings.user_id = auth_users.id
            and session_bookings.status in ('BOOKED', 'ATTENDED', 'NO_SHOW')
    ) as is_booked,
    exists (
        select
        from session_waitlist
        where
            session_waitlist.session_id = class_sessions.id
            and session_waitlist.user_id = auth_users.id
            and session_waitlist.status = 'OFFERED'
    ) as is_offered,
    not class_sessions.requires_parq or has_valid_parq(auth_users.id) as has_parq,
    not gyms.requires_induction or has_induction(auth_users.id, gyms.id) as has_induction,
    exists (
        select
        from session_bookings as others
        where
            others.user_id = auth_users.id
            and others.session_id <> class_sessions.id
            and others.status in ('BOOKED', 'ATTENDED')
            and tstzrange(others.start_time, others.end_time)
            && tstzrange(class_sessions.start_time, class_sessions.end_time)
    ) as is_elsewhere,
    case
        when exists (
            select
            from subscriptions
            where subscriptions.user_id = auth_users.id and subscriptions.status in ('ACTIVE', 'PAST_DUE')
        ) then gyms.subscriber_cancel_hours
        else gyms.cancel_hours
    end as cancel_hours
from class_sessions
inner join gyms on class_sessions.gym_id = gyms.id
cross join auth_users
where class_sessions.id = :session_id and auth_users.id = any(:user_ids::uuid [])
order by auth_users.id
limit 1001;

-- name: insert_session_booking(session_id, user_id, cancel_hours, is_from_waitlist)^
-- Take a place in a session, at its time and its cost. The session, and the user's balance, are locked.
insert into session_bookings (
    session_id, user_id, start_time, end_time, credit_cost, cancel_hours, is_from_waitlist
)
select
    id,
    :user_id,
    start_time,
    end_time,
    credit_cost,
    :cancel_hours,
    :is_from_waitlist
from class_sessions
where id = :session_id
returning id;

-- name: lock_session_booking(booking_id)^
-- Locks: a booking, after its session.
select *
from session_bookings
where id = :booking_id
for no key update;

-- name: lock_bookings_of_session(session_id)
-- Locks: the bookings of a session, after it.
select *
from session_bookings
where session_id = :session_id
order by id
for no key update;

-- name: mark_session_booking_cancelled(booking_id, status)!
-- Give a place back, for its credits or late. The session is locked.
update session_bookings
set
    status = :status::session_booking_status,
    checked_in_at = null,
    cancelled_at = now(),
    updated_at = now()
where id = :booking_id;
