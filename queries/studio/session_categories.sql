-- name: get_session_category(category_id)^
-- One session category.
select *
from session_categories
where id = :category_id;

-- name: lock_session_category(category_id)^
-- Locks: the category's row, alone.
select *
from session_categories
where id = :category_id
for no key update;

-- name: insert_session_category(name)^
-- Add a session category.
insert into session_categories (name)
values (:name)
returning *;

-- name: update_session_category(id, name)!
-- Rename a session category.
update session_categories
set
    name = :name,
    updated_at = now()
where id = :id;

-- name: delete_session_category(category_id)!
-- Remove a session category that has no packages.
delete from session_categories
where id = :category_id;

-- name: list_session_categories_by_name(after_key, after_id, limit, q)
-- Session categories, by name.
select *
from session_categories
where
    (lower(name), id) > (coalesce(lower(:after_key::text), ''), coalesce(:after_id::bigint, 0))
    and (:q::text is null or lower(name) like lower(:q))
order by lower(name), id
limit :limit;

-- name: list_session_categories_by_name_desc(after_key, after_id, limit, q)
-- Session categories, by name, backwards.
select *
from session_categories
where
    (lower(name), id) < (
        coalesce(lower(:after_key::text), (select max(lower(name)) from session_categories)),
        coalesce(:after_id::bigint, 9223372036854775807)
    )
    and (:q::text is null or lower(name) like lower(:q))
order by lower(name) desc, id desc
limit :limit;

-- name: count_session_categories(q)$
-- How many rows these lists have in all.
select count(*)
from session_categories
where
    (:q::text is null or lower(name) like lower(:q));
