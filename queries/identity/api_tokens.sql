-- name: get_api_token_caller(token, is_demo_welcome)^
-- Who holds a personal access token, by its digest, and what it was given; notes its use, at most every five minutes.
with caller as (
    select
        api_tokens.id as token_id,
        api_tokens.permissions::text [] as permissions,
        auth_users.id as user_id,
        coalesce(staff_members.name, client_contacts.name, auth_users.name) as name,
        auth_users.role,
        auth_users.status = 'ACTIVE' as is_active,
        staff_members.id as staff_id,
        client_contacts.id as contact_id
    from api_tokens
    inner join auth_users on api_tokens.user_id = auth_users.id
    left join staff_members on auth_users.id = staff_members.user_id
    left join client_contacts on auth_users.id = client_contacts.user_id and client_contacts.is_active
    where
        api_tokens.token = :token
        and api_tokens.expires_at > now()
        and auth_users.status <> 'SUSPENDED'
        and (:is_demo_welcome or not auth_users.is_demo)
), used as (
    update api_tokens set last_used_at = now()
    from caller
    where
        api_tokens.id = caller.token_id
        and coalesce(api_tokens.last_used_at, '-infinity') < now() - interval '5 minutes'
)

select * from caller;

-- name: get_api_token(token_id, user_id)^
-- One of a user's personal access tokens, as far as it is ever shown again.
select
    id,
    name,
    permissions::text [] as permissions,
    expires_at,
    last_used_at,
    created_at
from api_tokens
where id = :token_id and user_id = :user_id;

-- name: insert_api_token(user_id, name, token, permissions, expires_at)$
-- Add a personal access token, by its digest; gives its id. Without an end it lasts 90 days.
insert into api_tokens (user_id, name, token, permissions, expires_at)
values (
    :user_id,
    :name,
    :token,
    :permissions::text []::permission [],
    coalesce(:expires_at::timestamptz, now() + interval '90 days')
)
returning id;

-- name: delete_api_token(token_id, user_id)!
-- Revoke a personal access token, at once.
delete from api_tokens
where id = :token_id and user_id = :user_id;

-- name: delete_api_tokens(user_id)!
-- Revoke all of a user's personal access tokens.
delete from api_tokens
where user_id = :user_id;

-- name: list_api_tokens(after_key, after_id, limit, user_id)
-- A user's personal access tokens, newest first.
select
    id,
    name,
    permissions::text [] as permissions,
    expires_at,
    last_used_at,
    created_at
from api_tokens
where
    (created_at, id) < (
        coalesce(:after_key::timestamptz, 'infinity'),
        coalesce(:after_id::bigint, 9223372036854775807)
    )
    and user_id = :user_id
order by created_at desc, id desc
limit :limit;

-- name: count_api_tokens(user_id)$
-- How many rows list_api_tokens has in all.
select count(*)
from api_tokens
where user_id = :user_id;
