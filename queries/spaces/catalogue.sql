-- name: get_service(service_id)^
-- One kind of space.
select *
from services
where id = :service_id;

-- name: lock_service(service_id)^
-- Locks: a kind of space.
select *
from services
where id = :service_id
for no key update;

-- name: update_service(service_id, description)!
-- Describe a kind of space. It is locked.
update services
set description = :description
where id = :service_id;

-- name: get_facility(facility_id)^
-- One facility.
select *
from facilities
where id = :facility_id;

-- name: lock_facility(facility_id)^
-- Locks: a facility.
select *
from facilities
where id = :facility_id
for no key update;

-- name: insert_facility(name)^
-- Add a facility.
insert into facilities (name)
values (:name)
returning *;

-- name: update_facility(facility_id, name)!
-- Give a facility another name. It is locked.
update facilities
set name = :name
where id = :facility_id;

-- name: delete_facility(facility_id)!
-- Remove a facility that no branch has. It is locked.
delete from facilities
where id = :facility_id;

-- name: get_feature(feature_id)^
-- One feature.
select *
from features
where id = :feature_id;

-- name: lock_feature(feature_id)^
-- Locks: a feature.
select *
from features
where id = :feature_id
for no key update;

-- name: insert_feature(name)^
-- Add a feature.
insert into features (name)
values (:name)
returning *;

-- name: update_feature(feature_id, name)!
-- Give a feature another name. It is locked.
update features
set name = :name
where id = :feature_id;

-- name: delete_feature(feature_id)!
-- Remove a feature that no offering has. It is locked.
delete from features
where id = :feature_id;

-- name: list_services()
-- The kinds of spaces.
select *
from services
order by id
limit 1000;

-- name: list_facilities_by_name(after_key, after_id, limit, q)
-- The facilities, by name.
select *
from facilities
where
    (lower(name), id) > (coalesce(lower(:after_key::text), ''), coalesce(:after_id::bigint, 0))
    and (:q::text is null or lower(name) like lower(:q))
order by lower(name), id
limit :limit;

-- name: count_facilities(q)$
-- How many rows that list has in all.
select count(*)
from facilities
where :q::text is null or lower(name) like lower(:q);

-- name: list_features_by_name(after_key, after_id, limit, q)
-- The features, by name.
select *
from features
where
    (lower(name), id) > (coalesce(lower(:after_key::text), ''), coalesce(:after_id::bigint, 0))
    and (:q::text is null or lower(name) like lower(:q))
order by lower(name), id
limit :limit;

-- name: count_features(q)$
-- How many rows that list has in all.
select count(*)
from features
where :q::text is null or lower(name) like lower(:q);
