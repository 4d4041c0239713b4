-- name: get_credentials(email, is_demo_welcome)^
-- The account and password hash of whoever signs in with an e-mail. In production the demo's accounts are not there.
select
    auth_users.id,
    auth_accounts.password
from auth_users
inner join auth_accounts on auth_users.id = auth_accounts.user_id and auth_accounts.provider = 'credentials'
where lower(auth_users.email) = lower(:email) and (:is_demo_welcome or not auth_users.is_demo);

-- name: get_own_credentials(user_id)^
-- The e-mail and password hash of a user who is signed in; a person may have no password.
select
    auth_users.email,
    auth_accounts.password
from auth_users
left join auth_accounts on auth_users.id = auth_accounts.user_id and auth_accounts.provider = 'credentials'
where auth_users.id = :user_id;

-- name: lock_credentials(user_id)^
-- Locks: the user's password, after the user. A person may have none.
select password
from auth_accounts
where user_id = :user_id and provider = 'credentials'
for no key update;

-- name: upsert_credentials(user_id, password)^
-- Give a user a password, by its hash, in place of the one they had. The user is locked.
insert into auth_accounts (user_id, provider, type, provider_account_id, password)
values (:user_id, 'credentials', 'credentials', :user_id::uuid::text, :password)
on conflict (user_id) where provider = 'credentials' do update set password = excluded.password
returning id;
