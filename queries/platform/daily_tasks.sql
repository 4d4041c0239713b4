-- name: lock_daily_tasks()^
-- Locks: the daily tasks' advisory lock, until it is given back or the connection ends. Never waits: one process does them.
select pg_try_advisory_lock(hashtextextended(current_schema() || ' daily tasks', 0)) as is_locked;

-- name: unlock_daily_tasks()^
-- Give the daily tasks' advisory lock back, on the connection that has it.
select pg_advisory_unlock(hashtextextended(current_schema() || ' daily tasks', 0)) as was_locked;
