-- name: insert_job(task, queue, lock, args, scheduled_at)^
-- Queue a job for the worker, in the transaction that causes it: it is done if and only if that commits.
select
    unnest(
        procrastinate_defer_jobs_v1(
            array[
                row(:queue, :task, 0, :lock, null, :args::jsonb, :scheduled_at::timestamptz)::procrastinate_job_to_defer_v1
            ]
        )
    ) as id;

-- name: update_jobs_of_the_dead(silence)$
-- Give the jobs of workers that have said nothing for so many seconds to whoever comes next; how many. One statement,
-- that looks again at a row somebody else has just changed: a job that was taken up meanwhile is left alone. They give up
-- their place in the queue, which another one of the same kind may have by now.
with retaken as (
    update procrastinate_jobs
    set
        status = 'todo',
        attempts = attempts + 1,
        scheduled_at = null,
        queueing_lock = null,
        abort_requested = false,
        worker_id = null
    where
        status = 'doing'
        and not exists (
            select
            from procrastinate_workers
            where
                procrastinate_workers.id = procrastinate_jobs.worker_id
                and procrastinate_workers.last_heartbeat > now() - make_interval(secs => :silence::double precision)
        )
    returning id
)

select count(*)
from retaken;

-- name: update_delayed_jobs(task)!
-- Let the jobs of a task that are to be done later be done now; how many.
update procrastinate_jobs
set scheduled_at = null
where task_name = :task and status = 'todo' and scheduled_at > now();

-- name: get_work_waiting(most)^
-- What waits for the workers, and how many of them live, for whoever watches: jobs by queue, task and status, of each
-- status so many at most, and as many messages. Those of a worker that is done are no more.
with counted as (
    (
        select queue_name, task_name, status
        from procrastinate_jobs
        where status = 'todo'
        limit :most
    )
    union all
    (
        select queue_name, task_name, status
        from procrastinate_jobs
        where status = 'doing'
        limit :most
    )
    union all
    (
        select queue_name, task_name, status
        from procrastinate_jobs
        where status = 'failed'
        limit :most
    )
),

jobs as (
    select queue_name, task_name, status, count(*) as number_of_jobs
    from counted
    group by queue_name, task_name, status
),

messages as (
    select
    from communication_logs
    where status = 'PENDING'
    limit :most
)

select
    (
        select
            coalesce(
                jsonb_agg(
                    jsonb_build_object('queue', queue_name, 'task', task_name, 'status', status, 'jobs', number_of_jobs)
                ),
                '[]'
            )
        from jobs
    ) as jobs,
    (select count(*) from messages) as messages,
    (select count(*) from procrastinate_workers where last_heartbeat > now() - interval '1 minute') as workers;
