-- name: get_session_caller(session_token, is_demo_welcome)^
-- Who holds a session token, by its digest: the one query that every request of a user costs. In the same statement, at
-- most every five minutes, it notes that the session was seen. A suspended user is nobody. A member of the team goes by
-- the name of their record, which they do not change themselves: it stands in the books; and so does a client's contact.
with caller as (
    select
        auth_sessions.id as session_id,
        auth_sessions.last_seen_at,
        auth_users.id as user_id,
        coalesce(staff_members.name, client_contacts.name, auth_users.name) as name,
        auth_users.role,
        auth_users.status = 'ACTIVE' as is_active,
        staff_members.id as staff_id,
        client_contacts.id as contact_id
    from auth_sessions
    inner join auth_users on auth_sessions.user_id = auth_users.id
    left join staff_members on auth_users.id = staff_members.user_id
    left join client_contacts on auth_users.id = client_contacts.user_id and client_contacts.is_active
    where
        auth_sessions.session_token = :session_token
        and auth_sessions.expires_at > now()
        and auth_users.status <> 'SUSPENDED'
        and (:is_demo_welcome or not auth_users.is_demo)
), seen as (
    update auth_sessions set last_seen_at = now()
    from caller
    where auth_sessions.id = caller.session_id and auth_sessions.last_seen_at < now() - interval '5 minutes'
)

select * from caller;

-- name: get_session(session_id, user_id)^
-- One of a user's sessions.
select
    id,
    host(ip_address) as ip_address,
    user_agent,
    last_seen_at,
    expires_at,
    created_at
from auth_sessions
where id = :session_id and user_id = :user_id and expires_at > now();

-- name: insert_session(user_id, session_token, ip_address, user_agent)^
-- Sign a user in, and sweep the sessions of theirs that are over, or older than a hundred others. The user is locked.
with oldest as (
    select auth_sessions.id
    from auth_sessions
    where auth_sessions.user_id = :user_id and auth_sessions.expires_at > now()
    order by auth_sessions.created_at desc, auth_sessions.id desc
    offset 99
), swept as (
    delete from auth_sessions
    where
        auth_sessions.user_id = :user_id
        and (auth_sessions.expires_at <= now() or auth_sessions.id in (select oldest.id from oldest))
)

insert into auth_sessions (user_id, session_token, ip_address, user_agent)
values (:user_id, :session_token, :ip_address::text::inet, :user_agent)
returning id, expires_at;

-- name: delete_session(session_id, user_id)!
-- End one of a user's sessions, at once.
delete from auth_sessions
where id = :session_id and user_id = :user_id;

-- name: delete_sessions(user_id, kept_id)!
-- End all of a user's sessions, but the one that is kept.
delete from auth_sessions
where user_id = :user_id and id is distinct from :kept_id::bigint;

-- name: list_sessions(after_key, after_id, limit, user_id)
-- A user's sessions that are not over, newest first.
select
    id,
    host(ip_address) as ip_address,
    user_agent,
    last_seen_at,
    expires_at,
    created_at
from auth_sessions
where
    (created_at, id) < (
        coalesce(:after_key::timestamptz, 'infinity'),
        coalesce(:after_id::bigint, 9223372036854775807)
    )
    and user_id = :user_id
    and expires_at > now()
order by created_at desc, id desc
limit :limit;

-- name: count_sessions(user_id)$
-- How many rows list_sessions has in all.
select count(*)
from auth_sessions
where user_id = :user_id and expires_at > now();
