-- name: list_work_packages_by_created_at(after_key, after_id, limit, status)
-- The client's work packages, oldest first.
select
    id,
    name,
    description,
    status,
    starts_on,
    ends_on,
    created_at,
    updated_at
from work_packages
where
    (created_at, id) > (coalesce(:after_key::timestamptz, '-infinity'), coalesce(:after_id::bigint, 0))
    and (:status::work_package_status is null or status = :status)
order by created_at, id
limit :limit;

-- name: list_work_packages_by_created_at_desc(after_key, after_id, limit, status)
-- The client's work packages, newest first.
select
    id,
    name,
    description,
    status,
    starts_on,
    ends_on,
    created_at,
    updated_at
from work_packages
where
    (created_at, id)
    < (coalesce(:after_key::timestamptz, 'infinity'), coalesce(:after_id::bigint, 9223372036854775807))
    and (:status::work_package_status is null or status = :status)
order by created_at desc, id desc
limit :limit;

-- name: count_work_packages(status)$
-- How many rows these lists have in all.
select count(*)
from work_packages
where
    :status::work_package_status is null or status = :status;

-- name: get_work_package(work_package_id)^
-- One work package of the client.
select
    id,
    name,
    description,
    status,
    starts_on,
    ends_on,
    created_at,
    updated_at
from work_packages
where id = :work_package_id;
