-- name: get_payment(invoice_id, payment_id)^
-- One payment of an invoice.
select *
from payment_details
where invoice_id = :invoice_id and id = :payment_id;

-- name: insert_payment(invoice_id, milestone_id, amount, currency, paid_at, method, notes, payment_account_id, stripe_session_id, stripe_payment_intent_id, paid_by_contact_id, recorded_by)$
-- Record money that came in; gives the payment's id. Without a time, it came in now. Client and invoice are locked.
insert into payments (
    invoice_id,
    milestone_id,
    amount,
    currency,
    paid_at,
    method,
    notes,
    payment_account_id,
    stripe_session_id,
    stripe_payment_intent_id,
    paid_by_contact_id,
    recorded_by
)
values (
    :invoice_id,
    :milestone_id,
    :amount,
    :currency,
    coalesce(:paid_at::timestamptz, now()),
    :method,
    :notes,
    :payment_account_id,
    :stripe_session_id,
    :stripe_payment_intent_id,
    :paid_by_contact_id,
    :recorded_by
)
returning id;

-- name: list_payments_by_paid_at(after_key, after_id, limit, invoice_id)
-- Payments of an invoice, oldest first.
select *
from payment_details
where
    (paid_at, id) > (coalesce(:after_key::timestamptz, '-infinity'), coalesce(:after_id::bigint, 0))
    and invoice_id = :invoice_id
order by paid_at, id
limit :limit;

-- name: list_payments_by_paid_at_desc(after_key, after_id, limit, invoice_id)
-- Payments of an invoice, newest first.
select *
from payment_details
where
    (paid_at, id) < (coalesce(:after_key::timestamptz, 'infinity'), coalesce(:after_id::bigint, 9223372036854775807))
    and invoice_id = :invoice_id
order by paid_at desc, id desc
limit :limit;

-- name: count_payments(invoice_id)$
-- How many rows these lists have in all.
select count(*)
from payment_details
where
    invoice_id = :invoice_id;
