-- name: get_profile(user_id)^
-- A user's profile.
select
    date_of_birth,
    phone,
    bio,
    created_at,
    updated_at
from user_profiles
where user_id = :user_id;

-- name: lock_profile(user_id)^
-- Locks: the user's profile, alone.
select *
from user_profiles
where user_id = :user_id
for no key update;

-- name: insert_profile(user_id)!
-- Give a new user a profile, for themselves to fill in.
insert into user_profiles (user_id)
values (:user_id);

-- name: update_profile(user_id, date_of_birth, phone, bio)!
-- Change a profile.
update user_profiles
set
    date_of_birth = :date_of_birth,
    phone = :phone,
    bio = :bio,
    updated_at = now()
where user_id = :user_id;
