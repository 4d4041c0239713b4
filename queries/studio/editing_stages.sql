-- name: get_editing_stage(stage_id)^
-- One column of the editing board.
select *
from editing_stages
where id = :stage_id;

-- name: lock_editing_board()^
-- Locks: the one advisory lock of the board's stages, before the stages, so that those who change the set of them come one
-- after the other: whoever waited for the rows alone would not see a stage that was added meanwhile.
select pg_advisory_xact_lock(hashtextextended(current_schema() || ' editing stages', 0)) as is_locked;

-- name: lock_editing_stages()
-- Locks: every stage, by id, for whoever changes the set of them: two at once cannot take away the last two of a status,
-- and nobody moves a job meanwhile. After lock_editing_board, under which the set stays as it is.
select *
from editing_stages
order by id
limit 100
for no key update;

-- name: lock_editing_stages_shared()
-- Locks: every stage, by id, for whoever moves a job: they stay as they are until it is moved, and others may move
-- jobs at the same time.
select *
from editing_stages
order by id
limit 100
for share;

-- name: insert_editing_stage(name, colour, position, status, awaits_selection, awaits_approval)$
-- Add a stage; gives its id. All stages are locked.
insert into editing_stages (name, colour, position, status, awaits_selection, awaits_approval)
values (:name, :colour, :position, :status, :awaits_selection, :awaits_approval)
returning id;

-- name: update_editing_stage(id, name, colour, status, awaits_selection, awaits_approval)!
-- Change a stage, but for its place. All stages are locked.
update editing_stages
set
    name = :name,
    colour = :colour,
    status = :status,
    awaits_selection = :awaits_selection,
    awaits_approval = :awaits_approval,
    updated_at = now()
where id = :id;

-- name: update_editing_stage_positions(stage_ids)!
-- Number the stages in this order, from 1, in one statement. All stages are locked.
update editing_stages
set
    position = numbered.position,
    updated_at = now()
from unnest(:stage_ids::bigint []) with ordinality as numbered (id, position)
where editing_stages.id = numbered.id and editing_stages.position <> numbered.position;

-- name: delete_editing_stage(stage_id)!
-- Take a stage without jobs off the board; what logs say of it keeps its status. All stages are locked.
delete from editing_stages
where id = :stage_id;

-- name: list_editing_stages_by_position(after_key, after_id, limit)
-- Stages, in the order of the board.
select *
from editing_stages
where
    (position, id) > (coalesce(:after_key::integer, 0), coalesce(:after_id::bigint, 0))
order by position, id
limit :limit;

-- name: count_editing_stages()$
-- How many rows this list has in all.
select count(*)
from editing_stages;
