-- name: upsert_attempts(action, subjects, most, seconds)^
-- Count one more try of an action by each subject (an account, an address), and give the seconds until the first of them
-- that tried too often may try again, or 0. Counted whatever becomes of the request. Sweeps a few whose time is over.
-- Rows are locked in the order of their subjects.
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
        and auth_attempts.subject <> all(:subjects::bytea [])
), counted as (
    insert into auth_attempts (action, subject, resets_at)
    select
        :action,
        limited.subject,
        now() + make_interval(secs => :seconds)
    from unnest(:subjects) as limited (subject)
    order by limited.subject
    on conflict (action, subject) do update set
        attempts = case when auth_attempts.resets_at <= now() then 1 else auth_attempts.attempts + 1 end,
        resets_at = case when auth_attempts.resets_at <= now() then excluded.resets_at else auth_attempts.resets_at end
    returning subject, attempts, resets_at
)

select coalesce(max(ceil(extract(epoch from counted.resets_at - now()))), 0)::integer as retry_after
from counted
inner join unnest(:subjects, :most::integer []) as limited (subject, most) on counted.subject = limited.subject
where counted.attempts > limited.most;

-- name: delete_attempts(action, subject)!
-- Forget what a subject has tried in vain: it has succeeded.
delete from auth_attempts
where action = :action and subject = :subject;
