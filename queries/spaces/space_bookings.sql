-- name: lock_offering(vendor_service_id)^
-- Locks: the branch of an offering and the offering, for share: nobody pauses or changes them while somebody books.
select
    vendor_services.*,
    branches.time_zone,
    branches.vendor_id,
    branches.status = 'ACTIVE' and auth_users.status = 'ACTIVE' as is_public
from vendor_services
inner join branches on vendor_services.branch_id = branches.id
inner join auth_users on branches.vendor_id = auth_users.id
where vendor_services.id = :vendor_service_id
for share of branches, vendor_services;

-- name: insert_space_booking(booking_number, customer_id, vendor_service_id, booking_date, last_date, start_time, end_time, starts_at, ends_at, quantity, unit_price, price_unit, duration, total_price, status, payment_method, hold_expires_at)^
-- Book, in the studio's currency. The slots are locked, and free.
insert into space_bookings (
    booking_number,
    customer_id,
    vendor_service_id,
    booking_date,
    last_date,
    start_time,
    end_time,
    starts_at,
    ends_at,
    quantity,
    unit_price,
    price_unit,
    duration,
    total_price,
    currency,
    status,
    payment_method,
    hold_expires_at
)
select
    :booking_number,
    :customer_id,
    :vendor_service_id,
    :booking_date,
    :last_date,
    :start_time,
    :end_time,
    :starts_at,
    :ends_at,
    :quantity,
    :unit_price,
    :price_unit,
    :duration,
    :total_price,
    studio_settings.currency,
    :status,
    :payment_method,
    :hold_expires_at
from studio_settings
returning id;

-- name: insert_booking_slots(booking_id, slot_ids)!
-- Note which slots a booking holds.
insert into booking_slots (booking_id, availability_id)
select
    :booking_id,
    slots.id
from unnest(:slot_ids::bigint []) as slots (id);

-- name: lock_space_booking(booking_id)^
-- Locks: a booking, before the slots it holds.
select
    space_bookings.*,
    vendor_services.free_cancel_hours,
    vendor_services.late_refund_percent,
    branches.vendor_id
from space_bookings
inner join vendor_services on space_bookings.vendor_service_id = vendor_services.id
inner join branches on vendor_services.branch_id = branches.id
where space_bookings.id = :booking_id
for no key update of space_bookings;

-- name: mark_space_booking_cancelled(booking_id, refund_amount)!
-- Cancel a booking: what it paid and is to go back, is still to be given back. It is locked, and can be.
update space_bookings
set
    status = 'CANCELLED',
    hold_expires_at = null,
    cancelled_at = now(),
    refund_amount = case when payment_status = 'PAID' then :refund_amount else 0 end,
    needs_refund = payment_status = 'PAID' and :refund_amount > 0,
    updated_at = now()
where id = :booking_id;

-- name: lock_unpaid_holds_of_branch(branch_id)
-- Locks: the bookings at a branch that wait for their money, by id, before the slots they hold. The branch is locked.
select
    space_bookings.*,
    vendor_services.free_cancel_hours,
    vendor_services.late_refund_percent,
    branches.vendor_id
from space_bookings
inner join vendor_services on space_bookings.vendor_service_id = vendor_services.id
inner join branches on vendor_services.branch_id = branches.id
where
    branches.id = :branch_id
    and space_bookings.status = 'PENDING'
    and space_bookings.payment_method in ('CARD', 'APPLE_PAY')
    and space_bookings.payment_status <> 'PAID'
order by space_bookings.id
limit 100000
for no key update of space_bookings;
