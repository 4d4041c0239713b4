-- Who has booked spaces: of each status at least one, on days that are counted from the day this runs, of those on which
-- the offering is let. What is free follows from them, and what each says of its money from its payments.

create temporary table demo_space_bookings on commit drop as
select
    demo.*,
    demo_users.id as customer_id,
    vendor_services.id as vendor_service_id,
    vendor_services.price_per_unit,
    vendor_services.price_unit,
    vendor_services.free_cancel_hours,
    vendor_services.late_refund_percent,
    branches.time_zone,
    days.date as booking_date,
    days.date + demo.days - 1 as last_date
from (
    values
    ('01', 'customer', 'Harbour House', 'Harbour room', -6, 1, '10:00', '12:00', 1, 'CARD', 'COMPLETED', 'PAID'),
    ('02', 'customer', 'Harbour House', 'Desk in the open', -3, 1, '09:00', '13:00', 2, 'CASH', 'COMPLETED', 'PAID'),
    ('03', 'test', 'Harbour House', 'Desk in the open', -2, 1, '14:00', '17:00', 1, 'CASH', 'NO_SHOW', 'PENDING'),
    ('04', 'customer', 'Casa do Rio', 'Sala Tejo', 2, 1, '10:00', '12:30', 1, 'CARD', 'CONFIRMED', 'PAID'),
    ('05', 'test', 'Rainbow Court', 'Garden desk', 2, 1, '09:00', '12:00', 3, 'CASH', 'CONFIRMED', 'PENDING'),
    ('06', 'customer', 'Rainbow Court', 'Cypress room', 3, 1, '10:00', '12:00', 1, 'CASH', 'PENDING', 'PENDING'),
    ('07', 'test', 'Casa do Rio', 'Desk for the day', 5, 2, null, null, 1, 'CARD', 'CANCELLED', 'PAID'),
    ('08', 'customer', 'Harbour House', 'Office for four', 4, 1, null, null, 1, 'CARD', 'CANCELLED', 'FAILED'),
    ('09', 'test', 'Casa do Rio', 'Sala Tejo', 2, 1, '15:00', '16:00', 2, 'APPLE_PAY', 'PENDING', 'PENDING')
) as demo (
    code, login, branch, label, day, days, start_time, end_time, quantity, payment_method, status, payment_status
)
inner join demo_users on demo.login = demo_users.login
inner join branches on demo.branch = branches.name
inner join vendor_services on branches.id = vendor_services.branch_id and demo.label = vendor_services.label
-- The so many-th of its days from today on, or before.
inner join lateral (
    select
        dates.date,
        row_number() over (
            partition by dates.is_past
            order by case when dates.is_past then -dates.distance else dates.distance end
        ) * case when dates.is_past then -1 else 1 end as day
    from (
        select distinct
            availability.date,
            availability.date < (now() at time zone branches.time_zone)::date as is_past,
            availability.date - (now() at time zone branches.time_zone)::date as distance
        from availability
        where availability.vendor_service_id = vendor_services.id
    ) as dates
) as days on demo.day = days.day;

create temporary table demo_booked_slots on commit drop as
select
    demo_space_bookings.code,
    availability.id as availability_id,
    availability.starts_at,
    availability.ends_at,
    availability.start_time,
    availability.end_time
from demo_space_bookings
inner join availability
    on
        demo_space_bookings.vendor_service_id = availability.vendor_service_id
        and availability.date between demo_space_bookings.booking_date and demo_space_bookings.last_date
        and (demo_space_bookings.end_time is null or availability.start_time < demo_space_bookings.end_time::time)
        and (demo_space_bookings.start_time is null or availability.end_time > demo_space_bookings.start_time::time);

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
    hold_expires_at,
    cancelled_at,
    created_at,
    updated_at
)
select
    'SP-DEMO-' || demo.code,
    demo.customer_id,
    demo.vendor_service_id,
    demo.booking_date,
    demo.last_date,
    coalesce(demo.start_time::time, slots.start_time),
    coalesce(demo.end_time::time, slots.end_time),
    times.starts_at,
    times.ends_at,
    demo.quantity,
    demo.price_per_unit,
    demo.price_unit,
    times.duration,
    round(demo.price_per_unit * times.duration * demo.quantity, 2),
    studio_settings.currency,
    demo.free_cancel_hours,
    demo.late_refund_percent,
    demo.status::space_booking_status,
    demo.payment_method::space_payment_method,
    case
        when demo.status = 'PENDING' and demo.payment_method = 'CASH' then times.starts_at
        when demo.status = 'PENDING' then now() + interval '15 minutes'
    end,
    case when demo.status = 'CANCELLED' then now() - interval '1 hour' end,
    least(times.starts_at, now()) - interval '2 days',
    least(times.starts_at, now()) - interval '1 hour'
from demo_space_bookings as demo
inner join (
    select
        demo_booked_slots.code,
        min(demo_booked_slots.starts_at) as starts_at,
        max(demo_booked_slots.ends_at) as ends_at,
        min(demo_booked_slots.start_time) as start_time,
        max(demo_booked_slots.end_time) as end_time
    from demo_booked_slots
    group by demo_booked_slots.code
) as slots on demo.code = slots.code
cross join lateral (
    select
        coalesce((demo.booking_date + demo.start_time::time) at time zone demo.time_zone, slots.starts_at) as starts_at,
        coalesce((demo.booking_date + demo.end_time::time) at time zone demo.time_zone, slots.ends_at) as ends_at,
        case
            when demo.start_time is null then demo.days
            else
                extract(
                    epoch from (demo.booking_date + demo.end_time::time) at time zone demo.time_zone
                    - (demo.booking_date + demo.start_time::time) at time zone demo.time_zone
                ) / 3600
        end::numeric as duration
) as times
cross join studio_settings
order by demo.code;

insert into booking_slots (booking_id, availability_id)
select
    space_bookings.id,
    demo_booked_slots.availability_id
from demo_booked_slots
inner join space_bookings on space_bookings.booking_number = 'SP-DEMO-' || demo_booked_slots.code;

update availability
set
    available_units = availability.total_units - (
        select coalesce(sum(space_bookings.quantity), 0)
        from booking_slots
        inner join space_bookings on booking_slots.booking_id = space_bookings.id
        where booking_slots.availability_id = availability.id and space_bookings.status <> 'CANCELLED'
    )
where availability.id in (select demo_booked_slots.availability_id from demo_booked_slots);

-- Of what was paid and is cancelled, all is to go back.
insert into space_payments (
    booking_id,
    transaction_id,
    amount,
    currency,
    payment_method,
    status,
    refund_due,
    paid_at,
    created_at,
    updated_at
)
select
    space_bookings.id,
    case when demo.payment_method <> 'CASH' then 'SPT-DEMO-' || demo.code end,
    space_bookings.total_price,
    space_bookings.currency,
    space_bookings.payment_method,
    demo.payment_status::space_payment_status,
    case when demo.payment_status = 'PAID' and demo.status = 'CANCELLED' then space_bookings.total_price else 0 end,
    case when demo.payment_status = 'PAID' then space_bookings.created_at + interval '5 minutes' end,
    space_bookings.created_at,
    space_bookings.created_at + interval '5 minutes'
from demo_space_bookings as demo
inner join space_bookings on space_bookings.booking_number = 'SP-DEMO-' || demo.code
order by demo.code;

update space_bookings
set
    payment_status = space_booking_money.payment_status,
    refund_amount = space_booking_money.refund_amount,
    needs_refund = space_booking_money.needs_refund
from space_booking_money
where space_bookings.id = space_booking_money.booking_id;
