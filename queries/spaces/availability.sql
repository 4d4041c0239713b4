-- name: lock_slots(vendor_service_id, first_date, last_date, start_time, end_time)
-- Locks: the slots of an offering that overlap a time on these dates, or all of them, in order of time. Whoever books them
-- too waits here, and then finds what is left.
select
    id,
    date,
    to_char(start_time, 'HH24:MI') as start_time,
    to_char(end_time, 'HH24:MI') as end_time,
    starts_at,
    ends_at,
    available_units,
    is_blocked
from availability
where
    vendor_service_id = :vendor_service_id
    and date between :first_date and :last_date
    and (:end_time::time is null or start_time < :end_time)
    and (:start_time::time is null or end_time > :start_time)
order by starts_at, id
limit 10000
for no key update;

-- name: lock_slots_of_bookings(booking_ids)
-- Locks: the slots that these bookings hold, in order of time. The bookings are locked.
select id
from availability
where
    id in (
        select booking_slots.availability_id
        from booking_slots
        where booking_slots.booking_id = any(:booking_ids::bigint [])
    )
order by starts_at, id
limit 100000
for no key update;

-- name: refresh_availability(slot_ids)!
-- Recompute what is free of these slots from the bookings that hold them. They are locked.
update availability
set
    available_units = availability.total_units - (
        select coalesce(sum(space_bookings.quantity), 0)
        from booking_slots
        inner join space_bookings on booking_slots.booking_id = space_bookings.id
        where booking_slots.availability_id = availability.id and space_bookings.status <> 'CANCELLED'
    ),
    updated_at = now()
where id = any(:slot_ids::bigint []);

-- name: list_broken_availability()
-- Slots of which another number is free than their bookings leave.
select
    'availability' as table_name,
    slots.id,
    'available_units' as column_name,
    slots.available_units as stored,
    slots.expected
from (
    select
        availability.id,
        availability.available_units,
        availability.total_units
        - coalesce(sum(space_bookings.quantity) filter (where space_bookings.status <> 'CANCELLED'), 0) as expected
    from availability
    left join booking_slots on availability.id = booking_slots.availability_id
    left join space_bookings on booking_slots.booking_id = space_bookings.id
    group by availability.id
) as slots
where slots.available_units <> slots.expected
order by slots.id
limit 1000;
