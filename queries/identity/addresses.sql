-- name: get_address(address_id, user_id)^
-- One of a user's addresses.
select
    id,
    label,
    line1,
    line2,
    city,
    region,
    postal_code,
    country,
    created_at,
    updated_at
from addresses
where id = :address_id and user_id = :user_id;

-- name: lock_address(address_id, user_id)^
-- Locks: the address, alone.
select *
from addresses
where id = :address_id and user_id = :user_id
for no key update;

-- name: insert_address(user_id, label, line1, line2, city, region, postal_code, country)$
-- Add an address to a user's profile; gives its id.
insert into addresses (user_id, label, line1, line2, city, region, postal_code, country)
values (:user_id, :label, :line1, :line2, :city, :region, :postal_code, :country)
returning id;

-- name: update_address(id, label, line1, line2, city, region, postal_code, country)!
-- Change an address.
update addresses
set
    label = :label,
    line1 = :line1,
    line2 = :line2,
    city = :city,
    region = :region,
    postal_code = :postal_code,
    country = :country,
    updated_at = now()
where id = :id;

-- name: delete_address(address_id, user_id)!
-- Remove an address.
delete from addresses
where id = :address_id and user_id = :user_id;

-- name: list_addresses(after_key, after_id, limit, user_id)
-- A user's addresses, oldest first.
select
    id,
    label,
    line1,
    line2,
    city,
    region,
    postal_code,
    country,
    created_at,
    updated_at
from addresses
where
    (created_at, id) > (coalesce(:after_key::timestamptz, '-infinity'), coalesce(:after_id::bigint, 0))
    and user_id = :user_id
order by created_at, id
limit :limit;

-- name: count_addresses(user_id)$
-- How many rows list_addresses has in all.
select count(*)
from addresses
where user_id = :user_id;
