-- name: lock_gym_for_induction(gym_id)^
-- Locks: a gym, for share: nobody closes it while somebody asks to be inducted there.
select
    status,
    now() as now
from gyms
where id = :gym_id
for share;

-- name: mark_lapsed_inductions_cancelled(user_id, gym_id)!
-- Cancel what somebody has asked for at a gym and nobody confirmed in time. Locks: that induction.
update inductions
set
    status = 'CANCELLED',
    updated_at = now()
where user_id = :user_id and gym_id = :gym_id and status = 'PENDING' and start_time <= now();

-- name: insert_induction(gym_id, user_id, start_time, end_time)$
-- Ask for an induction; gives its id. The gym is locked.
insert into inductions (gym_id, user_id, start_time, end_time)
values (:gym_id, :user_id, :start_time, :end_time)
returning id;

-- name: exists_induction(user_id, gym_id)$
-- Whether somebody has had their induction at a gym.
select has_induction(:user_id, :gym_id);

-- name: get_induction(induction_id, viewer_id)^
-- One induction, as every list shows it, if the viewer may see it.
select *
from inductions_seen_by(:viewer_id)
where id = :induction_id;

-- name: list_inductions_by_start_time(after_key, after_id, limit, starts_from, starts_to, status, gym_id, viewer_id)
-- Inductions, earliest start first.
select *
from inductions_seen_by(:viewer_id)
where
    (start_time, id) > (coalesce(:after_key::timestamptz, '-infinity'), coalesce(:after_id::bigint, 0))
    and start_time >= coalesce(:starts_from::timestamptz, '-infinity')
    and start_time < coalesce(:starts_to::timestamptz, 'infinity')
    and (:status::induction_status is null or status = :status)
    and (:gym_id::bigint is null or gym_id = :gym_id)
order by start_time, id
limit :limit;

-- name: list_inductions_by_start_time_desc(after_key, after_id, limit, starts_from, starts_to, status, gym_id, viewer_id)
-- Inductions, latest start first.
select *
from inductions_seen_by(:viewer_id)
where
    (start_time, id) < (
        coalesce(:after_key::timestamptz, 'infinity'),
        coalesce(:after_id::bigint, 9223372036854775807)
    )
    and start_time >= coalesce(:starts_from::timestamptz, '-infinity')
    and start_time < coalesce(:starts_to::timestamptz, 'infinity')
    and (:status::induction_status is null or status = :status)
    and (:gym_id::bigint is null or gym_id = :gym_id)
order by start_time desc, id desc
limit :limit;

-- name: count_inductions(starts_from, starts_to, status, gym_id, viewer_id)$
-- How many rows these lists have in all.
select count(*)
from inductions_seen_by(:viewer_id)
where
    start_time >= coalesce(:starts_from::timestamptz, '-infinity')
    and start_time < coalesce(:starts_to::timestamptz, 'infinity')
    and (:status::induction_status is null or status = :status)
    and (:gym_id::bigint is null or gym_id = :gym_id);

-- name: lock_induction(induction_id, caller_id)^
-- Locks: an induction, before its trainer. With whether the caller is an active trainer at its gym.
select
    inductions.id,
    inductions.gym_id,
    inductions.user_id,
    inductions.trainer_id,
    inductions.start_time,
    inductions.end_time,
    inductions.status,
    inductions.start_time <= now() as has_begun,
    now() as now,
    exists (
        select
        from gym_trainers
        where
            gym_trainers.gym_id = inductions.gym_id
            and gym_trainers.trainer_id = :caller_id
            and gym_trainers.is_active
    ) as is_callers_gym
from inductions
where inductions.id = :induction_id
for no key update;

-- name: lock_active_trainer(gym_id, trainer_id)^
-- Locks: a trainer at a gym, for share: they stay one while they are given something there. None who is not active.
select trainer_id
from gym_trainers
where gym_id = :gym_id and trainer_id = :trainer_id and is_active
for share;

-- name: update_induction(induction_id, trainer_id, start_time, end_time, status)^
-- Change an induction, and with it the time of its trainer. It is locked.
update inductions
set
    trainer_id = :trainer_id,
    start_time = :start_time,
    end_time = :end_time,
    status = :status,
    updated_at = now()
where id = :induction_id
returning id;
