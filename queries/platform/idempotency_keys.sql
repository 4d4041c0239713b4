-- name: lock_idempotency_key(caller, key)^
-- Locks: the key's advisory lock, to the end of the transaction. Never waits: a second request is told to come back.
select pg_try_advisory_xact_lock(hashtextextended(current_schema() || ' ' || :caller || ' ' || :key, 0)) as is_locked;

-- name: get_idempotency_key(caller, key)^
-- The stored first answer, unless its 24 hours are over.
select
    request_digest,
    status,
    headers,
    body
from idempotency_keys
where caller = :caller and key = :key and created_at > now() - interval '24 hours';

-- name: upsert_idempotency_key(caller, key, request_digest, status, headers, body)^
-- Keep the first answer, in place of one whose time is over; the same statement sweeps a few other expired ones.
with expired as (
    select
        idempotency_keys.caller,
        idempotency_keys.key
    from idempotency_keys
    where idempotency_keys.created_at < now() - interval '24 hours'
    order by idempotency_keys.created_at
    limit 10
    for update skip locked
), swept as (
    delete from idempotency_keys
    using expired
    where
        idempotency_keys.caller = expired.caller
        and idempotency_keys.key = expired.key
        and (idempotency_keys.caller, idempotency_keys.key) <> (:caller, :key)
)

insert into idempotency_keys (caller, key, request_digest, status, headers, body)
values (:caller, :key, :request_digest, :status, :headers, :body)
on conflict (caller, key) do update set
    request_digest = excluded.request_digest,
    status = excluded.status,
    headers = excluded.headers,
    body = excluded.body,
    created_at = now()
returning created_at;

-- name: delete_idempotency_keys_about(words, locations)!
-- Remove the stored answers that hold one of these pieces of JSON, or made something below one of these addresses.
delete from idempotency_keys
where
    exists (
        select
        from unnest(:words::bytea []) as pieces (word)
        where position(pieces.word in idempotency_keys.body) > 0
    )
    or idempotency_keys.headers ->> 'Location' like any(:locations::text []);
