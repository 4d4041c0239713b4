-- name: lock_invoice_checkout(invoice_id)^
-- Locks: the invoice's advisory lock, in a transaction of its own (database.holding), before any row; it is not waited for.
-- Whoever opens or ends a checkout of an invoice asks the provider meanwhile, and one at a time.
select pg_try_advisory_xact_lock(
    hashtextextended(current_schema() || ' checkout of ' || (:invoice_id::bigint)::text, 0)
) as is_locked;

-- name: get_checkout(invoice_id, checkout_id)^
-- One checkout of an invoice, with where to find it at the provider.
select *
from checkout_details
where invoice_id = :invoice_id and id = :checkout_id;

-- name: get_checkout_of_stripe_session(stripe_session_id, checkout_id)^
-- The checkout that a session of the provider is of: by its id, or where that is not known yet, by the reference it bears.
select
    id,
    invoice_id
from checkout_sessions
where
    stripe_session_id = :stripe_session_id
    or (id = :checkout_id::uuid and stripe_session_id is null)
order by stripe_session_id nulls last
limit 1;

-- name: get_checkout_of_key(contact_id, idempotency_key)^
-- The checkout that a contact opened under this key, unless its 24 hours are over.
select
    id,
    invoice_id,
    milestone_id,
    status
from checkout_sessions
where contact_id = :contact_id and idempotency_key = :idempotency_key and created_at > now() - interval '24 hours';

-- name: get_milestone_due(invoice_id, milestone_id)^
-- What is left to pay of one milestone of an invoice. The invoice is locked.
select expected_amount - paid_amount as amount
from invoice_milestones
where invoice_id = :invoice_id and id = :milestone_id;

-- name: lock_open_checkout(invoice_id, milestone_id)^
-- Locks: the checkout, after its invoice, on which an invoice, or this milestone of it, is being paid.
select id
from checkout_sessions
where
    invoice_id = :invoice_id
    and coalesce(milestone_id, 0) = coalesce(:milestone_id::bigint, 0)
    and status in ('CREATING', 'OPEN', 'PROCESSING')
for no key update;

-- name: lock_checkout(checkout_id)^
-- Locks: the checkout, after its invoice. With it, what the provider is to know: whose it is, and what it is for.
select
    checkout_sessions.*,
    coalesce(checkout_sessions.expires_at <= now(), false) as is_over,
    (select invoices.invoice_number from invoices where invoices.id = checkout_sessions.invoice_id) as invoice_number,
    (
        select invoice_milestones.label
        from invoice_milestones
        where invoice_milestones.id = checkout_sessions.milestone_id
    ) as milestone_label,
    (
        select client_contacts.email
        from client_contacts
        where client_contacts.id = checkout_sessions.contact_id
    ) as contact_email
from checkout_sessions
where checkout_sessions.id = :checkout_id
for no key update;

-- name: insert_checkout(invoice_id, milestone_id, contact_id, idempotency_key, expected_amount_minor, currency)$
-- Keep what the provider is about to be asked for; gives the checkout's id. The invoice is locked.
insert into checkout_sessions (invoice_id, milestone_id, contact_id, idempotency_key, expected_amount_minor, currency)
values (:invoice_id, :milestone_id, :contact_id, :idempotency_key, :expected_amount_minor, :currency)
returning id;

-- name: update_checkout(checkout_id, status, stripe_session_id, stripe_payment_intent_id, stripe_customer_id, url, expires_at)!
-- Note what the provider says of a checkout. Its status only ever goes up, in the order of the enumeration, so that it does
-- not matter in which order that is heard; nor does one that has ended go back to work once another is under way. The
-- checkout is locked.
update checkout_sessions
set
    status = moved.status,
    stripe_session_id = coalesce(checkout_sessions.stripe_session_id, :stripe_session_id),
    stripe_payment_intent_id = coalesce(:stripe_payment_intent_id, checkout_sessions.stripe_payment_intent_id),
    stripe_customer_id = coalesce(:stripe_customer_id, checkout_sessions.stripe_customer_id),
    url = case when moved.status = 'OPEN' then coalesce(:url, checkout_sessions.url) end,
    expires_at = coalesce(:expires_at::timestamptz, checkout_sessions.expires_at),
    updated_at = now()
from (
    select
        case
            when present.status = 'EXPIRED' and :status::checkout_status = 'PROCESSING' and exists (
                select
                from checkout_sessions as others
                where
                    others.invoice_id = present.invoice_id
                    and coalesce(others.milestone_id, 0) = coalesce(present.milestone_id, 0)
                    and others.status in ('CREATING', 'OPEN', 'PROCESSING')
            ) then present.status
            else greatest(present.status, :status::checkout_status)
        end as status
    from checkout_sessions as present
    where present.id = :checkout_id
) as moved
where checkout_sessions.id = :checkout_id;

-- name: mark_checkout_refused(checkout_id)!
-- Note that the provider will not have it; its key serves for the next try.
update checkout_sessions
set
    status = greatest(status, 'FAILED'),
    idempotency_key = null,
    updated_at = now()
where id = :checkout_id;

-- name: mark_checkout_ended(checkout_id)!
-- Note that nobody can pay there, where the provider knows of no such session.
update checkout_sessions
set
    status = greatest(status, 'EXPIRED'),
    url = null,
    updated_at = now()
where id = :checkout_id;

-- name: mark_checkout_key_free(contact_id, idempotency_key)!
-- Take a key off the checkout that came to nothing, or whose 24 hours are over, for the one that comes next.
update checkout_sessions
set idempotency_key = null
where contact_id = :contact_id and idempotency_key = :idempotency_key;

-- name: mark_checkout_keys_erased(client_id)!
-- Remove the keys of a client who is erased: what they chose may name them.
update checkout_sessions
set idempotency_key = null
from invoices
where
    checkout_sessions.invoice_id = invoices.id
    and invoices.client_id = :client_id
    and checkout_sessions.idempotency_key is not null;

-- name: list_checkouts_by_created_at_desc(after_key, after_id, limit, invoice_id)
-- Checkouts of an invoice, newest first.
select *
from checkout_details
where
    (created_at, id)
    < (
        coalesce(:after_key::timestamptz, 'infinity'),
        coalesce(:after_id::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
    )
    and invoice_id = :invoice_id
order by created_at desc, id desc
limit :limit;

-- name: count_checkouts(invoice_id)$
-- How many rows this list has in all.
select count(*)
from checkout_details
where
    invoice_id = :invoice_id;
