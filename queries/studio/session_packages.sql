-- name: get_session_package(package_id)^
-- One session package, with its category.
select *
from session_package_details
where id = :package_id;

-- name: lock_session_package(package_id)^
-- Locks: the package's row, alone.
select *
from session_packages
where id = :package_id
for no key update;

-- name: insert_session_package(category_id, name, description, price, duration_minutes, inclusions, is_active)$
-- Add a session package; gives its id.
insert into session_packages (category_id, name, description, price, duration_minutes, inclusions, is_active)
values (:category_id, :name, :description, :price, :duration_minutes, :inclusions, :is_active)
returning id;

-- name: update_session_package(id, category_id, name, description, price, duration_minutes, inclusions, is_active)!
-- Change a session package; bookings keep the price they were made at.
update session_packages
set
    category_id = :category_id,
    name = :name,
    description = :description,
    price = :price,
    duration_minutes = :duration_minutes,
    inclusions = :inclusions,
    is_active = :is_active,
    updated_at = now()
where id = :id;

-- name: delete_session_package(package_id)!
-- Remove a session package that no booking uses.
delete from session_packages
where id = :package_id;

-- name: list_session_packages_by_name(after_key, after_id, limit, q, category_id, is_active)
-- Session packages, by name.
select *
from session_package_details
where
    (lower(name), id) > (coalesce(lower(:after_key::text), ''), coalesce(:after_id::bigint, 0))
    and (:q::text is null or lower(name || ' ' || coalesce(description, '')) like lower(:q))
    and (:category_id::bigint is null or category_id = :category_id)
    and (:is_active::boolean is null or is_active = :is_active)
order by lower(name), id
limit :limit;

-- name: list_session_packages_by_name_desc(after_key, after_id, limit, q, category_id, is_active)
-- Session packages, by name, backwards.
select *
from session_package_details
where
    (lower(name), id) < (
        coalesce(lower(:after_key::text), (select max(lower(name)) from session_packages)),
        coalesce(:after_id::bigint, 9223372036854775807)
    )
    and (:q::text is null or lower(name || ' ' || coalesce(description, '')) like lower(:q))
    and (:category_id::bigint is null or category_id = :category_id)
    and (:is_active::boolean is null or is_active = :is_active)
order by lower(name) desc, id desc
limit :limit;

-- name: list_session_packages_by_price(after_key, after_id, limit, q, category_id, is_active)
-- Session packages, cheapest first.
select *
from session_package_details
where
    (price, id) > (coalesce(:after_key::numeric, -1), coalesce(:after_id::bigint, 0))
    and (:q::text is null or lower(name || ' ' || coalesce(description, '')) like lower(:q))
    and (:category_id::bigint is null or category_id = :category_id)
    and (:is_active::boolean is null or is_active = :is_active)
order by price, id
limit :limit;

-- name: list_session_packages_by_price_desc(after_key, after_id, limit, q, category_id, is_active)
-- Session packages, dearest first.
select *
from session_package_details
where
    (price, id) < (coalesce(:after_key::numeric, 10000000000), coalesce(:after_id::bigint, 9223372036854775807))
    and (:q::text is null or lower(name || ' ' || coalesce(description, '')) like lower(:q))
    and (:category_id::bigint is null or category_id = :category_id)
    and (:is_active::boolean is null or is_active = :is_active)
order by price desc, id desc
limit :limit;

-- name: count_session_packages(q, category_id, is_active)$
-- How many rows these lists have in all.
select count(*)
from session_package_details
where
    (:q::text is null or lower(name || ' ' || coalesce(description, '')) like lower(:q))
    and (:category_id::bigint is null or category_id = :category_id)
    and (:is_active::boolean is null or is_active = :is_active);
