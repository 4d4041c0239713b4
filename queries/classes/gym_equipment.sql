-- name: list_equipment_by_name(after_key, after_id, limit, gym_id, category, status, sees_all)
-- What is at a gym, by name; what is retired, the public is not shown.
select *
from gym_equipment
where
    (lower(name), id) > (coalesce(lower(:after_key::text), ''), coalesce(:after_id::bigint, 0))
    and gym_id = :gym_id
    and (:category::text is null or lower(category) = lower(:category))
    and (:status::equipment_status is null or status = :status)
    and (:sees_all::boolean or status <> 'RETIRED')
order by lower(name), id
limit :limit;

-- name: count_equipment(gym_id, category, status, sees_all)$
-- How many rows this list has in all.
select count(*)
from gym_equipment
where
    gym_id = :gym_id
    and (:category::text is null or lower(category) = lower(:category))
    and (:status::equipment_status is null or status = :status)
    and (:sees_all::boolean or status <> 'RETIRED');

-- name: get_equipment(gym_id, equipment_id, sees_all)^
-- Something at a gym, as the list has it; the gym itself is there for whoever asks.
select gym_equipment.*
from gym_equipment
inner join gyms on gym_equipment.gym_id = gyms.id
where
    gym_equipment.id = :equipment_id
    and gym_equipment.gym_id = :gym_id
    and (:sees_all::boolean or (gym_equipment.status <> 'RETIRED' and gyms.status <> 'INACTIVE'));

-- name: lock_equipment(gym_id, equipment_id)^
-- Locks: something at a gym.
select *
from gym_equipment
where id = :equipment_id and gym_id = :gym_id
for no key update;

-- name: insert_equipment(gym_id, name, category, quantity, status)^
-- Put something into a gym. The gym is locked.
insert into gym_equipment (gym_id, name, category, quantity, status)
values (:gym_id, :name, :category, :quantity, :status)
returning *;

-- name: update_equipment(id, name, category, quantity, status)!
-- Change what is said of something at a gym. It is locked.
update gym_equipment
set
    name = :name,
    category = :category,
    quantity = :quantity,
    status = :status,
    updated_at = now()
where id = :id;

-- name: delete_equipment(equipment_id)!
-- Take something out of a gym. It is locked.
delete from gym_equipment
where id = :equipment_id;
