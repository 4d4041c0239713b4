-- name: upsert_otp_session(phone_number, otp_code, purpose)^
-- Make a one-time code for a phone, by its HMAC; it kills the older one, and none comes of it within 60 seconds of that.
-- Sweeps a few whose time is over.
with expired as (
    select otp_sessions.id
    from otp_sessions
    where otp_sessions.expires_at < now() - interval '1 day'
    order by otp_sessions.expires_at
    limit 10
    for update skip locked
), swept as (
    delete from otp_sessions
    using expired
    where
        otp_sessions.id = expired.id
        and (otp_sessions.phone_number, otp_sessions.purpose) <> (:phone_number, :purpose::otp_purpose)
)

insert into otp_sessions (phone_number, otp_code, purpose, expires_at)
values (:phone_number, :otp_code, :purpose, now() + interval '5 minutes')
on conflict (phone_number, purpose) where not is_used do update set
    otp_code = excluded.otp_code,
    expires_at = excluded.expires_at,
    attempts = 0,
    created_at = now()
where otp_sessions.created_at <= now() - interval '60 seconds'
returning expires_at, created_at + interval '60 seconds' as resend_at;

-- name: get_otp_wait(phone_number, purpose)^
-- How many seconds it is until another code may be asked for.
select greatest(ceil(extract(epoch from max(created_at) + interval '60 seconds' - now())), 1)::integer as seconds
from otp_sessions
where phone_number = :phone_number and purpose = :purpose;

-- name: lock_otp_session(phone_number, purpose)^
-- Locks: the code that waits for an answer, before any user; of two right answers at once the second finds it used.
select *
from otp_sessions
where phone_number = :phone_number and purpose = :purpose and not is_used and expires_at > now() and attempts < 5
for update;

-- name: mark_otp_session_used(otp_session_id)!
-- Spend a code. It is locked.
update otp_sessions
set is_used = true
where id = :otp_session_id;

-- name: mark_otp_session_tried(otp_session_id)!
-- Count a wrong answer; the fifth burns the code. It is locked.
update otp_sessions
set attempts = attempts + 1
where id = :otp_session_id;
