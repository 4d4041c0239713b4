-- name: insert_waiting(session_id, user_id)!
-- Put somebody at the end of a waiting list. The session is locked.
insert into session_waitlist (session_id, user_id)
values (:session_id, :user_id);

-- name: get_waiting(session_id, user_id)^
-- Somebody's place on a waiting list, and how many are before them, with them.
select
    session_waitlist.session_id,
    session_waitlist.status,
    (
        select count(*)
        from session_waitlist as others
        where
            others.session_id = session_waitlist.session_id
            and others.status in ('WAITING', 'OFFERED')
            and others.id <= session_waitlist.id
    ) as position,
    session_waitlist.offer_expires_at,
    session_waitlist.created_at
from session_waitlist
where
    session_waitlist.session_id = :session_id
    and session_waitlist.user_id = :user_id
    and session_waitlist.status in ('WAITING', 'OFFERED');

-- name: lock_waitlist(session_id)
-- Locks: who waits for a place in a session, and to whom one is offered, in their order; after the session.
select
    id,
    user_id,
    status,
    told_at,
    coalesce(offer_expires_at <= now(), false) as is_lapsed
from session_waitlist
where session_id = :session_id and status in ('WAITING', 'OFFERED')
order by id
limit 2000
for no key update;

-- name: mark_waiting(entry_ids, status, offer_expires_at)!
-- Note what has become of people who wait. The session is locked.
update session_waitlist
set
    status = :status::waitlist_status,
    offer_expires_at = :offer_expires_at,
    updated_at = now()
where id = any(:entry_ids::bigint []);

-- name: mark_waiting_told(entry_ids)!
-- Note that these were told of a place that they cannot have. The session is locked.
update session_waitlist
set
    told_at = now(),
    updated_at = now()
where id = any(:entry_ids::bigint []);
