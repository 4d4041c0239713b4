-- name: get_photo_selection(booking_id, selection_id, viewer_id, viewing_editor_id)^
-- One photo that was chosen of a booking, if the viewers may see it.
select *
from photo_selections_seen_by(:viewer_id, :viewing_editor_id)
where booking_id = :booking_id and id = :selection_id;

-- name: lock_photo_selection(booking_id, selection_id, viewer_id, viewing_editor_id)^
-- Locks: the photo's row, after the booking, if the viewers may see it.
select *
from photo_selections
where
    booking_id = :booking_id
    and id = :selection_id
    and (
        :viewer_id::bigint is null
        or exists (
            select
            from staff_assignments
            where staff_assignments.booking_id = :booking_id and staff_assignments.staff_id = :viewer_id
        )
    )
    and (
        :viewing_editor_id::bigint is null
        or exists (
            select
            from editing_jobs
            where editing_jobs.booking_id = :booking_id and editing_jobs.editor_id = :viewing_editor_id
        )
    )
for no key update;

-- name: insert_photo_selection(booking_id, name, is_edited)$
-- Add a photo behind those that are chosen already; gives its id. The booking is locked.
insert into photo_selections (booking_id, name, is_edited, position)
values (
    :booking_id,
    :name,
    :is_edited,
    (
        select coalesce(max(others.position), 0) + 1
        from photo_selections as others
        where others.booking_id = :booking_id
    )
)
returning id;

-- name: update_photo_selection(id, name, is_edited)!
-- Rename a photo, or note whether it is edited.
update photo_selections
set
    name = :name,
    is_edited = :is_edited,
    updated_at = now()
where id = :id;

-- name: delete_photo_selection(selection_id)!
-- Take a photo back out of what was chosen.
delete from photo_selections
where id = :selection_id;

-- name: exists_booking_of_selections(booking_id, viewer_id, viewing_editor_id)$
-- Whether there is a booking whose photos the viewers may see, chosen or not yet.
select exists (
    select
    from bookings_seen_by(:viewer_id) as seen
    where
        seen.id = :booking_id
        and (
            :viewing_editor_id::bigint is null
            or exists (
                select
                from editing_jobs
                where editing_jobs.booking_id = seen.id and editing_jobs.editor_id = :viewing_editor_id
            )
        )
);

-- name: list_photo_selections_by_position(after_key, after_id, limit, booking_id, viewer_id, viewing_editor_id)
-- The photos that were chosen of a booking, as they were added.
select *
from photo_selections_seen_by(:viewer_id, :viewing_editor_id)
where
    (position, id) > (coalesce(:after_key::integer, 0), coalesce(:after_id::bigint, 0))
    and booking_id = :booking_id
order by position, id
limit :limit;

-- name: count_photo_selections(booking_id, viewer_id, viewing_editor_id)$
-- How many rows this list has in all.
select count(*)
from photo_selections_seen_by(:viewer_id, :viewing_editor_id)
where
    booking_id = :booking_id;
