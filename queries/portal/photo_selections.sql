-- name: get_photo_selection(booking_id, selection_id)^
-- One photo that was chosen of a booking of the client.
select
    id,
    booking_id,
    name,
    is_edited,
    position,
    created_at,
    updated_at
from photo_selections
where booking_id = :booking_id and id = :selection_id;

-- name: list_photo_selections_by_position(after_key, after_id, limit, booking_id)
-- The photos that were chosen of a booking of the client, as they were added.
select
    id,
    booking_id,
    name,
    is_edited,
    position,
    created_at,
    updated_at
from photo_selections
where
    (position, id) > (coalesce(:after_key::integer, 0), coalesce(:after_id::bigint, 0))
    and booking_id = :booking_id
order by position, id
limit :limit;

-- name: count_photo_selections(booking_id)$
-- How many rows this list has in all.
select count(*)
from photo_selections
where booking_id = :booking_id;
