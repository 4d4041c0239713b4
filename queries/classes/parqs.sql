-- name: insert_parq(user_id, heart_condition, chest_pain_active, chest_pain_resting, dizziness, joint_problem, medication, other_reason, clearance)$
-- Keep what somebody says of their health, for twelve months from now; gives the id.
insert into parqs (user_id, answers, clearance, valid_until)
values (
    :user_id,
    jsonb_build_object(
        'heartCondition', :heart_condition::boolean,
        'chestPainActive', :chest_pain_active::boolean,
        'chestPainResting', :chest_pain_resting::boolean,
        'dizziness', :dizziness::boolean,
        'jointProblem', :joint_problem::boolean,
        'medication', :medication::boolean,
        'otherReason', :other_reason::boolean
    ),
    :clearance,
    now() + interval '12 months'
)
returning id;

-- name: get_parq(parq_id)^
-- One questionnaire.
select *
from parq_details
where id = :parq_id;

-- name: get_newest_parq(user_id)^
-- What somebody has last said of their health.
select *
from parq_details
where user_id = :user_id
order by id desc
limit 1;

-- name: list_parqs_by_created_at_desc(after_key, after_id, limit, clearance, user_id)
-- Questionnaires, newest first.
select *
from parq_details
where
    (created_at, id) < (
        coalesce(:after_key::timestamptz, 'infinity'), coalesce(:after_id::bigint, 9223372036854775807)
    )
    and (:clearance::clearance_status is null or clearance = :clearance)
    and (:user_id::uuid is null or user_id = :user_id)
order by created_at desc, id desc
limit :limit;

-- name: count_parqs(clearance, user_id)$
-- How many rows this list has in all.
select count(*)
from parq_details
where
    (:clearance::clearance_status is null or clearance = :clearance)
    and (:user_id::uuid is null or user_id = :user_id);

-- name: lock_parq(parq_id)^
-- Locks: a questionnaire. What was answered in it is not asked for.
select
    parqs.id,
    parqs.user_id,
    parqs.clearance,
    not exists (
        select
        from parqs as later
        where later.user_id = parqs.user_id and later.id > parqs.id
    ) as is_newest
from parqs
where parqs.id = :parq_id
for no key update;

-- name: mark_parq_decided(parq_id, clearance, clearance_note, decided_by)!
-- Say whether somebody is cleared for exercise. The questionnaire is locked, and PENDING.
update parqs
set
    clearance = :clearance,
    clearance_note = :clearance_note,
    decided_by = :decided_by,
    decided_at = now()
where id = :parq_id;

-- name: delete_parqs_of_users(user_ids)!
-- Remove what these users, who are locked, have said of their health.
delete from parqs
where user_id = any(:user_ids::uuid []);
