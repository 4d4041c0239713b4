-- name: get_slot(slot_id, vendor_id)^
-- One slot of a vendor's.
select availability_details.*
from availability_details
inner join vendor_services on availability_details.vendor_service_id = vendor_services.id
inner join branches on vendor_services.branch_id = branches.id
where availability_details.id = :slot_id and branches.vendor_id = :vendor_id;

-- name: lock_slot(slot_id, vendor_id)^
-- Locks: the branch and the offering of a slot for share, then the slot; of a vendor's.
select
    availability.*,
    vendor_services.max_capacity
from availability
inner join vendor_services on availability.vendor_service_id = vendor_services.id
inner join branches on vendor_services.branch_id = branches.id
where availability.id = :slot_id and branches.vendor_id = :vendor_id
for share of branches, vendor_services for no key update of availability;

-- name: lock_future_slots(vendor_service_id)
-- Locks: the slots of an offering that are still to come, in order of time. The offering is locked.
select id
from availability
where vendor_service_id = :vendor_service_id and starts_at > now()
order by starts_at, id
limit 1000000
for no key update;

-- name: insert_slots(vendor_service_id, time_zone, first_date, last_date, weekdays, start_time, end_time, slot_minutes, total_units)!
-- Publish slots of so many minutes, one after the other, on these weekdays (1 is Monday); gives how many are new. What
-- overlaps one that is there is left out, and so is what begins or ends in an hour that the clock at the branch skips;
-- a time that comes twice is the later one. The offering is locked.
insert into availability (
    vendor_service_id, date, start_time, end_time, starts_at, ends_at, total_units, available_units
)
select
    :vendor_service_id,
    slots.date,
    slots.start_time,
    slots.end_time,
    slots.starts_at,
    slots.ends_at,
    :total_units,
    :total_units
from (
    select
        days.date,
        (time '00:00' + clock.start_of)::time as start_time,
        case when clock.end_of = interval '24 hours' then time '24:00' else time '00:00' + clock.end_of end as end_time,
        (days.date + clock.start_of) at time zone :time_zone as starts_at,
        (days.date + clock.end_of) at time zone :time_zone as ends_at,
        days.date + clock.start_of as local_start,
        days.date + clock.end_of - interval '1 minute' as local_last
    from (
        select :first_date::date + days.number as date
        from generate_series(0, :last_date::date - :first_date::date) as days (number)
    ) as days
    cross join (
        select
            make_interval(mins => start_minutes.number) as start_of,
            make_interval(mins => start_minutes.number + :slot_minutes) as end_of
        from generate_series(
            (extract(epoch from :start_time::time) / 60)::integer,
            (extract(epoch from :end_time::time) / 60)::integer - :slot_minutes,
            :slot_minutes
        ) as start_minutes (number)
    ) as clock
    where extract(isodow from days.date)::integer = any(:weekdays::integer [])
) as slots
where
    slots.starts_at at time zone :time_zone = slots.local_start
    and (slots.local_last at time zone :time_zone) at time zone :time_zone = slots.local_last
order by slots.starts_at
on conflict do nothing;

-- name: update_slot(slot_id, total_units, is_blocked)!
-- Set how many there are of a slot, and whether it is blocked: what is held stays held, and the rest is free. It is locked.
update availability
set
    total_units = :total_units,
    available_units = :total_units - (total_units - available_units),
    is_blocked = :is_blocked,
    updated_at = now()
where id = :slot_id;

-- name: update_capacity_of_slots(vendor_service_id, present, approved)!
-- Bring slots still to come along when the capacity of their offering changes: those that stood at it, and those that have
-- more than it now is. What is held stays held. They are locked.
update availability
set
    total_units = :approved,
    available_units = :approved - (total_units - available_units),
    updated_at = now()
where
    vendor_service_id = :vendor_service_id
    and starts_at > now()
    and (total_units = :present or total_units > :approved);

-- name: delete_slot(slot_id)!
-- Remove a slot that no booking has ever held. It is locked.
delete from availability
where id = :slot_id;

-- name: delete_slots_of_vendor_service(vendor_service_id)!
-- Remove the slots of an offering that was never booked. It is locked.
delete from availability
where vendor_service_id = :vendor_service_id;

-- name: list_slots_by_starts_at(after_key, after_id, limit, vendor_service_id, first_date, last_date)
-- The slots of an offering on these dates, in order of time.
select *
from availability_details
where
    (starts_at, id) > (coalesce(:after_key::timestamptz, '-infinity'), coalesce(:after_id::bigint, 0))
    and vendor_service_id = :vendor_service_id
    and (:first_date::date is null or date >= :first_date)
    and (:last_date::date is null or date <= :last_date)
order by starts_at, id
limit :limit;

-- name: count_slots(vendor_service_id, first_date, last_date)$
-- How many rows that list has in all.
select count(*)
from availability
where
    vendor_service_id = :vendor_service_id
    and (:first_date::date is null or date >= :first_date)
    and (:last_date::date is null or date <= :last_date);

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
