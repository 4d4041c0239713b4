-- name: lock_class_session(session_id)^
-- Locks: a session, before its bookings, its waiting list and the credits of anybody: one at a time changes its places.
select
    class_sessions.*,
    class_sessions.start_time <= now() as has_begun,
    class_sessions.end_time <= now() as has_ended,
    now() as now,
    (select gyms.time_zone from gyms where gyms.id = class_sessions.gym_id) as time_zone,
    (select gyms.status from gyms where gyms.id = class_sessions.gym_id) as gym_status
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

-- name: refresh_class_session(session_id)!
-- Recompute how many places are taken and offered, and how many wait, from the bookings and the waiting list. The session
-- is locked. What has not changed is not written.
update class_sessions
set
    places_taken = counted.places_taken,
    places_offered = counted.places_offered,
    waiting = counted.waiting,
    updated_at = now()
from (
    select
        (
            select count(*)
            from session_bookings
            where
                session_bookings.session_id = :session_id
                and session_bookings.status in ('BOOKED', 'ATTENDED', 'NO_SHOW')
        ) as places_taken,
        count(*) filter (where session_waitlist.status = 'OFFERED') as places_offered,
        count(*) filter (where session_waitlist.status = 'WAITING') as waiting
    from session_waitlist
    where session_waitlist.session_id = :session_id and session_waitlist.status in ('WAITING', 'OFFERED')
) as counted
where
    class_sessions.id = :session_id
    and (class_sessions.places_taken, class_sessions.places_offered, class_sessions.waiting)
    <> (counted.places_taken, counted.places_offered, counted.waiting);

-- name: lock_gym_of_class(gym_id)^
-- Locks: a gym, for share, before a trainer there: nobody closes it while a class is put there.
select
    status,
    now() as now
from gyms
where id = :gym_id
for share;

-- name: lock_trainer_of_class(gym_id, trainer_id)^
-- Locks: somebody who gives classes at a gym, for share: nobody takes them off while they are given one.
select gym_trainers.trainer_id
from gym_trainers
inner join auth_users on gym_trainers.trainer_id = auth_users.id
where
    gym_trainers.gym_id = :gym_id
    and gym_trainers.trainer_id = :trainer_id
    and gym_trainers.is_active
    and auth_users.status = 'ACTIVE'
for share of gym_trainers;

-- name: insert_class_session(gym_id, trainer_id, title, description, start_time, end_time, capacity, credit_cost, waitlist_capacity, requires_parq)$
-- Add a class; gives its id. Its gym and its trainer are locked.
insert into class_sessions (
    gym_id,
    trainer_id,
    title,
    description,
    start_time,
    end_time,
    capacity,
    credit_cost,
    waitlist_capacity,
    requires_parq
)
values (
    :gym_id,
    :trainer_id,
    :title,
    :description,
    :start_time,
    :end_time,
    :capacity,
    :credit_cost,
    :waitlist_capacity,
    :requires_parq
)
returning id;

-- name: update_class_session(id, trainer_id, title, description, start_time, end_time, capacity, credit_cost, waitlist_capacity, requires_parq)!
-- Change a class; its bookings go along with its time. It is locked, and where its time changes, the balances of all who
-- have booked.
update class_sessions
set
    trainer_id = :trainer_id,
    title = :title,
    description = :description,
    start_time = :start_time,
    end_time = :end_time,
    capacity = :capacity,
    credit_cost = :credit_cost,
    waitlist_capacity = :waitlist_capacity,
    requires_parq = :requires_parq,
    moved_at = case when (start_time, end_time) = (:start_time, :end_time) then moved_at else clock_timestamp() end,
    updated_at = now()
where id = :id;

-- name: update_class_session_status(session_id, status)!
-- Start, complete or cancel a class. It is locked.
update class_sessions
set
    status = :status::class_session_status,
    updated_at = now()
where id = :session_id;

-- name: get_class_session(session_id, viewer_id)^
-- One class, as every list shows it, if the viewer may see it.
select *
from class_sessions_seen_by(:viewer_id)
where id = :session_id;

-- name: list_class_sessions_by_start_time(after_key, after_id, limit, gym_id, trainer_id, starts_from, starts_to, has_space, status, q, viewer_id)
-- Classes, earliest first: if nothing else is said, those that are to come, without what is cancelled.
select *
from class_sessions_seen_by(:viewer_id)
where
    (start_time, id) > (coalesce(:after_key::timestamptz, '-infinity'), coalesce(:after_id::bigint, 0))
    and start_time >= coalesce(:starts_from::timestamptz, now())
    and start_time < coalesce(:starts_to::timestamptz, 'infinity')
    and (:gym_id::bigint is null or gym_id = :gym_id)
    and (:trainer_id::uuid is null or trainer_id = :trainer_id)
    and (
        :has_space::boolean is null
        or :has_space::boolean = (places_left > 0 and status = 'SCHEDULED' and start_time > now())
    )
    and case
        when :status::class_session_status is null then status <> 'CANCELLED'
        else status = :status::class_session_status
    end
    and (:q::text is null or lower(concat_ws(' ', title, gym_name, trainer_name)) like lower(:q))
order by start_time, id
limit :limit;

-- name: list_class_sessions_by_start_time_desc(after_key, after_id, limit, gym_id, trainer_id, starts_from, starts_to, has_space, status, q, viewer_id)
-- Classes, latest first.
select *
from class_sessions_seen_by(:viewer_id)
where
    (start_time, id) < (
        coalesce(:after_key::timestamptz, 'infinity'),
        coalesce(:after_id::bigint, 9223372036854775807)
    )
    and start_time >= coalesce(:starts_from::timestamptz, now())
    and start_time < coalesce(:starts_to::timestamptz, 'infinity')
    and (:gym_id::bigint is null or gym_id = :gym_id)
    and (:trainer_id::uuid is null or trainer_id = :trainer_id)
    and (
        :has_space::boolean is null
        or :has_space::boolean = (places_left > 0 and status = 'SCHEDULED' and start_time > now())
    )
    and case
        when :status::class_session_status is null then status <> 'CANCELLED'
        else status = :status::class_session_status
    end
    and (:q::text is null or lower(concat_ws(' ', title, gym_name, trainer_name)) like lower(:q))
order by start_time desc, id desc
limit :limit;

-- name: count_class_sessions(gym_id, trainer_id, starts_from, starts_to, has_space, status, q, viewer_id)$
-- How many rows these lists have in all.
select count(*)
from class_sessions_seen_by(:viewer_id)
where
    start_time >= coalesce(:starts_from::timestamptz, now())
    and start_time < coalesce(:starts_to::timestamptz, 'infinity')
    and (:gym_id::bigint is null or gym_id = :gym_id)
    and (:trainer_id::uuid is null or trainer_id = :trainer_id)
    and (
        :has_space::boolean is null
        or :has_space::boolean = (places_left > 0 and status = 'SCHEDULED' and start_time > now())
    )
    and case
        when :status::class_session_status is null then status <> 'CANCELLED'
        else status = :status::class_session_status
    end
    and (:q::text is null or lower(concat_ws(' ', title, gym_name, trainer_name)) like lower(:q));

-- name: list_ended_class_sessions(after_id, limit)
-- Classes that have ended and are still to be completed, those after an id.
with ended as materialized ( -- found by when they end, and not by their ids
    select class_sessions.id
    from class_sessions
    where class_sessions.status in ('SCHEDULED', 'IN_PROGRESS') and class_sessions.end_time <= now()
)

select ended.id
from ended
where ended.id > :after_id
order by ended.id
limit :limit;

-- name: list_unsettled_class_sessions(after_id, limit)
-- Classes, those after an id, whose waiting list is to be looked at: what was offered was not taken in time, the class has
-- begun, or a place is free, which whoever waits may be able to have by now.
select unsettled.id
from (
    select session_waitlist.session_id as id
    from session_waitlist
    where session_waitlist.status = 'OFFERED' and session_waitlist.offer_expires_at <= now()
    union
    select begun.id
    from class_sessions as begun
    where (begun.waiting > 0 or begun.places_offered > 0) and begun.start_time <= now()
    union
    select free.id
    from class_sessions as free
    where free.waiting > 0 and free.places_taken + free.places_offered < free.capacity
) as unsettled
where unsettled.id > :after_id
order by unsettled.id
limit :limit;
