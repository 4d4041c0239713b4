-- name: get_user(user_id)^
-- One user.
select *
from user_details
where id = :user_id;

-- name: get_user_history(user_id)^
-- One user, with what administrators have made of their role and status, newest last.
select
    user_details.*,
    (
        select
            coalesce(
                json_agg(
                    json_build_object(
                        'id', history.id,
                        'role', history.role,
                        'status', history.status,
                        'reason', history.reason,
                        'changedBy', history.changed_by,
                        'changedByName', coalesce(staff_members.name, changers.name),
                        'changedAt', rfc3339(history.changed_at)
                    )
                    order by history.id
                ),
                '[]'
            )
        from (
            select *
            from user_access_changes
            where user_access_changes.user_id = user_details.id
            order by user_access_changes.id desc
            limit 200
        ) as history
        left join auth_users as changers on history.changed_by = changers.id
        left join staff_members on changers.id = staff_members.user_id
    ) as access_changes
from user_details
where user_details.id = :user_id;

-- name: lock_staff_member_of_user(user_id)^
-- Locks: the staff record of a user, before the user: a role that changes is written to it by its foreign key, and whoever
-- changes the record locks it first as well.
select *
from staff_members
where user_id = :user_id
for no key update;

-- name: lock_user(user_id)^
-- Locks: the user's row. After staff members, one-time links and codes; before passwords and sessions.
select *
from auth_users
where id = :user_id
for no key update;

-- name: lock_user_and_claimant(user_id, phone_number)
-- Locks: a user, and whoever only claims the phone number that they are about to claim, by id as everybody locks users.
select *
from auth_users
where id = :user_id or (phone_number = :phone_number and phone_verified is null)
order by id
limit 2
for no key update;

-- name: lock_user_by_email(email)^
-- Locks: the row of the user with this e-mail, as lock_user does.
select *
from auth_users
where lower(email) = lower(:email)
for no key update;

-- name: lock_user_by_phone(phone_number, is_demo_welcome)^
-- Locks: the row of the user whose verified phone this is, as lock_user does.
select *
from auth_users
where
    phone_number = :phone_number
    and phone_verified is not null
    and (:is_demo_welcome or not is_demo)
for no key update;

-- name: lock_user_and_owners(user_id)
-- Locks: a user and all owners, by id, so that of two owners who go at once the second finds that they are the last.
select *
from auth_users
where id = :user_id or role = 'OWNER'
order by id
limit 1000
for no key update;

-- name: get_phone_holder(phone_number)^
-- Who has proved this phone number to be theirs, as far as it decides whether they are written to.
select
    status,
    is_demo
from auth_users
where phone_number = :phone_number and phone_verified is not null;

-- name: get_recipient(email)^
-- To whom to write about an account: the e-mail as its user gave it, not as somebody has typed it now; and whether it is a
-- client's contact, whose pages are the portal's.
select
    email,
    exists (
        select
        from client_contacts
        where client_contacts.user_id = auth_users.id and client_contacts.is_active
    ) as is_contact
from auth_users
where lower(email) = lower(:email) and status <> 'SUSPENDED';

-- name: insert_user(name, email, phone_number, role, status, is_email_verified, is_phone_verified)$
-- Add a user; gives their id.
insert into auth_users (name, email, phone_number, role, status, email_verified, phone_verified)
values (
    :name,
    :email,
    :phone_number,
    :role,
    :status,
    case when :is_email_verified then now() end,
    case when :is_phone_verified then now() end
)
returning id;

-- name: update_user(id, name, image, phone_number, phone_verified)!
-- Change what users say of themselves.
update auth_users
set
    name = :name,
    image = :image,
    phone_number = :phone_number,
    phone_verified = :phone_verified,
    updated_at = now()
where id = :id;

-- name: update_user_access(user_id, role, status)!
-- Change what a user is and whether they may come in; the record of a staff member follows by its foreign key. Locked:
-- by the clock, what was made under that lock before was made before.
update auth_users
set
    role = :role,
    status = :status,
    access_ended_at = case when :status::user_status = 'SUSPENDED' then clock_timestamp() else access_ended_at end,
    updated_at = now()
where id = :user_id;

-- name: mark_email_verified(user_id, status)!
-- Note that a user's e-mail has proved to be theirs, and the status that follows. The user is locked.
update auth_users
set
    email_verified = coalesce(email_verified, now()),
    status = :status,
    updated_at = now()
where id = :user_id;

-- name: mark_phone_verified(user_id, status)!
-- Note that a user's phone has proved to be theirs, and the status that follows. The user is locked.
update auth_users
set
    phone_verified = coalesce(phone_verified, now()),
    status = :status,
    updated_at = now()
where id = :user_id;

-- name: mark_phone_released(phone_number)!
-- Take a phone number from whoever has only claimed it, for the next who does: it is kept by who proves it.
update auth_users
set
    phone_number = null,
    updated_at = now()
where phone_number = :phone_number and phone_verified is null;

-- name: mark_user_handed_over(user_id, name, role, status)!
-- Give an account to whoever reads its e-mail, with the name, role and status that go with it. Its phone may be that of
-- whoever opened it, so it has to be verified anew. The user is locked.
update auth_users
set
    name = :name,
    role = :role,
    status = :status,
    access_ended_at = clock_timestamp(),
    email_verified = coalesce(email_verified, now()),
    phone_verified = null,
    updated_at = now()
where id = :user_id;

-- name: mark_user_signed_in(user_id)!
-- Note when a user has last signed in. The user is locked.
update auth_users
set last_login_at = now()
where id = :user_id;

-- name: insert_user_access_change(user_id, role, status, reason, changed_by)!
-- Log what an administrator has made of a user's role and status, and why.
insert into user_access_changes (user_id, role, status, reason, changed_by)
values (:user_id, :role, :status, :reason, :changed_by);

-- name: list_users_by_created_at(after_key, after_id, limit, q, role, status)
-- Users, oldest first.
select *
from user_details
where
    (created_at, id) > (
        coalesce(:after_key::timestamptz, '-infinity'),
        coalesce(:after_id::uuid, '00000000-0000-0000-0000-000000000000')
    )
    and (:q::text is null or lower(name || ' ' || email || ' ' || coalesce(phone_number, '')) like lower(:q))
    and (:role::user_role is null or role = :role)
    and (:status::user_status is null or status = :status)
order by created_at, id
limit :limit;

-- name: list_users_by_created_at_desc(after_key, after_id, limit, q, role, status)
-- Users, newest first.
select *
from user_details
where
    (created_at, id) < (
        coalesce(:after_key::timestamptz, 'infinity'),
        coalesce(:after_id::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
    )
    and (:q::text is null or lower(name || ' ' || email || ' ' || coalesce(phone_number, '')) like lower(:q))
    and (:role::user_role is null or role = :role)
    and (:status::user_status is null or status = :status)
order by created_at desc, id desc
limit :limit;

-- name: list_users_by_name(after_key, after_id, limit, q, role, status)
-- Users, by name.
select *
from user_details
where
    (lower(name), id) > (
        coalesce(lower(:after_key::text), ''),
        coalesce(:after_id::uuid, '00000000-0000-0000-0000-000000000000')
    )
    and (:q::text is null or lower(name || ' ' || email || ' ' || coalesce(phone_number, '')) like lower(:q))
    and (:role::user_role is null or role = :role)
    and (:status::user_status is null or status = :status)
order by lower(name), id
limit :limit;

-- name: list_users_by_name_desc(after_key, after_id, limit, q, role, status)
-- Users, by name, backwards.
select *
from user_details
where
    (lower(name), id) < (
        coalesce(lower(:after_key::text), (select max(lower(name)) from auth_users)),
        coalesce(:after_id::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
    )
    and (:q::text is null or lower(name || ' ' || email || ' ' || coalesce(phone_number, '')) like lower(:q))
    and (:role::user_role is null or role = :role)
    and (:status::user_status is null or status = :status)
order by lower(name) desc, id desc
limit :limit;

-- name: count_users(q, role, status)$
-- How many rows these lists have in all.
select count(*)
from user_details
where
    (:q::text is null or lower(name || ' ' || email || ' ' || coalesce(phone_number, '')) like lower(:q))
    and (:role::user_role is null or role = :role)
    and (:status::user_status is null or status = :status);
