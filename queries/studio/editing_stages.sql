-- name: get_first_editing_stage(status)^
-- The first column of the board that stands for a status. There is always one.
select *
from editing_stages
where status = :status
order by position
limit 1;
