-- name: lock_users(user_ids)
-- Locks: these users' rows, by id, as lock_user does.
select *
from auth_users
where id = any(:user_ids::uuid [])
order by id
limit 10000
for no key update;

-- name: mark_users_erased(user_ids, name)!
-- Overwrite whose these accounts were, and let nobody in by them any more. The users are locked.
update auth_users
set
    name = :name,
    email = 'erased-' || id || '@erased.invalid',
    email_verified = null,
    image = null,
    phone_number = null,
    phone_verified = null,
    status = 'SUSPENDED',
    access_ended_at = clock_timestamp(),
    updated_at = now()
where id = any(:user_ids::uuid []);

-- name: delete_credentials(user_ids)!
-- Remove the passwords of these users, who are locked.
delete from auth_accounts
where user_id = any(:user_ids::uuid []);

-- name: delete_otp_sessions_of_users(user_ids)!
-- Remove the codes that were sent to the phones of these users, who are locked.
delete from otp_sessions
using auth_users
where auth_users.id = any(:user_ids::uuid []) and otp_sessions.phone_number = auth_users.phone_number;

-- name: mark_profiles_erased(user_ids)!
-- Overwrite what these users, who are locked, have told of themselves.
update user_profiles
set
    date_of_birth = null,
    phone = null,
    bio = null,
    updated_at = now()
where user_id = any(:user_ids::uuid []);

-- name: delete_addresses_of_users(user_ids)!
-- Remove the addresses of these users, who are locked.
delete from addresses
where user_id = any(:user_ids::uuid []);
