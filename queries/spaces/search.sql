-- name: list_public_branches_by_created_at_desc(after_key, after_id, limit, city, service, date, start_time, end_time, quantity, facilities, features, price_min, price_max, price_unit, q, lat, lng, radius_km, vendor_id)
-- The branches that have what is searched, newest first.
select
    branch_details.*,
    page.from_price,
    within.services,
    page.distance_km
from (
    select
        id,
        from_price,
        offering_ids,
        distance_km
    from branches_found(
        :city::text,
        :service::service_name,
        :date::date,
        :start_time::time,
        :end_time::time,
        :quantity::integer,
        :facilities::bigint [],
        :features::bigint [],
        :price_min::numeric,
        :price_max::numeric,
        :price_unit::price_unit,
        :q::text,
        :lat::float8,
        :lng::float8,
        :radius_km::float8,
        :vendor_id::uuid
    ) as found
    where (created_at, id) < (coalesce(:after_key::timestamptz, 'infinity'), coalesce(:after_id::bigint, 9223372036854775807))
    order by created_at desc, id desc
    limit :limit
) as page
inner join branch_details using (id)
cross join lateral offerings_within_branch(page.offering_ids) as within
order by created_at desc, id desc
limit :limit;

-- name: list_public_branches_by_from_price(after_key, after_id, limit, city, service, date, start_time, end_time, quantity, facilities, features, price_min, price_max, price_unit, q, lat, lng, radius_km, vendor_id)
-- The branches that have what is searched, cheapest first.
select
    branch_details.*,
    page.from_price,
    within.services,
    page.distance_km
from (
    select
        id,
        from_price,
        offering_ids,
        distance_km
    from branches_found(
        :city::text,
        :service::service_name,
        :date::date,
        :start_time::time,
        :end_time::time,
        :quantity::integer,
        :facilities::bigint [],
        :features::bigint [],
        :price_min::numeric,
        :price_max::numeric,
        :price_unit::price_unit,
        :q::text,
        :lat::float8,
        :lng::float8,
        :radius_km::float8,
        :vendor_id::uuid
    ) as found
    where (coalesce(from_price, 'infinity'), id) > (coalesce(:after_key::numeric, '-infinity'), coalesce(:after_id::bigint, 0))
    order by coalesce(from_price, 'infinity'), id
    limit :limit
) as page
inner join branch_details using (id)
cross join lateral offerings_within_branch(page.offering_ids) as within
order by coalesce(from_price, 'infinity'), id
limit :limit;

-- name: list_public_branches_by_from_price_desc(after_key, after_id, limit, city, service, date, start_time, end_time, quantity, facilities, features, price_min, price_max, price_unit, q, lat, lng, radius_km, vendor_id)
-- The branches that have what is searched, dearest first.
select
    branch_details.*,
    page.from_price,
    within.services,
    page.distance_km
from (
    select
        id,
        from_price,
        offering_ids,
        distance_km
    from branches_found(
        :city::text,
        :service::service_name,
        :date::date,
        :start_time::time,
        :end_time::time,
        :quantity::integer,
        :facilities::bigint [],
        :features::bigint [],
        :price_min::numeric,
        :price_max::numeric,
        :price_unit::price_unit,
        :q::text,
        :lat::float8,
        :lng::float8,
        :radius_km::float8,
        :vendor_id::uuid
    ) as found
    where (coalesce(from_price, 'infinity'), id) < (coalesce(:after_key::numeric, 'infinity'), coalesce(:after_id::bigint, 9223372036854775807))
    order by coalesce(from_price, 'infinity') desc, id desc
    limit :limit
) as page
inner join branch_details using (id)
cross join lateral offerings_within_branch(page.offering_ids) as within
order by coalesce(from_price, 'infinity') desc, id desc
limit :limit;

-- name: list_public_branches_by_distance_km(after_key, after_id, limit, city, service, date, start_time, end_time, quantity, facilities, features, price_min, price_max, price_unit, q, lat, lng, radius_km, vendor_id)
-- The branches that have what is searched, nearest first.
select
    branch_details.*,
    page.from_price,
    within.services,
    page.distance_km
from (
    select
        id,
        from_price,
        offering_ids,
        distance_km
    from branches_found(
        :city::text,
        :service::service_name,
        :date::date,
        :start_time::time,
        :end_time::time,
        :quantity::integer,
        :facilities::bigint [],
        :features::bigint [],
        :price_min::numeric,
        :price_max::numeric,
        :price_unit::price_unit,
        :q::text,
        :lat::float8,
        :lng::float8,
        :radius_km::float8,
        :vendor_id::uuid
    ) as found
    where (coalesce(distance_km, 'infinity'), id) > (coalesce(:after_key::float8, '-infinity'), coalesce(:after_id::bigint, 0))
    order by coalesce(distance_km, 'infinity'), id
    limit :limit
) as page
inner join branch_details using (id)
cross join lateral offerings_within_branch(page.offering_ids) as within
order by coalesce(distance_km, 'infinity'), id
limit :limit;

-- name: list_public_branches_by_name(after_key, after_id, limit, city, service, date, start_time, end_time, quantity, facilities, features, price_min, price_max, price_unit, q, lat, lng, radius_km, vendor_id)
-- The branches that have what is searched, by name.
select
    branch_details.*,
    page.from_price,
    within.services,
    page.distance_km
from (
    select
        id,
        from_price,
        offering_ids,
        distance_km
    from branches_found(
        :city::text,
        :service::service_name,
        :date::date,
        :start_time::time,
        :end_time::time,
        :quantity::integer,
        :facilities::bigint [],
        :features::bigint [],
        :price_min::numeric,
        :price_max::numeric,
        :price_unit::price_unit,
        :q::text,
        :lat::float8,
        :lng::float8,
        :radius_km::float8,
        :vendor_id::uuid
    ) as found
    where (lower(name), id) > (coalesce(lower(:after_key::text), ''), coalesce(:after_id::bigint, 0))
    order by lower(name), id
    limit :limit
) as page
inner join branch_details using (id)
cross join lateral offerings_within_branch(page.offering_ids) as within
order by lower(name), id
limit :limit;

-- name: count_public_branches(city, service, date, start_time, end_time, quantity, facilities, features, price_min, price_max, price_unit, q, lat, lng, radius_km, vendor_id)$
-- How many rows these lists have in all.
select count(*)
from branches_found(
    :city::text,
    :service::service_name,
    :date::date,
    :start_time::time,
    :end_time::time,
    :quantity::integer,
    :facilities::bigint [],
    :features::bigint [],
    :price_min::numeric,
    :price_max::numeric,
    :price_unit::price_unit,
    :q::text,
    :lat::float8,
    :lng::float8,
    :radius_km::float8,
    :vendor_id::uuid
) as found;

-- name: list_public_offerings_by_created_at_desc(after_key, after_id, limit, city, service, date, start_time, end_time, quantity, facilities, features, price_min, price_max, price_unit, q, lat, lng, radius_km, vendor_id)
-- The offerings that are searched, newest first.
select
    public_offering_details.*,
    page.distance_km
from (
    select
        id,
        distance_km
    from offerings_found(
        :city::text,
        :service::service_name,
        :date::date,
        :start_time::time,
        :end_time::time,
        :quantity::integer,
        :facilities::bigint [],
        :features::bigint [],
        :price_min::numeric,
        :price_max::numeric,
        :price_unit::price_unit,
        :q::text,
        :lat::float8,
        :lng::float8,
        :radius_km::float8,
        :vendor_id::uuid
    ) as found
    where (created_at, id) < (coalesce(:after_key::timestamptz, 'infinity'), coalesce(:after_id::bigint, 9223372036854775807))
    order by created_at desc, id desc
    limit :limit
) as page
inner join public_offering_details using (id)
order by created_at desc, id desc
limit :limit;

-- name: list_public_offerings_by_price_per_unit(after_key, after_id, limit, city, service, date, start_time, end_time, quantity, facilities, features, price_min, price_max, price_unit, q, lat, lng, radius_km, vendor_id)
-- The offerings that are searched, cheapest first.
select
    public_offering_details.*,
    page.distance_km
from (
    select
        id,
        distance_km
    from offerings_found(
        :city::text,
        :service::service_name,
        :date::date,
        :start_time::time,
        :end_time::time,
        :quantity::integer,
        :facilities::bigint [],
        :features::bigint [],
        :price_min::numeric,
        :price_max::numeric,
        :price_unit::price_unit,
        :q::text,
        :lat::float8,
        :lng::float8,
        :radius_km::float8,
        :vendor_id::uuid
    ) as found
    where (price_per_unit, id) > (coalesce(:after_key::numeric, '-infinity'), coalesce(:after_id::bigint, 0))
    order by price_per_unit, id
    limit :limit
) as page
inner join public_offering_details using (id)
order by price_per_unit, id
limit :limit;

-- name: list_public_offerings_by_price_per_unit_desc(after_key, after_id, limit, city, service, date, start_time, end_time, quantity, facilities, features, price_min, price_max, price_unit, q, lat, lng, radius_km, vendor_id)
-- The offerings that are searched, dearest first.
select
    public_offering_details.*,
    page.distance_km
from (
    select
        id,
        distance_km
    from offerings_found(
        :city::text,
        :service::service_name,
        :date::date,
        :start_time::time,
        :end_time::time,
        :quantity::integer,
        :facilities::bigint [],
        :features::bigint [],
        :price_min::numeric,
        :price_max::numeric,
        :price_unit::price_unit,
        :q::text,
        :lat::float8,
        :lng::float8,
        :radius_km::float8,
        :vendor_id::uuid
    ) as found
    where (price_per_unit, id) < (coalesce(:after_key::numeric, 'infinity'), coalesce(:after_id::bigint, 9223372036854775807))
    order by price_per_unit desc, id desc
    limit :limit
) as page
inner join public_offering_details using (id)
order by price_per_unit desc, id desc
limit :limit;

-- name: list_public_offerings_by_distance_km(after_key, after_id, limit, city, service, date, start_time, end_time, quantity, facilities, features, price_min, price_max, price_unit, q, lat, lng, radius_km, vendor_id)
-- The offerings that are searched, nearest first.
select
    public_offering_details.*,
    page.distance_km
from (
    select
        id,
        distance_km
    from offerings_found(
        :city::text,
        :service::service_name,
        :date::date,
        :start_time::time,
        :end_time::time,
        :quantity::integer,
        :facilities::bigint [],
        :features::bigint [],
        :price_min::numeric,
        :price_max::numeric,
        :price_unit::price_unit,
        :q::text,
        :lat::float8,
        :lng::float8,
        :radius_km::float8,
        :vendor_id::uuid
    ) as found
    where (coalesce(distance_km, 'infinity'), id) > (coalesce(:after_key::float8, '-infinity'), coalesce(:after_id::bigint, 0))
    order by coalesce(distance_km, 'infinity'), id
    limit :limit
) as page
inner join public_offering_details using (id)
order by coalesce(distance_km, 'infinity'), id
limit :limit;

-- name: list_public_offerings_by_label(after_key, after_id, limit, city, service, date, start_time, end_time, quantity, facilities, features, price_min, price_max, price_unit, q, lat, lng, radius_km, vendor_id)
-- The offerings that are searched, by name.
select
    public_offering_details.*,
    page.distance_km
from (
    select
        id,
        distance_km
    from offerings_found(
        :city::text,
        :service::service_name,
        :date::date,
        :start_time::time,
        :end_time::time,
        :quantity::integer,
        :facilities::bigint [],
        :features::bigint [],
        :price_min::numeric,
        :price_max::numeric,
        :price_unit::price_unit,
        :q::text,
        :lat::float8,
        :lng::float8,
        :radius_km::float8,
        :vendor_id::uuid
    ) as found
    where (lower(label), id) > (coalesce(lower(:after_key::text), ''), coalesce(:after_id::bigint, 0))
    order by lower(label), id
    limit :limit
) as page
inner join public_offering_details using (id)
order by lower(label), id
limit :limit;

-- name: count_public_offerings(city, service, date, start_time, end_time, quantity, facilities, features, price_min, price_max, price_unit, q, lat, lng, radius_km, vendor_id)$
-- How many rows these lists have in all.
select count(*)
from offerings_found(
    :city::text,
    :service::service_name,
    :date::date,
    :start_time::time,
    :end_time::time,
    :quantity::integer,
    :facilities::bigint [],
    :features::bigint [],
    :price_min::numeric,
    :price_max::numeric,
    :price_unit::price_unit,
    :q::text,
    :lat::float8,
    :lng::float8,
    :radius_km::float8,
    :vendor_id::uuid
) as found;

-- name: get_public_branch(branch_id)^
-- One branch that the public sees.
select
    branch_details.*,
    found.from_price,
    within.services,
    found.distance_km
from branches_found(null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null) as found
inner join branch_details on found.id = branch_details.id
cross join lateral offerings_within_branch(found.offering_ids) as within
where found.id = :branch_id;

-- name: get_public_offering(vendor_service_id)^
-- One offering that the public sees.
select
    public_offering_details.*,
    found.distance_km
from offerings_found(null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null) as found
inner join public_offering_details on found.id = public_offering_details.id
where found.id = :vendor_service_id;
