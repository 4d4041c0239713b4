-- name: upsert_verification_token(email, token, purpose, seconds)^
-- Make a one-time link for an e-mail, by its digest: it kills the older of its kind. Sweeps a few whose time is over.
with expired as (
    select auth_verification_token.token
    from auth_verification_token
    where auth_verification_token.expires_at < now() - interval '1 day'
    order by auth_verification_token.expires_at
    limit 10
    for update skip locked
), swept as (
    delete from auth_verification_token
    using expired
    where
        auth_verification_token.token = expired.token
        and (auth_verification_token.identifier, auth_verification_token.purpose)
        <> (lower(:email), :purpose::verification_purpose)
)

insert into auth_verification_token (identifier, token, purpose, expires_at)
values (lower(:email), :token, :purpose, now() + make_interval(secs => :seconds))
on conflict (identifier, purpose) do update set
    token = excluded.token,
    expires_at = excluded.expires_at,
    created_at = now()
returning expires_at;

-- name: lock_verification_token(token, purpose)^
-- Locks: the link, after a staff member and before any user; whoever else opens it waits, and then finds it gone.
select identifier
from auth_verification_token
where token = :token and purpose = :purpose and expires_at > now()
for update;

-- name: get_verification_token(token, purpose)^
-- To which e-mail a link was sent, if it is still good. Whoever uses it locks it too, and looks again.
select identifier
from auth_verification_token
where token = :token and purpose = :purpose and expires_at > now();

-- name: delete_verification_tokens_of_users(user_ids)!
-- Take back every link that was sent to a user. Before the users are locked, as whoever opens one locks it first.
delete from auth_verification_token
using auth_users
where auth_users.id = any(:user_ids::uuid []) and auth_verification_token.identifier = lower(auth_users.email);

-- name: delete_verification_token(email, purpose)!
-- Take back an e-mail's link of one kind, because it was used or is of no use any more.
delete from auth_verification_token
where identifier = lower(:email) and purpose = :purpose;
