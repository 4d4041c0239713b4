-- name: get_refund(payment_id, refund_id)^
-- One refund of a payment.
select *
from refund_details
where payment_id = :payment_id and id = :refund_id;

-- name: get_payment_to_refund(payment_id)^
-- What a refund of a payment has to know of it: how it came, and what is left of it. Payments never change, and what is left
-- is settled once the invoice is locked.
select
    payments.id,
    payments.invoice_id,
    payments.amount,
    payments.currency,
    payments.paid_at,
    payments.stripe_payment_intent_id,
    payments.amount - (
        select coalesce(sum(refunds.amount), 0.00)
        from refunds
        where refunds.payment_id = payments.id and refunds.status <> 'FAILED'
    ) as refundable_amount
from payments
where payments.id = :payment_id;

-- name: get_payment_of_intent(stripe_payment_intent_id, currency)^
-- The payment that the provider knows by this id.
select
    id,
    invoice_id
from payments
where stripe_payment_intent_id = :stripe_payment_intent_id and currency = :currency;

-- name: exists_payment(payment_id)$
-- Whether there is such a payment.
select exists (select from payments where payments.id = :payment_id);

-- name: lock_payment_refund(payment_id)^
-- Locks: the payment's advisory lock, in a transaction of its own (database.holding), before any row; it is not waited for.
-- Whoever has a payment refunded asks the provider meanwhile, and one at a time.
select pg_try_advisory_xact_lock(
    hashtextextended(current_schema() || ' refund of ' || (:payment_id::bigint)::text, 0)
) as is_locked;

-- name: get_refund_of_key(payment_id, idempotency_key)^
-- The refund of a payment that was asked for under this key, unless it failed. The invoice is locked.
select *
from refund_details
where
    id in (
        select refunds.id
        from refunds
        where
            refunds.payment_id = :payment_id
            and refunds.idempotency_key = :idempotency_key
            and refunds.status <> 'FAILED'
    );

-- name: get_refund_left_open(payment_id, amount, reason)^
-- The oldest refund of a payment of which the provider never gave an answer, asked for in the same words and without a key,
-- while the provider still knows its reference. The invoice is locked, and nobody else is asking.
select *
from refund_details
where
    id in (
        select refunds.id
        from refunds
        where
            refunds.payment_id = :payment_id
            and refunds.amount = :amount
            and refunds.reason is not distinct from :reason
            and refunds.status = 'PENDING'
            and refunds.stripe_refund_id is null
            and refunds.idempotency_key is null
            and refunds.created_at > now() - interval '23 hours'
    )
order by id
limit 1;

-- name: get_refund_of_stripe(payment_id, stripe_refund_id, refund_id)^
-- The refund of a payment that the provider speaks of: by its id, or where that is not known yet, by the reference it bears.
-- The invoice is locked.
select
    id,
    amount,
    status
from refunds
where
    payment_id = :payment_id
    and (stripe_refund_id = :stripe_refund_id or (id = :refund_id::bigint and stripe_refund_id is null))
order by stripe_refund_id nulls last
limit 1;

-- name: insert_refund(payment_id, amount, reason, status, stripe_refund_id, idempotency_key, refunded_at, recorded_by)$
-- Keep that money goes back; gives the refund's id. Without a time, it goes now. Client and invoice are locked.
insert into refunds (
    payment_id,
    amount,
    reason,
    status,
    stripe_refund_id,
    idempotency_key,
    refunded_at,
    recorded_by
)
values (
    :payment_id,
    :amount,
    :reason,
    :status,
    :stripe_refund_id,
    :idempotency_key,
    coalesce(:refunded_at::timestamptz, now()),
    :recorded_by
)
returning id;

-- name: insert_refund_allocations(refund_id)!
-- Take a refund back from what its payment was split over: first what was allocated nowhere, then of the last milestone, and
-- so on backwards. The invoice is locked.
insert into payment_allocations (invoice_id, payment_id, milestone_id, refund_id, amount)
select
    owed.invoice_id,
    owed.payment_id,
    owed.milestone_id,
    owed.refund_id,
    -least(owed.allocated, owed.to_take - owed.taken_before)
from (
    select
        payments.invoice_id,
        payments.id as payment_id,
        held.milestone_id,
        refunds.id as refund_id,
        held.allocated,
        refunds.amount - (payments.amount - others.amount - sum(held.allocated) over ()) as to_take,
        coalesce(
            sum(held.allocated) over (order by held.position desc rows between unbounded preceding and 1 preceding), 0
        ) as taken_before
    from refunds
    inner join payments on refunds.payment_id = payments.id
    cross join lateral (
        select coalesce(sum(earlier.amount), 0) as amount
        from refunds as earlier
        where earlier.payment_id = payments.id and earlier.id <> refunds.id and earlier.status <> 'FAILED'
    ) as others
    inner join lateral (
        select
            invoice_milestones.id as milestone_id,
            invoice_milestones.position,
            sum(payment_allocations.amount) as allocated
        from payment_allocations
        inner join invoice_milestones on payment_allocations.milestone_id = invoice_milestones.id
        left join refunds as taken on payment_allocations.refund_id = taken.id
        where payment_allocations.payment_id = payments.id and taken.status is distinct from 'FAILED'
        group by invoice_milestones.id
        having sum(payment_allocations.amount) > 0
    ) as held on true
    where refunds.id = :refund_id
) as owed
where owed.taken_before < owed.to_take
order by owed.taken_before;

-- name: update_refund(refund_id, status, stripe_refund_id)!
-- Note what the provider says of a refund. Its status only ever goes up, in the order of the enumeration, so that it does not
-- matter in which order that is heard. The invoice is locked.
update refunds
set
    status = greatest(status, :status::refund_status),
    stripe_refund_id = coalesce(stripe_refund_id, :stripe_refund_id)
where id = :refund_id;

-- name: list_refunds_by_refunded_at(after_key, after_id, limit, payment_id)
-- Refunds of a payment, oldest first.
select *
from refund_details
where
    (refunded_at, id) > (coalesce(:after_key::timestamptz, '-infinity'), coalesce(:after_id::bigint, 0))
    and payment_id = :payment_id
order by refunded_at, id
limit :limit;

-- name: list_refunds_by_refunded_at_desc(after_key, after_id, limit, payment_id)
-- Refunds of a payment, newest first.
select *
from refund_details
where
    (refunded_at, id)
    < (coalesce(:after_key::timestamptz, 'infinity'), coalesce(:after_id::bigint, 9223372036854775807))
    and payment_id = :payment_id
order by refunded_at desc, id desc
limit :limit;

-- name: count_refunds(payment_id)$
-- How many rows these lists have in all.
select count(*)
from refund_details
where
    payment_id = :payment_id;
