-- name: list_support_problems_by_created_at_desc(after_key, after_id, limit, viewer_id, q, status, type, priority, assignee_id)
-- The problems that a viewer is shown, newest first.
select *
from support_problems_seen_by(:viewer_id)
where
    (created_at, id) < (coalesce(:after_key::timestamptz, 'infinity'), coalesce(:after_id::bigint, 9223372036854775807))
    and (:q::text is null or lower(number || ' ' || title || ' ' || description) like lower(:q))
    and (:status::support_status is null or status = :status::support_status)
    and (:type::support_type is null or type = :type::support_type)
    and (:priority::support_priority is null or priority = :priority::support_priority)
    and (:assignee_id::uuid is null or assignee_id = :assignee_id::uuid)
order by created_at desc, id desc
limit :limit;

-- name: count_support_problems(viewer_id, q, status, type, priority, assignee_id)$
-- How many rows this list has in all.
select count(*)
from support_problems_seen_by(:viewer_id)
where
    (:q::text is null or lower(number || ' ' || title || ' ' || description) like lower(:q))
    and (:status::support_status is null or status = :status::support_status)
    and (:type::support_type is null or type = :type::support_type)
    and (:priority::support_priority is null or priority = :priority::support_priority)
    and (:assignee_id::uuid is null or assignee_id = :assignee_id::uuid);

-- name: get_support_problem(problem_id, viewer_id)^
-- One problem, if the viewer is shown it.
select *
from support_problems_seen_by(:viewer_id)
where id = :problem_id;

-- name: lock_support_problem(problem_id, reporter_id)^
-- Locks: a problem, of whoever reported it where they are given; before inboxes.
select *
from support_problems
where id = :problem_id and (:reporter_id::uuid is null or user_id = :reporter_id::uuid)
for no key update;

-- name: lock_writing_user(user_id)^
-- Locks: a user for share, if they are ACTIVE: nobody is suspended or forgotten while they write; before problems.
select id
from auth_users
where id = :user_id and status = 'ACTIVE'
for share;

-- name: lock_assignee(user_id, roles)^
-- Locks: a user for share, if they are ACTIVE and of one of these roles; before problems.
select id
from auth_users
where id = :user_id and status = 'ACTIVE' and role = any(:roles::text []::user_role [])
for share;

-- name: insert_support_problem(user_id, type, priority, title, description)$
-- Keep a problem that is reported; gives its id.
insert into support_problems (user_id, type, priority, title, description)
values (:user_id, :type, :priority, :title, :description)
returning id;

-- name: update_support_problem(problem_id, priority, assignee_id, status)!
-- Give a problem these, and say when it was resolved and closed. It is locked.
update support_problems
set
    priority = :priority,
    assignee_id = :assignee_id,
    status = :status,
    resolved_at = case
        when :status::support_status in ('RESOLVED', 'CLOSED') then coalesce(resolved_at, now())
    end,
    closed_at = case when :status::support_status = 'CLOSED' then coalesce(closed_at, now()) end,
    updated_at = now()
where id = :problem_id;
