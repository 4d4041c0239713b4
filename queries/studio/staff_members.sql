-- name: get_staff_member(staff_id)^
-- One staff member.
select *
from staff_member_details
where id = :staff_id;

-- name: lock_staff_member(staff_id)^
-- Locks: the member's row.
select *
from staff_members
where id = :staff_id
for no key update;

-- name: lock_staff_members(staff_ids)
-- Locks: the members' rows, by id. Whoever gives these people work waits here, so that two bookings which want the
-- same hour of one person meet in turn, and the second finds the first.
select *
from staff_members
where id = any(:staff_ids::bigint [])
order by id
limit 100
for no key update;

-- name: lock_invited_staff_member(email)^
-- Locks: the row of the member who was invited by this e-mail and has no account yet.
select *
from staff_members
where lower(email) = lower(:email) and status = 'INVITED' and user_id is null
for no key update;

-- name: insert_staff_member(name, role, email, phone, avatar_url, status)$
-- Add a staff member; gives their id.
insert into staff_members (name, role, email, phone, avatar_url, status)
values (:name, :role, :email, :phone, :avatar_url, :status)
returning id;

-- name: mark_staff_member_joined(staff_id, user_id)!
-- Give a member the account they have taken up. The member is locked.
update staff_members
set
    user_id = :user_id,
    status = 'ACTIVE',
    updated_at = now()
where id = :staff_id;

-- name: update_staff_member(id, name, role, email, phone, avatar_url, status)!
-- Change a staff member.
update staff_members
set
    name = :name,
    role = :role,
    email = :email,
    phone = :phone,
    avatar_url = :avatar_url,
    status = :status,
    updated_at = now()
where id = :id;

-- name: delete_staff_member(staff_id)!
-- Remove a staff member who has neither assignments nor jobs left.
delete from staff_members
where id = :staff_id;

-- name: list_staff_members_by_name(after_key, after_id, limit, q, role, status)
-- Staff members, by name.
select *
from staff_member_details
where
    (lower(name), id) > (coalesce(lower(:after_key::text), ''), coalesce(:after_id::bigint, 0))
    and (:q::text is null or lower(name || ' ' || coalesce(email, '')) like lower(:q))
    and (:role::user_role is null or role = :role)
    and (:status::staff_status is null or status = :status)
order by lower(name), id
limit :limit;

-- name: list_staff_members_by_name_desc(after_key, after_id, limit, q, role, status)
-- Staff members, by name, backwards.
select *
from staff_member_details
where
    (lower(name), id) < (
        coalesce(lower(:after_key::text), (select max(lower(name)) from staff_members)),
        coalesce(:after_id::bigint, 9223372036854775807)
    )
    and (:q::text is null or lower(name || ' ' || coalesce(email, '')) like lower(:q))
    and (:role::user_role is null or role = :role)
    and (:status::staff_status is null or status = :status)
order by lower(name) desc, id desc
limit :limit;

-- name: count_staff_members(q, role, status)$
-- How many rows these lists have in all.
select count(*)
from staff_members
where
    (:q::text is null or lower(name || ' ' || coalesce(email, '')) like lower(:q))
    and (:role::user_role is null or role = :role)
    and (:status::staff_status is null or status = :status);

-- name: exists_staff_member_with_email(email)$
-- Whether somebody on the team, also of former times, has this e-mail.
select exists (
    select
    from staff_members
    where lower(email) = lower(:email)
);
