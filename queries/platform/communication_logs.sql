-- name: insert_message(channel, recipient, template, subject, body, client_id, expires_at)$
-- Queue a message, in the transaction that causes it: it is sent if and only if that commits.
insert into communication_logs (channel, recipient, template, subject, body, client_id, expires_at)
values (:channel, :recipient, :template, :subject, :body, :client_id, :expires_at)
returning id;

-- name: list_pending_messages(limit)
-- What waits in the outbox, newest first.
select
    id,
    channel,
    recipient,
    subject,
    body,
    created_at
from communication_logs
where status = 'PENDING'
order by created_at desc, id desc
limit :limit;

-- name: list_messages_without_job(after_id, limit)
-- What waits in the outbox, and no job is there to send it.
select id
from communication_logs
where
    id > :after_id
    and status = 'PENDING'
    and not exists (
        select
        from procrastinate_jobs
        where
            procrastinate_jobs.task_name = 'send_message'
            and procrastinate_jobs.status in ('todo', 'doing')
            and (procrastinate_jobs.args ->> 'message_id')::bigint = communication_logs.id
    )
order by id
limit :limit;

-- name: list_messages(after_key, after_id, limit, since, status, channel)
-- Messages, newest first, but for their words. The bounds of the time alone leave months of the archive out.
select
    id,
    channel,
    recipient,
    template,
    subject,
    status,
    attempts,
    error,
    client_id,
    created_at,
    sent_at,
    updated_at
from all_communication_logs
where
    (created_at, id)
    < (coalesce(:after_key::timestamptz, 'infinity'), coalesce(:after_id::bigint, 9223372036854775807))
    and created_at <= coalesce(:after_key::timestamptz, 'infinity')
    and created_at >= coalesce(:since::timestamptz, '-infinity')
    and (:status::text is null or status = :status::communication_status)
    and (:channel::text is null or channel = :channel::communication_channel)
order by created_at desc, id desc
limit :limit;

-- name: count_messages(status, channel)$
-- How many rows list_messages has in all.
select count(*)
from all_communication_logs
where
    (:status::text is null or status = :status::communication_status)
    and (:channel::text is null or channel = :channel::communication_channel);

-- name: get_message(message_id)^
-- One message, but for its words.
select
    id,
    channel,
    recipient,
    template,
    subject,
    status,
    attempts,
    error,
    client_id,
    created_at,
    sent_at,
    updated_at
from all_communication_logs
where id = :message_id;

-- name: get_message_to_send(message_id)^
-- A message that waits, with its sealed words, and whether what they hold is of no use any more.
select
    id,
    channel,
    recipient,
    subject,
    body,
    attempts,
    reference,
    coalesce(expires_at <= now(), false) as is_expired,
    created_at
from communication_logs
where id = :message_id and status = 'PENDING';

-- name: lock_message(message_id)^
-- Locks: the message.
select *
from communication_logs
where id = :message_id
for no key update;

-- name: update_message(message_id, status, error, tries)!
-- Note what became of a message that waited, after so many more tries. Its words are erased when they are of no use any
-- more: once they are sent, and a one-time link or code that will not be.
update communication_logs
set
    status = :status::communication_status,
    error = :error,
    attempts = attempts + :tries,
    body = case
        when :status::communication_status = 'PENDING' then body
        when :status::communication_status = 'FAILED' and expires_at is null then body
    end,
    sent_at = case when :status::communication_status = 'SENT' then now() end,
    updated_at = now()
where id = :message_id and status = 'PENDING';

-- name: mark_message_pending(message_id)!
-- Let a message wait to be sent once more, as if it had never been tried. It is locked.
update communication_logs
set
    status = 'PENDING',
    error = null,
    attempts = 0,
    updated_at = now()
where id = :message_id;

-- name: list_sealed_messages(after_id, limit)
-- Messages that have their words yet, sealed.
select
    id,
    body
from communication_logs
where id > :after_id and body is not null
order by id
limit :limit;

-- name: update_sealed_message(message_id, body, sealed)!
-- Keep the words of a message sealed anew, unless they have been erased since.
update communication_logs
set body = :body
where id = :message_id and body = :sealed;

-- name: delete_messages_to(client_id, recipients)!
-- Remove what was sent, and what waits to be, to a client, wherever they were reached then, and to these addresses and
-- numbers, which are theirs now.
delete from communication_logs
where
    id in (
        select theirs.id
        from communication_logs as theirs
        where theirs.client_id = :client_id
        union all
        select reached.id
        from communication_logs as reached
        where
            lower(reached.recipient) in (
                select lower(addresses.address)
                from unnest(:recipients::text []) as addresses (address)
            )
    );

-- name: erase_archived_messages_to(client_id, recipients)^
-- Remove from the archive what delete_messages_to removes. After that: what was being moved meanwhile is there now.
select delete_archived_messages(:client_id, :recipients::text []) as erased;
