-- name: insert_space_payment(booking_id, transaction_id, amount, currency, payment_method)^
-- Begin an attempt to pay for a booking, which is locked.
insert into space_payments (booking_id, transaction_id, amount, currency, payment_method)
values (:booking_id, :transaction_id, :amount, :currency, :payment_method)
returning id;

-- name: lock_space_payment(payment_id)^
-- Locks: a payment. Its booking is locked, under which alone payments change.
select *
from space_payments
where id = :payment_id
for no key update;

-- name: get_space_payment_place(payment_id)^
-- Which booking a payment is for, so that it can be locked first: a payment never changes its booking.
select booking_id
from space_payments
where id = :payment_id;

-- name: get_transaction_place(transaction_id)^
-- Which payment a transaction of the gateway's is, and for which booking.
select
    id,
    booking_id
from space_payments
where transaction_id = :transaction_id;

-- name: get_space_booking_of_number(booking_number)^
-- The booking of a number, however it is written.
select id
from space_bookings
where booking_number = upper(:booking_number);

-- name: mark_space_payment_paid(payment_id, amount, currency, refund_due, gateway_response)!
-- Note the money that came, and how much of it is to go back; more than came has not gone back. The payment is locked.
update space_payments
set
    status = 'PAID',
    amount = :amount,
    currency = :currency,
    refund_due = :refund_due,
    refunded_amount = least(refunded_amount, :amount),
    gateway_response = coalesce(:gateway_response::jsonb, gateway_response),
    paid_at = now(),
    updated_at = now()
where id = :payment_id;

-- name: mark_space_payment_failed(payment_id, gateway_response)!
-- Note that the money did not come. The payment is locked, and not paid.
update space_payments
set
    status = 'FAILED',
    gateway_response = :gateway_response::jsonb,
    updated_at = now()
where id = :payment_id;

-- name: mark_space_payment_refunded(payment_id, refunded_amount, gateway_response)!
-- Note how much of a payment has gone back by now: never less than was noted before, nor more than came. It is locked.
update space_payments
set
    refunded_amount = case
        when status = 'PAID' then least(greatest(refunded_amount, :refunded_amount::numeric), amount)
        else greatest(refunded_amount, :refunded_amount::numeric)
    end,
    gateway_response = coalesce(:gateway_response::jsonb, gateway_response),
    updated_at = now()
where id = :payment_id;

-- name: mark_space_payments_due(booking_id, refund_amount)!
-- Note how much of its price is to go back of a booking that is cancelled, if it has been paid. The booking is locked.
update space_payments
set
    refund_due = greatest(space_payments.refund_due, :refund_amount::numeric),
    updated_at = now()
from space_bookings
where
    space_payments.booking_id = :booking_id
    and space_bookings.id = space_payments.booking_id
    and space_payments.status = 'PAID'
    and space_payments.amount = space_bookings.total_price
    and space_payments.currency = space_bookings.currency;

-- name: get_space_payment(payment_id, booking_id, viewer_id)^
-- One attempt to pay for a booking that the viewer may see. What the gateway said is for who sees all.
select
    id,
    booking_id,
    booking_number,
    transaction_id,
    amount,
    currency,
    payment_method,
    status,
    refund_due,
    refunded_amount,
    paid_at,
    case when :viewer_id::uuid is null then gateway_response end as gateway_response,
    created_at,
    updated_at
from space_payment_details
where
    id = :payment_id
    and booking_id = :booking_id
    and exists (
        select
        from space_bookings_seen_by(:viewer_id) as seen
        where seen.id = space_payment_details.booking_id
    );

-- name: list_space_payments(after_key, after_id, limit, booking_id, viewer_id)
-- The attempts to pay for a booking that the viewer may see, the last one first.
select
    id,
    booking_id,
    booking_number,
    transaction_id,
    amount,
    currency,
    payment_method,
    status,
    refund_due,
    refunded_amount,
    paid_at,
    case when :viewer_id::uuid is null then gateway_response end as gateway_response,
    created_at,
    updated_at
from space_payment_details
where
    (created_at, id) < (
        coalesce(:after_key::timestamptz, 'infinity'),
        coalesce(:after_id::bigint, 9223372036854775807)
    )
    and booking_id = :booking_id
    and exists (
        select
        from space_bookings_seen_by(:viewer_id) as seen
        where seen.id = space_payment_details.booking_id
    )
order by created_at desc, id desc
limit :limit;

-- name: count_space_payments(booking_id, viewer_id)$
-- How many rows list_space_payments has in all.
select count(*)
from space_payment_details
where
    booking_id = :booking_id
    and exists (
        select
        from space_bookings_seen_by(:viewer_id) as seen
        where seen.id = space_payment_details.booking_id
    );

-- name: insert_space_payment_event(event_id, transaction_id, payload)^
-- Keep what the gateway tells; nothing, where it has told that before. Of two at once, the second waits for the first.
insert into space_payment_events (id, transaction_id, payload)
values (:event_id, :transaction_id, :payload)
on conflict (id) do nothing
returning id;

-- name: refresh_space_booking_money(booking_id)!
-- Recompute from its payments whether a booking is paid, what goes back of that, and whether it still has to. It is locked.
update space_bookings
set
    payment_status = space_booking_money.payment_status,
    refund_amount = space_booking_money.refund_amount,
    needs_refund = space_booking_money.needs_refund,
    updated_at = now()
from space_booking_money
where space_bookings.id = :booking_id and space_booking_money.booking_id = :booking_id;

-- name: list_broken_space_booking_money()
-- Bookings whose payments say something else than they do.
select
    'space_bookings' as table_name,
    space_bookings.id,
    columns.column_name,
    columns.stored,
    columns.expected
from space_bookings
inner join space_booking_money on space_bookings.id = space_booking_money.booking_id
cross join lateral (
    values
    ('payment_status', space_bookings.payment_status::text, space_booking_money.payment_status::text),
    ('refund_amount', space_bookings.refund_amount::text, space_booking_money.refund_amount::text),
    ('needs_refund', space_bookings.needs_refund::text, space_booking_money.needs_refund::text)
) as columns (column_name, stored, expected)
where columns.stored <> columns.expected
order by columns.column_name, space_bookings.id
limit 1000;

-- name: list_broken_space_confirmations()
-- Bookings that are to be paid online, and are confirmed without it.
select
    'space_bookings' as table_name,
    id,
    'payment_status' as column_name,
    payment_status::text as stored,
    'PAID' as expected
from space_bookings
where
    payment_method <> 'CASH'
    and status in ('CONFIRMED', 'COMPLETED', 'NO_SHOW')
    and payment_status <> 'PAID'
order by id
limit 1000;
