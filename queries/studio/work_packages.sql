-- name: get_work_package(work_package_id, viewer_id)^
-- One work package, as far as the viewer may see.
select *
from work_packages_seen_by(:viewer_id)
where id = :work_package_id;

-- name: lock_client_of_work_package(work_package_id)^
-- Locks: the client whose work package it is (it never changes its client), against being erased. Before the package.
select
    clients.id,
    clients.erased_at
from clients
where clients.id = (select work_packages.client_id from work_packages where work_packages.id = :work_package_id)
for key share;

-- name: lock_work_package(work_package_id)^
-- Locks: the work package's row, after its client.
select *
from work_packages
where id = :work_package_id
for no key update;

-- name: lock_work_package_for_work(work_package_id)^
-- Locks: the work package's row against being changed, by whoever is about to add to it; after its client.
select
    id,
    name,
    status
from work_packages
where id = :work_package_id
for share;

-- name: insert_work_package(client_id, name, description, status, starts_on, ends_on)$
-- Add a work package; gives its id.
insert into work_packages (client_id, name, description, status, starts_on, ends_on)
values (:client_id, :name, :description, :status, :starts_on, :ends_on)
returning id;

-- name: update_work_package(id, name, description, status, starts_on, ends_on)!
-- Change a work package.
update work_packages
set
    name = :name,
    description = :description,
    status = :status,
    starts_on = :starts_on,
    ends_on = :ends_on,
    updated_at = now()
where id = :id;

-- name: delete_work_package(work_package_id)!
-- Remove a work package that nothing belongs to.
delete from work_packages
where id = :work_package_id;

-- name: list_work_packages_by_created_at(after_key, after_id, limit, q, client_id, status, viewer_id)
-- Work packages, oldest first.
select *
from work_packages_seen_by(:viewer_id)
where
    (created_at, id) > (coalesce(:after_key::timestamptz, '-infinity'), coalesce(:after_id::bigint, 0))
    and (:q::text is null or lower(name || ' ' || client_name) like lower(:q))
    and (:client_id::bigint is null or client_id = :client_id)
    and (:status::work_package_status is null or status = :status)
order by created_at, id
limit :limit;

-- name: list_work_packages_by_created_at_desc(after_key, after_id, limit, q, client_id, status, viewer_id)
-- Work packages, newest first.
select *
from work_packages_seen_by(:viewer_id)
where
    (created_at, id) < (
        coalesce(:after_key::timestamptz, 'infinity'),
        coalesce(:after_id::bigint, 9223372036854775807)
    )
    and (:q::text is null or lower(name || ' ' || client_name) like lower(:q))
    and (:client_id::bigint is null or client_id = :client_id)
    and (:status::work_package_status is null or status = :status)
order by created_at desc, id desc
limit :limit;

-- name: count_work_packages(q, client_id, status, viewer_id)$
-- How many rows these lists have in all.
select count(*)
from work_packages_seen_by(:viewer_id)
where
    (:q::text is null or lower(name || ' ' || client_name) like lower(:q))
    and (:client_id::bigint is null or client_id = :client_id)
    and (:status::work_package_status is null or status = :status);
