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

-- name: insert_space_booking(booking_number, customer_id, vendor_service_id, booking_date, last_date, start_time, end_time, starts_at, ends_at, quantity, unit_price, price_unit, duration, total_price, free_cancel_hours, late_refund_percent, status, payment_method, hold_expires_at)^
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
    free_cancel_hours,
    late_refund_percent,
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
    :free_cancel_hours,
    :late_refund_percent,
    :status,
    :payment_method,
    :hold_expires_at
from studio_settings
returning
    id,
    booking_number,
    currency;

-- name: get_studio_currency()^
-- What prices are in.
select currency
from studio_settings;

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
    space_bookings.id,
    space_bookings.booking_number,
    space_bookings.customer_id,
    branches.vendor_id,
    space_bookings.starts_at,
    space_bookings.ends_at,
    space_bookings.total_price,
    space_bookings.currency,
    space_bookings.free_cancel_hours,
    space_bookings.late_refund_percent,
    space_bookings.status,
    space_bookings.payment_status,
    space_bookings.payment_method,
    space_bookings.hold_expires_at
from space_bookings
inner join vendor_services on space_bookings.vendor_service_id = vendor_services.id
inner join branches on vendor_services.branch_id = branches.id
where space_bookings.id = :booking_id
for no key update of space_bookings;

-- name: lock_expired_holds(after_id, limit)
-- Locks: bookings that have waited too long, by their id; not those that somebody else has locked.
select
    id,
    booking_number,
    customer_id
from space_bookings
where hold_expires_at <= now() and id > :after_id
order by id
limit :limit
for no key update skip locked;

-- name: lock_ended_space_bookings(after_id, limit, ended_before)
-- Locks: confirmed bookings that ended long enough ago, by their id; not those that somebody else has locked.
select
    id,
    booking_number
from space_bookings
where status = 'CONFIRMED' and ends_at <= :ended_before and id > :after_id
order by id
limit :limit
for no key update skip locked;

-- name: mark_space_booking_moved(booking_id, status)!
-- Take a booking to another status than CANCELLED: it waits for nothing any more. It is locked, and can be.
update space_bookings
set
    status = :status,
    hold_expires_at = null,
    updated_at = now()
where id = :booking_id;

-- name: mark_space_bookings_cancelled(booking_ids)!
-- Cancel bookings. They are locked, and can be.
update space_bookings
set
    status = 'CANCELLED',
    hold_expires_at = null,
    cancelled_at = now(),
    updated_at = now()
where id = any(:booking_ids::bigint []);

-- name: get_space_booking(booking_id, viewer_id)^
-- One booking, as every list shows it, if the viewer may see it.
select *
from space_bookings_seen_by(:viewer_id)
where id = :booking_id;

-- name: list_space_bookings_by_starts_at(after_key, after_id, limit, starts_from, starts_to, status, branch_id, vendor_service_id, needs_refund, viewer_id)
-- Bookings, earliest start first.
select *
from space_bookings_seen_by(:viewer_id)
where
    (starts_at, id) > (coalesce(:after_key::timestamptz, '-infinity'), coalesce(:after_id::bigint, 0))
    and starts_at >= coalesce(:starts_from::timestamptz, '-infinity')
    and starts_at < coalesce(:starts_to::timestamptz, 'infinity')
    and (:status::space_booking_status is null or status = :status)
    and (:branch_id::bigint is null or branch_id = :branch_id)
    and (:vendor_service_id::bigint is null or vendor_service_id = :vendor_service_id)
    and (:needs_refund::boolean is null or needs_refund = :needs_refund)
order by starts_at, id
limit :limit;

-- name: list_space_bookings_by_starts_at_desc(after_key, after_id, limit, starts_from, starts_to, status, branch_id, vendor_service_id, needs_refund, viewer_id)
-- Bookings, latest start first.
select *
from space_bookings_seen_by(:viewer_id)
where
    (starts_at, id) < (
        coalesce(:after_key::timestamptz, 'infinity'),
        coalesce(:after_id::bigint, 9223372036854775807)
    )
    and starts_at >= coalesce(:starts_from::timestamptz, '-infinity')
    and starts_at < coalesce(:starts_to::timestamptz, 'infinity')
    and (:status::space_booking_status is null or status = :status)
    and (:branch_id::bigint is null or branch_id = :branch_id)
    and (:vendor_service_id::bigint is null or vendor_service_id = :vendor_service_id)
    and (:needs_refund::boolean is null or needs_refund = :needs_refund)
order by starts_at desc, id desc
limit :limit;

-- name: count_space_bookings(starts_from, starts_to, status, branch_id, vendor_service_id, needs_refund, viewer_id)$
-- How many rows the lists of bookings have in all.
select count(*)
from space_bookings_seen_by(:viewer_id)
where
    starts_at >= coalesce(:starts_from::timestamptz, '-infinity')
    and starts_at < coalesce(:starts_to::timestamptz, 'infinity')
    and (:status::space_booking_status is null or status = :status)
    and (:branch_id::bigint is null or branch_id = :branch_id)
    and (:vendor_service_id::bigint is null or vendor_service_id = :vendor_service_id)
    and (:needs_refund::boolean is null or needs_refund = :needs_refund);

-- name: lock_unpaid_holds_of_branch(branch_id)
-- Locks: the bookings at a branch that wait for their money, by id, before the slots they hold. The branch is locked.
select
    space_bookings.id,
    space_bookings.booking_number,
    space_bookings.customer_id
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
