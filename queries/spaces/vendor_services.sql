-- name: get_vendor_service(vendor_service_id, vendor_id)^
-- One offering of a vendor's.
select vendor_service_details.*
from vendor_service_details
inner join branches on vendor_service_details.branch_id = branches.id
where vendor_service_details.id = :vendor_service_id and branches.vendor_id = :vendor_id;

-- name: exists_vendor_service_of_vendor(vendor_service_id, vendor_id)$
-- Whether an offering is a vendor's.
select exists (
    select
    from vendor_services
    inner join branches on vendor_services.branch_id = branches.id
    where vendor_services.id = :vendor_service_id and branches.vendor_id = :vendor_id
);

-- name: lock_vendor_service(vendor_service_id, vendor_id)^
-- Locks: the branch of an offering for share, then the offering; of a vendor's or of anybody's. Whoever books it is done,
-- or waits.
select
    vendor_services.*,
    branches.time_zone
from vendor_services
inner join branches on vendor_services.branch_id = branches.id
where vendor_services.id = :vendor_service_id and (:vendor_id::uuid is null or branches.vendor_id = :vendor_id)
for share of branches for no key update of vendor_services;

-- name: insert_vendor_service(branch_id, service_id, label, max_capacity, price_per_unit, price_unit, min_booking_duration, max_booking_duration, cancellation_policy, free_cancel_hours, late_refund_percent, auto_accept, is_active)$
-- Offer something at a branch; gives its id.
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
    is_active
)
values (
    :branch_id,
    :service_id,
    :label,
    :max_capacity,
    :price_per_unit,
    :price_unit,
    :min_booking_duration,
    :max_booking_duration,
    :cancellation_policy,
    :free_cancel_hours,
    :late_refund_percent,
    :auto_accept,
    :is_active
)
returning id;

-- name: update_vendor_service(id, label, price_per_unit, price_unit, min_booking_duration, max_booking_duration, cancellation_policy, free_cancel_hours, late_refund_percent, auto_accept, is_active)!
-- Change the terms of an offering. It is locked; what is booked keeps the price it was sold at.
update vendor_services
set
    label = :label,
    price_per_unit = :price_per_unit,
    price_unit = :price_unit,
    min_booking_duration = :min_booking_duration,
    max_booking_duration = :max_booking_duration,
    cancellation_policy = :cancellation_policy,
    free_cancel_hours = :free_cancel_hours,
    late_refund_percent = :late_refund_percent,
    auto_accept = :auto_accept,
    is_active = :is_active,
    updated_at = now()
where id = :id;

-- name: update_capacity(vendor_service_id, max_capacity)!
-- Give an offering another capacity, as was approved. It is locked.
update vendor_services
set
    max_capacity = :max_capacity,
    updated_at = now()
where id = :vendor_service_id;

-- name: exists_space_booking_of_vendor_service(vendor_service_id)$
-- Whether an offering was ever booked. It is locked.
select exists (
    select
    from space_bookings
    where vendor_service_id = :vendor_service_id
);

-- name: delete_vendor_service(vendor_service_id)!
-- Remove an offering that was never booked, and whose slots and requests are gone. It is locked.
delete from vendor_services
where id = :vendor_service_id;

-- name: delete_service_features(vendor_service_id)!
-- Take away all features of an offering. It is locked.
delete from service_features
where vendor_service_id = :vendor_service_id;

-- name: insert_service_features(vendor_service_id, feature_ids)!
-- Give an offering these features. It is locked, and has none.
insert into service_features (vendor_service_id, feature_id)
select
    :vendor_service_id,
    chosen.id
from unnest(:feature_ids::bigint []) as chosen (id)
group by chosen.id;

-- name: list_vendor_services_by_label(after_key, after_id, limit, branch_id)
-- What is offered at a branch, by label.
select *
from vendor_service_details
where
    (lower(label), id) > (coalesce(lower(:after_key::text), ''), coalesce(:after_id::bigint, 0))
    and branch_id = :branch_id
order by lower(label), id
limit :limit;

-- name: count_vendor_services(branch_id)$
-- How many rows that list has in all.
select count(*)
from vendor_services
where branch_id = :branch_id;
