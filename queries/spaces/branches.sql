-- name: get_branch(branch_id, vendor_id)^
-- One branch, of a vendor's or of anybody's.
select *
from branch_details
where id = :branch_id and (:vendor_id::uuid is null or vendor_id = :vendor_id);

-- name: exists_branch_of_vendor(branch_id, vendor_id)$
-- Whether a branch is a vendor's.
select exists (
    select
    from branches
    where id = :branch_id and vendor_id = :vendor_id
);

-- name: lock_branch(branch_id, vendor_id)^
-- Locks: a branch, of a vendor's or of anybody's, before its offerings. Whoever books there is done, or waits.
select
    branches.*,
    auth_users.name as vendor_name
from branches
inner join auth_users on branches.vendor_id = auth_users.id
where branches.id = :branch_id and (:vendor_id::uuid is null or branches.vendor_id = :vendor_id)
for no key update of branches;

-- name: insert_branch(vendor_id, name, description, city, address, latitude, longitude, time_zone)$
-- Add a branch, which waits for an administrator; gives its id.
insert into branches (vendor_id, name, description, city, address, latitude, longitude, time_zone)
values (:vendor_id, :name, :description, :city, :address, :latitude, :longitude, :time_zone)
returning id;

-- name: update_branch(id, name, description, city, address, latitude, longitude, time_zone)!
-- Change what a vendor says of a branch. It is locked.
update branches
set
    name = :name,
    description = :description,
    city = :city,
    address = :address,
    latitude = :latitude,
    longitude = :longitude,
    time_zone = :time_zone,
    updated_at = now()
where id = :id;

-- name: update_branch_status(branch_id, status)!
-- Let a branch in, or hide it. It is locked.
update branches
set
    status = :status,
    updated_at = now()
where id = :branch_id;

-- name: exists_slot_of_branch(branch_id)$
-- Whether anything of a branch has a time, which is told by its clock.
select exists (
    select
    from availability
    inner join vendor_services on availability.vendor_service_id = vendor_services.id
    where vendor_services.branch_id = :branch_id
);

-- name: delete_branch_facilities(branch_id)!
-- Take away all facilities of a branch. It is locked.
delete from branch_facilities
where branch_id = :branch_id;

-- name: insert_branch_facilities(branch_id, facility_ids)!
-- Give a branch these facilities. It is locked, and has none.
insert into branch_facilities (branch_id, facility_id)
select
    :branch_id,
    chosen.id
from unnest(:facility_ids::bigint []) as chosen (id)
group by chosen.id;

-- name: list_branches_by_created_at(after_key, after_id, limit, q, status, vendor_id)
-- Branches, of a vendor's or of everybody's, oldest first.
select *
from branch_details
where
    (created_at, id) > (coalesce(:after_key::timestamptz, '-infinity'), coalesce(:after_id::bigint, 0))
    and (:q::text is null or lower(name || ' ' || city || ' ' || vendor_name) like lower(:q))
    and (:status::branch_status is null or status = :status)
    and (:vendor_id::uuid is null or vendor_id = :vendor_id)
order by created_at, id
limit :limit;

-- name: list_branches_by_name(after_key, after_id, limit, q, status, vendor_id)
-- Branches, of a vendor's or of everybody's, by name.
select *
from branch_details
where
    (lower(name), id) > (coalesce(lower(:after_key::text), ''), coalesce(:after_id::bigint, 0))
    and (:q::text is null or lower(name || ' ' || city || ' ' || vendor_name) like lower(:q))
    and (:status::branch_status is null or status = :status)
    and (:vendor_id::uuid is null or vendor_id = :vendor_id)
order by lower(name), id
limit :limit;

-- name: count_branches(q, status, vendor_id)$
-- How many rows these lists have in all.
select count(*)
from branch_details
where
    (:q::text is null or lower(name || ' ' || city || ' ' || vendor_name) like lower(:q))
    and (:status::branch_status is null or status = :status)
    and (:vendor_id::uuid is null or vendor_id = :vendor_id);
