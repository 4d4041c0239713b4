-- Spaces for measuring: 5,000 branches of 500 vendors in 20 cities, each with some of 12 facilities, 20,000 offerings, and
-- 2,000,000 slots of an hour, from tomorrow on. On a database that has schema.sql and nothing else:
--
--     psql "$DATABASE_URL" -f schema.sql -f bench/spaces.sql
--
-- Fixed content but for its days, the same on every machine; every invariant holds on it.

\set ON_ERROR_STOP on
begin;
\ir trail_off.sql

insert into auth_users (name, email, email_verified, role, status)
select
    'Vendor ' || g,
    'vendor' || g || '@example.com',
    timestamptz '2024-01-01 08:00Z',
    'VENDOR',
    'ACTIVE'
from generate_series(0, 499) as g;

insert into facilities (id, name)
overriding system value
select
    g,
    'Facility ' || g
from generate_series(1, 12) as g;

insert into features (id, name)
overriding system value
select
    g,
    'Feature ' || g
from generate_series(1, 12) as g;

insert into branches (
    id, vendor_id, name, description, city, address, latitude, longitude, time_zone, status, created_at, updated_at
)
overriding system value
select
    g,
    auth_users.id,
    'Branch ' || g,
    'Bright rooms near the centre, with a view of the ' || (array['river', 'park', 'harbour'])[1 + g % 3],
    'City ' || g % 20,
    g || ' High Street',
    (g % 20) * 2 + (g * 37 % 1000) / 5000.0,
    (g % 20) * 5 + (g * 61 % 1000) / 5000.0,
    'UTC',
    'ACTIVE',
    timestamptz '2024-01-01 08:00Z' + g * interval '37 minutes',
    timestamptz '2024-01-01 08:00Z' + g * interval '37 minutes'
from generate_series(1, 5000) as g
inner join auth_users on auth_users.email = 'vendor' || g % 500 || '@example.com';

-- A branch has each facility with a chance of one in two.
insert into branch_facilities (branch_id, facility_id)
select
    branches.id,
    facilities.id
from branches
cross join facilities
where hashint8(branches.id * 13 + facilities.id) % 2 = 0;

insert into vendor_services (
    id, branch_id, service_id, label, max_capacity, price_per_unit, price_unit, auto_accept, created_at, updated_at
)
overriding system value
select
    g,
    1 + (g - 1) / 4,
    services.id,
    'Offering ' || g,
    1 + g % 12,
    5 + abs(hashint4(g::integer)) % 10000 / 100.0,
    'HOUR',
    true,
    timestamptz '2024-01-01 08:00Z' + g * interval '9 minutes',
    timestamptz '2024-01-01 08:00Z' + g * interval '9 minutes'
from generate_series(1, 20000) as g
inner join services
    on services.name = (array['HOT_DESK', 'PRIVATE_OFFICE', 'MEETING_ROOM', 'HOT_DESK'])[1 + g % 4]::service_name;

insert into service_features (vendor_service_id, feature_id)
select
    vendor_services.id,
    features.id
from vendor_services
cross join features
where hashint8(vendor_services.id * 17 + features.id) % 3 = 0;

-- Checked all at once afterwards, which is quicker. Of each offering ten days, 8:00 to 18:00; one slot in forty is blocked.
-- What is not free of a slot is held by one booking of it.
alter table availability drop constraint availability_no_overlap;

insert into availability (
    vendor_service_id, date, start_time, end_time, starts_at, ends_at, total_units, available_units, is_blocked
)
select
    vendor_services.id,
    current_date + days.number,
    make_time(hours.number, 0, 0),
    make_time(hours.number + 1, 0, 0),
    (current_date + days.number + make_time(hours.number, 0, 0)) at time zone 'UTC',
    (current_date + days.number + make_time(hours.number + 1, 0, 0)) at time zone 'UTC',
    vendor_services.max_capacity,
    vendor_services.max_capacity,
    hashint8(vendor_services.id * 1000 + days.number * 24 + hours.number) % 40 = 0
from vendor_services
cross join generate_series(1, 10) as days (number)
cross join generate_series(8, 17) as hours (number);

alter table availability add constraint availability_no_overlap exclude using gist (
    vendor_service_id with =, tstzrange(starts_at, ends_at) with &&
);

commit;
\ir trail_on.sql
vacuum analyze;
