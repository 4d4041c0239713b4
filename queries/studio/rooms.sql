-- name: get_room(room_id)^
-- One room.
select *
from rooms
where id = :room_id;

-- name: lock_room(room_id)^
-- Locks: the room's row, alone.
select *
from rooms
where id = :room_id
for no key update;

-- name: lock_rooms(room_ids)
-- Locks: the rooms' rows, by id, after the people. Whoever books these rooms waits here, so that two bookings which want
-- the same hour of one room meet in turn, and the second finds the first.
select *
from rooms
where id = any(:room_ids::bigint [])
order by id
limit 1000
for no key update;

-- name: insert_room(name, notes, is_active)^
-- Add a room.
insert into rooms (name, notes, is_active)
values (:name, :notes, :is_active)
returning *;

-- name: update_room(id, name, notes, is_active)!
-- Change a room.
update rooms
set
    name = :name,
    notes = :notes,
    is_active = :is_active,
    updated_at = now()
where id = :id;

-- name: delete_room(room_id)!
-- Remove a room that was never booked.
delete from rooms
where id = :room_id;

-- name: list_rooms_by_name(after_key, after_id, limit, q, is_active)
-- Rooms, by name.
select *
from rooms
where
    (lower(name), id) > (coalesce(lower(:after_key::text), ''), coalesce(:after_id::bigint, 0))
    and (:q::text is null or lower(name) like lower(:q))
    and (:is_active::boolean is null or is_active = :is_active)
order by lower(name), id
limit :limit;

-- name: list_rooms_by_name_desc(after_key, after_id, limit, q, is_active)
-- Rooms, by name, backwards.
select *
from rooms
where
    (lower(name), id) < (
        coalesce(lower(:after_key::text), (select max(lower(name)) from rooms)),
        coalesce(:after_id::bigint, 9223372036854775807)
    )
    and (:q::text is null or lower(name) like lower(:q))
    and (:is_active::boolean is null or is_active = :is_active)
order by lower(name) desc, id desc
limit :limit;

-- name: count_rooms(q, is_active)$
-- How many rows these lists have in all.
select count(*)
from rooms
where
    (:q::text is null or lower(name) like lower(:q))
    and (:is_active::boolean is null or is_active = :is_active);
