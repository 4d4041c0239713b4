-- name: insert_stripe_event(event_id, type, payload)!
-- Keep what the provider tells, once: an event that is here already, or in the archive, stays as it is.
insert into stripe_events (id, type, payload)
select
    :event_id::text,
    :type::text,
    :payload::jsonb
where not exists (select from archived_stripe_events where archived_stripe_events.id = :event_id)
on conflict (id) do nothing;

-- name: get_stripe_event(event_id)^
-- One event, whole.
select
    id,
    type,
    outcome,
    detail,
    attempts,
    received_at,
    processed_at,
    payload
from all_stripe_events
where id = :event_id;

-- name: lock_stripe_event(event_id)^
-- Locks: the event, before everything else, so that it is handled once however often it is sent.
select *
from stripe_events
where id = :event_id
for no key update;

-- name: mark_stripe_event(event_id, outcome, detail)!
-- Note what came of an event, and one more attempt. The event is locked.
update stripe_events
set
    outcome = :outcome::stripe_event_outcome,
    detail = :detail,
    attempts = attempts + 1,
    processed_at = case when :outcome::stripe_event_outcome in ('PROCESSED', 'IGNORED') then now() end
where id = :event_id;

-- name: list_stripe_events(after_key, after_id, limit, since, outcome, type)
-- Events, newest first, without what they say. The bounds of the time alone leave months of the archive out.
select
    id,
    type,
    outcome,
    detail,
    attempts,
    received_at,
    processed_at
from all_stripe_events
where
    (received_at, id) < (coalesce(:after_key::timestamptz, 'infinity'), coalesce(:after_id::text, ''))
    and received_at <= coalesce(:after_key::timestamptz, 'infinity')
    and received_at >= coalesce(:since::timestamptz, '-infinity')
    and (:outcome::text is null or outcome = :outcome::stripe_event_outcome)
    and (:type::text is null or type = :type)
order by received_at desc, id desc
limit :limit;

-- name: count_stripe_events(outcome, type)$
-- How many rows list_stripe_events has in all.
select count(*)
from all_stripe_events
where
    (:outcome::text is null or outcome = :outcome::stripe_event_outcome)
    and (:type::text is null or type = :type);

-- name: list_stripe_events_to_replay(after_key, after_id, limit)
-- Events that are still to be handled, in the order in which they came.
select
    id,
    received_at
from stripe_events
where
    (received_at, id) > (coalesce(:after_key::timestamptz, '-infinity'), coalesce(:after_id::text, ''))
    and outcome in ('FAILED', 'PENDING')
order by received_at, id
limit :limit;

-- name: lock_stripe_events_of_client(client_id)
-- Locks: the events about checkouts of a client and the money that came of them, and about credits and subscriptions that
-- their contacts have bought, by id, before the client.
select id
from stripe_events
where
    payload #>> '{data,object,id}' in (select ids.stripe_id from stripe_ids_of_client(:client_id) as ids)
    or payload #>> '{data,object,payment_intent}' in (select ids.stripe_id from stripe_ids_of_client(:client_id) as ids)
    or subscription_of_stripe_event(payload) in (select ids.stripe_id from stripe_ids_of_client(:client_id) as ids)
order by id
limit 1000000
for no key update;

-- name: mark_stripe_events_nameless(event_ids)!
-- Keep of these events only what names nobody. They are locked.
update stripe_events
set payload = nameless_stripe_event(payload)
where id = any(:event_ids::text []);

-- name: erase_archived_stripe_events(client_id)^
-- Keep of the events about a client that are archived only what names nobody. After those are locked that are not: what was being
-- moved meanwhile is there now.
select forget_archived_stripe_events(:client_id) as erased;

-- name: mark_stripe_event_of_erased_nameless(event_id)!
-- Keep of an event only what names nobody, if it came after its client, or the account that bought credits or subscribed, was
-- erased. The event is locked.
update stripe_events
set payload = nameless_stripe_event(payload)
where
    id = :event_id
    and (
        exists (
            select
            from checkout_sessions
            inner join invoices on checkout_sessions.invoice_id = invoices.id
            inner join clients on invoices.client_id = clients.id
            where
                clients.erased_at is not null
                and (
                    checkout_sessions.stripe_session_id = stripe_events.payload #>> '{data,object,id}'
                    or checkout_sessions.stripe_payment_intent_id
                    = stripe_events.payload #>> '{data,object,payment_intent}'
                )
        )
        or exists (
            select
            from purchases
            inner join auth_users on purchases.user_id = auth_users.id
            where
                auth_users.email = 'erased-' || auth_users.id || '@erased.invalid'
                and purchases.stripe_session_id = stripe_events.payload #>> '{data,object,id}'
        )
        or exists (
            select
            from subscriptions
            inner join auth_users on subscriptions.user_id = auth_users.id
            where
                auth_users.email = 'erased-' || auth_users.id || '@erased.invalid'
                and (
                    subscriptions.stripe_session_id = stripe_events.payload #>> '{data,object,id}'
                    or subscriptions.stripe_subscription_id = subscription_of_stripe_event(stripe_events.payload)
                )
        )
    );
