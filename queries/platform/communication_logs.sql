-- name: insert_message(channel, recipient, template, subject, body, client_id)!
-- Queue a message, in the transaction that causes it: it is sent if and only if that commits.
insert into communication_logs (channel, recipient, template, subject, body, client_id)
values (:channel, :recipient, :template, :subject, :body, :client_id);

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
