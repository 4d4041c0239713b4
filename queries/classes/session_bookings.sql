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

-- name: list_booked_users(session_id)
-- Who has a place in a session and may still have its credits back. The session is locked.
select user_id as id
from session_bookings
where session_id = :session_id and status in ('BOOKED', 'ATTENDED')
order by id
limit 1001;

-- name: lock_booked_places(session_id)
-- Locks: the bookings of a session, after it, that may still be given back.
select *
from session_bookings
where session_id = :session_id and status in ('BOOKED', 'ATTENDED')
order by id
limit 1001
for no key update;

-- name: mark_session_bookings_cancelled(booking_ids, status)!
-- Give places back, for their credits or late. The session is locked.
update session_bookings
set
    status = :status::session_booking_status,
    checked_in_at = null,
    cancelled_at = now(),
    updated_at = now()
where id = any(:booking_ids::bigint []);

-- name: mark_session_bookings_moved(session_id)!
-- Let those who have a place in a session that was put at another time be reminded of that, and checked in again. The
-- session is locked.
update session_bookings
set
    status = 'BOOKED',
    checked_in_at = null,
    day_reminder_at = null,
    hour_reminder_at = null,
    updated_at = now()
where session_id = :session_id and status in ('BOOKED', 'ATTENDED');

-- name: mark_session_booking_attended(booking_id)!
-- Check somebody in. The session, and the user's balance, are locked.
update session_bookings
set
    status = 'ATTENDED',
    checked_in_at = now(),
    updated_at = now()
where id = :booking_id;

-- name: mark_session_booking_missed(booking_id)!
-- Note that somebody has not come. The session is locked.
update session_bookings
set
    status = 'NO_SHOW',
    updated_at = now()
where id = :booking_id;

-- name: mark_absent_missed(session_id)!
-- Note that nobody else has come to a session than was checked in. It is locked.
update session_bookings
set
    status = 'NO_SHOW',
    updated_at = now()
where session_id = :session_id and status = 'BOOKED';

-- name: get_session_booking(booking_id, viewer_id)^
-- One booking, as every list shows it, if the viewer may see it.
select *
from session_bookings_seen_by(:viewer_id)
where id = :booking_id;

-- name: list_session_bookings_by_start_time(after_key, after_id, limit, starts_from, starts_to, status, session_id, user_id, viewer_id)
-- Bookings, earliest class first.
select *
from session_bookings_seen_by(:viewer_id)
where
    (start_time, id) > (coalesce(:after_key::timestamptz, '-infinity'), coalesce(:after_id::bigint, 0))
    and start_time >= coalesce(:starts_from::timestamptz, '-infinity')
    and start_time < coalesce(:starts_to::timestamptz, 'infinity')
    and (:status::session_booking_status is null or status = :status)
    and (:session_id::bigint is null or session_id = :session_id)
    and (:user_id::uuid is null or user_id = :user_id)
order by start_time, id
limit :limit;

-- name: list_session_bookings_by_start_time_desc(after_key, after_id, limit, starts_from, starts_to, status, session_id, user_id, viewer_id)
-- Bookings, latest class first.
select *
from session_bookings_seen_by(:viewer_id)
where
    (start_time, id) < (
        coalesce(:after_key::timestamptz, 'infinity'),
        coalesce(:after_id::bigint, 9223372036854775807)
    )
    and start_time >= coalesce(:starts_from::timestamptz, '-infinity')
    and start_time < coalesce(:starts_to::timestamptz, 'infinity')
    and (:status::session_booking_status is null or status = :status)
    and (:session_id::bigint is null or session_id = :session_id)
    and (:user_id::uuid is null or user_id = :user_id)
order by start_time desc, id desc
limit :limit;

-- name: count_session_bookings(starts_from, starts_to, status, session_id, user_id, viewer_id)$
-- How many rows these lists have in all.
select count(*)
from session_bookings_seen_by(:viewer_id)
where
    start_time >= coalesce(:starts_from::timestamptz, '-infinity')
    and start_time < coalesce(:starts_to::timestamptz, 'infinity')
    and (:status::session_booking_status is null or status = :status)
    and (:session_id::bigint is null or session_id = :session_id)
    and (:user_id::uuid is null or user_id = :user_id);

-- name: get_attendance(session_id)^
-- Who has a place in a session, by name, and who waits for one, in their order.
select
    class_sessions.id,
    class_sessions.title,
    class_sessions.start_time,
    class_sessions.end_time,
    class_sessions.status,
    class_sessions.capacity,
    class_sessions.requires_parq,
    (
        select
            coalesce(
                json_agg(
                    json_build_object(
                        'bookingId', session_bookings.id,
                        'userId', session_bookings.user_id,
                        'name', auth_users.name,
                        'status', session_bookings.status,
                        'checkedInAt', rfc3339(session_bookings.checked_in_at),
                        'isParqValid', case
                            when class_sessions.requires_parq then has_valid_parq(session_bookings.user_id)
                        end
                    )
                    order by lower(auth_users.name), session_bookings.id
                ),
                '[]'
            )
        from session_bookings
        inner join auth_users on session_bookings.user_id = auth_users.id
        where
            session_bookings.session_id = class_sessions.id
            and session_bookings.status in ('BOOKED', 'ATTENDED', 'NO_SHOW')
    ) as attendees,
    (
        select
            coalesce(
                json_agg(
                    json_build_object(
                        'userId', session_waitlist.user_id,
                        'name', auth_users.name,
                        'status', session_waitlist.status,
                        'offerExpiresAt', rfc3339(session_waitlist.offer_expires_at)
                    )
                    order by session_waitlist.id
                ),
                '[]'
            )
        from session_waitlist
        inner join auth_users on session_waitlist.user_id = auth_users.id
        where session_waitlist.session_id = class_sessions.id and session_waitlist.status in ('WAITING', 'OFFERED')
    ) as waitlist
from class_sessions
where class_sessions.id = :session_id;

-- name: lock_day_reminders(limit)
-- Locks: bookings whose users are to be reminded now that it is a day until the class, but more than an hour; not those
-- that somebody else has locked. Whoever has booked later than that, or been told of another time, knows.
select
    session_bookings.id,
    session_bookings.user_id,
    session_bookings.session_id,
    session_bookings.start_time,
    class_sessions.title,
    gyms.time_zone,
    now() as now
from session_bookings
inner join class_sessions on session_bookings.session_id = class_sessions.id
inner join gyms on class_sessions.gym_id = gyms.id
where
    session_bookings.status = 'BOOKED'
    and session_bookings.day_reminder_at is null
    and session_bookings.start_time > now() + interval '1 hour'
    and session_bookings.start_time <= now() + interval '24 hours'
    and greatest(session_bookings.created_at, class_sessions.moved_at)
    <= session_bookings.start_time - interval '24 hours'
order by session_bookings.start_time, session_bookings.id
limit :limit
for no key update of session_bookings skip locked;

-- name: lock_hour_reminders(limit)
-- Locks: bookings whose users are to be reminded now that it is an hour until the class; not those that somebody else has
-- locked. Whoever has booked later than that, or been told of another time, knows.
select
    session_bookings.id,
    session_bookings.user_id,
    session_bookings.session_id,
    session_bookings.start_time,
    class_sessions.title,
    gyms.time_zone,
    now() as now
from session_bookings
inner join class_sessions on session_bookings.session_id = class_sessions.id
inner join gyms on class_sessions.gym_id = gyms.id
where
    session_bookings.status = 'BOOKED'
    and session_bookings.hour_reminder_at is null
    and session_bookings.start_time > now()
    and session_bookings.start_time <= now() + interval '1 hour'
    and greatest(session_bookings.created_at, class_sessions.moved_at)
    <= session_bookings.start_time - interval '1 hour'
order by session_bookings.start_time, session_bookings.id
limit :limit
for no key update of session_bookings skip locked;

-- name: mark_day_reminded(booking_ids)!
-- Note that users were reminded a day before. The bookings are locked.
update session_bookings
set day_reminder_at = now()
where id = any(:booking_ids::bigint []);

-- name: mark_hour_reminded(booking_ids)!
-- Note that users were reminded an hour before. The bookings are locked.
update session_bookings
set hour_reminder_at = now()
where id = any(:booking_ids::bigint []);
