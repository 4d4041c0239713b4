-- name: upsert_attempts(action, address, account, per_address, per_account, seconds)^
-- Count one more try of an action by an address, and, while the address has not tried too often, by an account; gives the
-- seconds until whichever tried too often may try again, or 0. Counted whatever becomes of the request. Sweeps a few
-- whose time is over. Rows are locked address first.
with expired as (
    select
        auth_attempts.action,
        auth_attempts.subject
    from auth_attempts
    where auth_attempts.resets_at < now() - interval '1 hour'
    order by auth_attempts.resets_at
    limit 10
    for update skip locked
), swept as (
    delete from auth_attempts
    using expired
    where
        auth_attempts.action = expired.action
        and auth_attempts.subject = expired.subject
        and auth_attempts.subject not in (:address, :account)
), by_address as (
    insert into auth_attempts (action, subject, resets_at)
    values (:action, :address, now() + make_interval(secs => :seconds))
    on conflict (action, subject) do update set
        attempts = case when auth_attempts.resets_at <= now() then 1 else auth_attempts.attempts + 1 end,
        resets_at = case when auth_attempts.resets_at <= now() then excluded.resets_at else auth_attempts.resets_at end
    returning attempts, resets_at
), by_account as (
    insert into auth_attempts (action, subject, resets_at)
    select
        :action,
        :account,
        now() + make_interval(secs => :seconds)
    from by_address
    where by_address.attempts <= :per_address
    on conflict (action, subject) do update set
        attempts = case when auth_attempts.resets_at <= now() then 1 else auth_attempts.attempts + 1 end,
        resets_at = case when auth_attempts.resets_at <= now() then excluded.resets_at else auth_attempts.resets_at end
    returning attempts, resets_at
), too_often as (
    select resets_at
    from by_address
    where attempts > :per_address
    union all
    select resets_at
    from by_account
    where attempts > :per_account
)

select coalesce(max(ceil(extract(epoch from resets_at - now()))), 0)::integer as retry_after
from too_often;

-- name: delete_attempts(action, subject)!
-- Forget what a subject has tried in vain: it has succeeded.
delete from auth_attempts
where action = :action and subject = :subject;
