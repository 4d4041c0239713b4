-- Spaces: three vendors with two branches each in three cities, what they offer there, and when: two weeks past and sixty
-- days from today on, by the clock of each branch. Nothing is booked here: that is what comes after this file.

insert into facilities (name)
values ('Coffee'), ('Lift'), ('Parking'), ('Reception'), ('Showers'), ('Step-free access')
on conflict do nothing;

insert into features (name)
values ('Monitor'), ('Phone booth'), ('Projector'), ('Standing desk'), ('Whiteboard'), ('Window')
on conflict do nothing;

update services
set
    description = coalesce(
        services.description,
        case services.name
            when 'HOT_DESK' then 'Any free desk in a shared room.'
            when 'PRIVATE_OFFICE' then 'An office with a door that locks.'
            when 'MEETING_ROOM' then 'A room with a table for a team.'
        end
    );

create temporary table demo_branches on commit drop as
select
    demo.*,
    auth_users.id as vendor_id
from (
    values
    (
        'NY1', 'vendor', 'Harbour House', 'New York', '84 Water Street', 40.7045, -74.0089, 'America/New_York', 'ACTIVE',
        'Three floors by the water.'
    ),
    (
        'NY2', 'vendor', 'Mill Lofts', 'New York', '12 Grand Avenue, Brooklyn', 40.6923, -73.9622, 'America/New_York',
        'PENDING', 'Opens as soon as the papers are in order.'
    ),
    (
        'AM1', 'vendor-amman', 'Rainbow Court', 'Amman', '14 Rainbow Street', 31.9514, 35.9239, 'Asia/Amman', 'ACTIVE',
        'A garden, and quiet rooms around it.'
    ),
    (
        'AM2', 'vendor-amman', 'Abdali Tower', 'Amman', '3 Boulevard Road', 31.9639, 35.9106, 'Asia/Amman', 'ACTIVE', null
    ),
    (
        'LI1', 'vendor-lisbon', 'Casa do Rio', 'Lisbon', 'Rua da Boavista 102', 38.7090, -9.1480, 'Europe/Lisbon', 'ACTIVE',
        'An old warehouse near the river.'
    ),
    (
        'LI2', 'vendor-lisbon', 'Alvalade Hub', 'Lisbon', 'Avenida da Igreja 7', null, null, 'Europe/Lisbon', 'SUSPENDED',
        'Closed while the roof is mended.'
    )
) as demo (code, login, name, city, address, latitude, longitude, time_zone, status, description)
inner join demo_users on demo.login = demo_users.login
inner join auth_users on demo_users.id = auth_users.id;

insert into branches (
    vendor_id, name, description, city, address, latitude, longitude, time_zone, status, created_at, updated_at
)
select
    demo_branches.vendor_id,
    demo_branches.name,
    demo_branches.description,
    demo_branches.city,
    demo_branches.address,
    demo_branches.latitude,
    demo_branches.longitude,
    demo_branches.time_zone,
    demo_branches.status::branch_status,
    demo_calendar.opening - interval '100 days',
    demo_calendar.opening - interval '100 days'
from demo_branches
cross join demo_calendar
order by demo_branches.code;

insert into branch_facilities (branch_id, facility_id)
select
    branches.id,
    facilities.id
from (
    values
    ('NY1', 'Coffee'), ('NY1', 'Lift'), ('NY1', 'Reception'), ('NY1', 'Step-free access'), ('NY2', 'Coffee'),
    ('AM1', 'Coffee'), ('AM1', 'Parking'), ('AM2', 'Lift'), ('AM2', 'Parking'), ('AM2', 'Reception'),
    ('LI1', 'Coffee'), ('LI1', 'Showers'), ('LI2', 'Lift')
) as demo (code, facility)
inner join demo_branches on demo.code = demo_branches.code
inner join branches on demo_branches.vendor_id = branches.vendor_id and demo_branches.name = branches.name
inner join facilities on demo.facility = facilities.name;

create temporary table demo_offerings on commit drop as
select
    demo.*,
    branches.id as branch_id,
    branches.time_zone,
    services.id as service_id
from (
    values
    ('NY1', 'HOT_DESK', 'Desk in the open', 12, 8.50, 'HOUR', 1, 10, true, 24, 0, 'Monitor'),
    ('NY1', 'PRIVATE_OFFICE', 'Office for four', 3, 240.00, 'DAY', 1, 20, false, 48, 50, 'Window'),
    ('NY1', 'MEETING_ROOM', 'Harbour room', 1, 55.00, 'HOUR', 1, 8, true, 24, 25, 'Projector'),
    ('NY2', 'HOT_DESK', 'Loft desk', 20, 6.00, 'HOUR', 2, null, true, 24, 0, 'Standing desk'),
    ('NY2', 'PRIVATE_OFFICE', 'Loft office', 2, 3900.00, 'MONTH', 1, 12, false, 168, 0, 'Window'),
    ('AM1', 'HOT_DESK', 'Garden desk', 8, 3.25, 'HOUR', 1, 12, true, 12, 0, 'Window'),
    ('AM1', 'PRIVATE_OFFICE', 'Garden office', 2, 310.00, 'WEEK', 1, 8, false, 72, 30, 'Whiteboard'),
    ('AM1', 'MEETING_ROOM', 'Cypress room', 1, 22.50, 'HOUR', 1, 6, false, 24, 0, 'Whiteboard'),
    ('AM2', 'HOT_DESK', 'Desk for the week', 30, 70.00, 'WEEK', 1, 4, true, 48, 0, 'Monitor'),
    ('AM2', 'PRIVATE_OFFICE', 'Tower office', 5, 980.00, 'MONTH', 1, 24, false, 168, 20, 'Phone booth'),
    ('AM2', 'MEETING_ROOM', 'Board room', 1, 120.00, 'DAY', 1, 3, false, 48, 0, 'Projector'),
    ('LI1', 'HOT_DESK', 'Desk for the day', 16, 18.00, 'DAY', 1, 30, true, 24, 0, 'Monitor'),
    ('LI1', 'PRIVATE_OFFICE', 'Loft by the river', 1, 650.00, 'WEEK', 1, 12, false, 96, 10, 'Window'),
    ('LI1', 'MEETING_ROOM', 'Sala Tejo', 2, 30.00, 'HOUR', 1, 8, true, 24, 50, 'Whiteboard'),
    ('LI2', 'HOT_DESK', 'Hub desk', 10, 210.00, 'MONTH', 1, 6, false, 168, 0, 'Standing desk')
) as demo (
    code, service, label, capacity, price, unit, least, most, auto_accept, free_cancel_hours, late_refund_percent, feature
)
inner join demo_branches on demo.code = demo_branches.code
inner join branches on demo_branches.vendor_id = branches.vendor_id and demo_branches.name = branches.name
inner join services on demo.service = services.name::text;

insert into vendor_services (
    branch_id,
    service_id,
    label,
    max_capacity,
    price_per_unit,
    price_unit,
    min_booking_duration,
    max_booking_duration,
    cancellation_policy,
    free_cancel_hours,
    late_refund_percent,
    auto_accept,
    created_at,
    updated_at
)
select
    demo_offerings.branch_id,
    demo_offerings.service_id,
    demo_offerings.label,
    demo_offerings.capacity,
    demo_offerings.price,
    demo_offerings.unit::price_unit,
    demo_offerings.least,
    demo_offerings.most,
    'Free until ' || demo_offerings.free_cancel_hours || ' hours before.',
    demo_offerings.free_cancel_hours,
    demo_offerings.late_refund_percent,
    demo_offerings.auto_accept,
    demo_calendar.opening - interval '95 days',
    demo_calendar.opening - interval '95 days'
from demo_offerings
cross join demo_calendar
order by demo_offerings.code, demo_offerings.label;

insert into service_features (vendor_service_id, feature_id)
select
    vendor_services.id,
    features.id
from demo_offerings
inner join vendor_services
    on demo_offerings.branch_id = vendor_services.branch_id and demo_offerings.label = vendor_services.label
inner join features on demo_offerings.feature = features.name;

-- By the hour on working days from 9 to 18; whatever is let for longer, whole days.
insert into availability (
    vendor_service_id, date, start_time, end_time, starts_at, ends_at, total_units, available_units
)
select
    vendor_services.id,
    days.date,
    time '00:00' + clock.start_of,
    case when demo_offerings.unit = 'HOUR' then time '00:00' + clock.end_of else time '24:00' end,
    (days.date + clock.start_of) at time zone demo_offerings.time_zone,
    (days.date + clock.end_of) at time zone demo_offerings.time_zone,
    vendor_services.max_capacity,
    vendor_services.max_capacity
from demo_offerings
inner join vendor_services
    on demo_offerings.branch_id = vendor_services.branch_id and demo_offerings.label = vendor_services.label
cross join lateral (
    select (now() at time zone demo_offerings.time_zone)::date + numbers.day as date
    from generate_series(-14, 59) as numbers (day)
) as days
cross join lateral (
    select
        make_interval(hours => numbers.hour) as start_of,
        make_interval(hours => numbers.hour + case when demo_offerings.unit = 'HOUR' then 1 else 24 end) as end_of
    from generate_series(
        case when demo_offerings.unit = 'HOUR' then 9 else 0 end, case when demo_offerings.unit = 'HOUR' then 17 else 0 end
    ) as numbers (hour)
) as clock
where demo_offerings.unit <> 'HOUR' or extract(isodow from days.date) <= 5
order by vendor_services.id, days.date, clock.start_of;

insert into approval_requests (
    kind, branch_id, vendor_service_id, requested_capacity, reason, submitted_by, created_at
)
select
    request.kind::approval_kind,
    branches.id,
    vendor_services.id,
    request.capacity,
    request.reason,
    demo_branches.vendor_id,
    demo_calendar.opening - interval '2 days'
from (
    values
    ('NY1', 'CAPACITY_CHANGE', 'Desk in the open', 16, 'We have taken the next floor.'),
    ('LI2', 'ACTIVATE_BRANCH', null, null, 'The roof is mended.')
) as request (code, kind, label, capacity, reason)
inner join demo_branches on request.code = demo_branches.code
inner join branches on demo_branches.vendor_id = branches.vendor_id and demo_branches.name = branches.name
left join vendor_services on branches.id = vendor_services.branch_id and request.label = vendor_services.label
cross join demo_calendar;
