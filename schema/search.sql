-- What the public is shown of spaces, and finds: active offerings at active branches of active vendors. The functions are
-- plain selects, which PostgreSQL folds into the statement around them. A condition that is null is none.

-- How far two points are apart, along a great circle of a globe as large as the Earth.
create function kilometres_between(latitude float8, longitude float8, other_latitude float8, other_longitude float8)
returns float8
language sql immutable parallel safe
return 2 * 6371.0088 * asin(least(1, sqrt(
    sin(radians(other_latitude - latitude) / 2) ^ 2
    + cos(radians(latitude)) * cos(radians(other_latitude)) * sin(radians(other_longitude - longitude) / 2) ^ 2
)));


-- The branches of a city, of a vendor, with all of these facilities, around a point, each with whether its own words hold
-- what is searched: those of its offerings may, where they do not.
create function branches_open(
    in_city text,
    with_facilities bigint [],
    matching text,
    near_latitude float8,
    near_longitude float8,
    within_kilometres float8,
    of_vendor_id uuid
) returns table (
    id bigint,
    name text,
    time_zone text,
    created_at timestamptz,
    distance_km float8,
    is_matching boolean
)
language sql stable parallel safe
begin atomic
    select
        branches.id,
        branches.name,
        branches.time_zone,
        branches.created_at,
        point.distance_km,
        matching is null
        or lower(branches.name || ' ' || coalesce(branches.description, '') || ' ' || branches.city)
        like lower(matching) as is_matching
    from branches
    inner join auth_users on branches.vendor_id = auth_users.id
    cross join lateral (
        select
            case
                when near_latitude is not null and branches.latitude is not null
                    then round(
                        kilometres_between(
                            near_latitude, near_longitude, branches.latitude::float8, branches.longitude::float8
                        )::numeric,
                        3
                    )::float8
            end as distance_km
    ) as point
    where
        branches.status = 'ACTIVE'
        and auth_users.status = 'ACTIVE'
        and (in_city is null or lower(branches.city) = lower(in_city))
        and (of_vendor_id is null or branches.vendor_id = of_vendor_id)
        and (within_kilometres is null or point.distance_km <= within_kilometres)
        and (
            with_facilities is null
            or cardinality(with_facilities) = (
                select count(*)
                from branch_facilities
                where branch_facilities.branch_id = branches.id and branch_facilities.facility_id = any(with_facilities)
            )
        );
end;


-- The offerings at those branches that meet all conditions, whose units are free all the time that is asked for: its slots
-- cover it without a gap, none is blocked, and each has as many. What is past is not free.
create function offerings_found(
    in_city text,
    of_service service_name,
    on_date date,
    from_time time,
    to_time time,
    units integer,
    with_facilities bigint [],
    with_features bigint [],
    least_price numeric,
    most_price numeric,
    per_unit price_unit,
    matching text,
    near_latitude float8,
    near_longitude float8,
    within_kilometres float8,
    of_vendor_id uuid
) returns table (
    id bigint,
    branch_id bigint,
    label text,
    price_per_unit numeric,
    created_at timestamptz,
    distance_km float8
)
language sql stable parallel safe
begin atomic
    select
        vendor_services.id,
        vendor_services.branch_id,
        vendor_services.label,
        vendor_services.price_per_unit,
        vendor_services.created_at,
        open.distance_km
    from branches_open(
        in_city, with_facilities, matching, near_latitude, near_longitude, within_kilometres, of_vendor_id
    ) as open
    inner join vendor_services on open.id = vendor_services.branch_id
    where
        vendor_services.is_active
        and (
            of_service is null
            or vendor_services.service_id = (select services.id from services where services.name = of_service)
        )
        and (least_price is null or vendor_services.price_per_unit >= least_price)
        and (most_price is null or vendor_services.price_per_unit <= most_price)
        and (per_unit is null or vendor_services.price_unit = per_unit)
        and (units is null or vendor_services.max_capacity >= units)
        and (open.is_matching or lower(vendor_services.label) like lower(matching))
        and (
            with_features is null
            or cardinality(with_features) = (
                select count(*)
                from service_features
                where
                    service_features.vendor_service_id = vendor_services.id
                    and service_features.feature_id = any(with_features)
            )
        )
        and (
            on_date is null
            or (
                (on_date + coalesce(from_time, time '24:00')) at time zone open.time_zone > now()
                and coalesce(units, 1) <= (
                    select
                        case
                            when bool_or(availability.is_blocked) then 0
                            when
                                sum(least(availability.end_time, to_time) - greatest(availability.start_time, from_time))
                                < coalesce(to_time, max(availability.end_time))
                                - coalesce(from_time, min(availability.start_time))
                                then 0
                            else min(availability.available_units)
                        end
                    from availability
                    where
                        availability.vendor_service_id = vendor_services.id
                        and availability.date = on_date
                        and (to_time is null or availability.start_time < to_time)
                        and (from_time is null or availability.end_time > from_time)
                )
            )
        );
end;


-- The branches of those offerings, with the price of the cheapest and the twenty cheapest; where nothing is asked of what
-- a branch offers, also those that offer nothing just now.
create function branches_found(
    in_city text,
    of_service service_name,
    on_date date,
    from_time time,
    to_time time,
    units integer,
    with_facilities bigint [],
    with_features bigint [],
    least_price numeric,
    most_price numeric,
    per_unit price_unit,
    matching text,
    near_latitude float8,
    near_longitude float8,
    within_kilometres float8,
    of_vendor_id uuid
) returns table (
    id bigint,
    name text,
    created_at timestamptz,
    from_price numeric,
    offering_ids bigint [],
    distance_km float8
)
language sql stable parallel safe
begin atomic
    select
        open.id,
        open.name,
        open.created_at,
        offered.from_price,
        offered.offering_ids,
        open.distance_km
    from branches_open(
        in_city, with_facilities, matching, near_latitude, near_longitude, within_kilometres, of_vendor_id
    ) as open
    left join (
        select
            found.branch_id,
            min(found.price_per_unit) as from_price,
            (array_agg(found.id order by found.price_per_unit, found.id))[:20] as offering_ids
        from offerings_found(
            in_city,
            of_service,
            on_date,
            from_time,
            to_time,
            units,
            with_facilities,
            with_features,
            least_price,
            most_price,
            per_unit,
            matching,
            near_latitude,
            near_longitude,
            within_kilometres,
            of_vendor_id
        ) as found
        group by found.branch_id
    ) as offered on open.id = offered.branch_id
    where
        offered.branch_id is not null
        or (
            open.is_matching
            and of_service is null
            and on_date is null
            and units is null
            and with_features is null
            and least_price is null
            and most_price is null
            and per_unit is null
        );
end;


-- An offering, with where it is.
create view public_offering_details as
select
    vendor_service_details.*,
    branch_details.vendor_id,
    branch_details.vendor_name,
    branch_details.city,
    branch_details.address,
    branch_details.latitude,
    branch_details.longitude,
    branch_details.time_zone,
    branch_details.facilities
from vendor_service_details
inner join branch_details on vendor_service_details.branch_id = branch_details.id;


-- What is shown of these offerings within their branch, the cheapest first.
create function offerings_within_branch(of_offering_ids bigint []) returns table (services json)
language sql stable parallel safe
begin atomic
    select
        coalesce(
            json_agg(
                json_build_object(
                    'id', vendor_services.id,
                    'serviceName', services.name,
                    'label', vendor_services.label,
                    'pricePerUnit', vendor_services.price_per_unit::text,
                    'priceUnit', vendor_services.price_unit
                )
                order by vendor_services.price_per_unit, vendor_services.id
            ),
            '[]'
        ) as services
    from vendor_services
    inner join services on vendor_services.service_id = services.id
    where vendor_services.id = any(of_offering_ids);
end;
