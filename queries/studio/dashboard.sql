-- name: get_dashboard_calendar(days)^
-- The days that the dashboard tells of, where the studio is: so many up to today, as many before them, and this time of day
-- as many days ago and ahead.
select
    today.day as today,
    today.day - :days::integer as day_then,
    (date_trunc('month', today.day::timestamp) - interval '11 months')::date as first_month,
    studio_midnight(today.day - 2 * :days::integer + 1) as previous_starts_at,
    studio_midnight(today.day - :days::integer + 1) as starts_at,
    studio_midnight(today.day + 1) as ends_at,
    now() as now,
    ((now() at time zone studio_settings.time_zone) - make_interval(days => :days::integer))
    at time zone studio_settings.time_zone as time_then,
    ((now() at time zone studio_settings.time_zone) + make_interval(days => :days::integer))
    at time zone studio_settings.time_zone as time_ahead,
    studio_settings.currency
from studio_settings
cross join lateral (select studio_today() as day) as today;

-- name: get_revenue_figure(previous_starts_at, starts_at, ends_at)^
-- What came in during a period, less what went back, and during the one before.
select
    coalesce(sum(amount) filter (where moved_at >= :starts_at), 0.00) as value,
    coalesce(sum(amount) filter (where moved_at < :starts_at), 0.00) as previous
from money_movements
where moved_at >= :previous_starts_at and moved_at < :ends_at;

-- name: get_overdue_figure(today, ends_at, day_then, day_then_ends_at)^
-- What is past due at the end of a day, on how many invoices; and what was on a day before.
select
    present.balance as value,
    present.invoices as count,
    past.balance as previous,
    past.invoices as previous_count
from (
    select
        coalesce(sum(balances.balance), 0.00) as balance,
        count(*) as invoices
    from balances_at(:ends_at, :today) as balances
    where balances.due_date < :today
) as present
cross join (
    select
        coalesce(sum(balances.balance), 0.00) as balance,
        count(*) as invoices
    from balances_at(:day_then_ends_at, :day_then) as balances
    where balances.due_date < :day_then
) as past;

-- name: get_upcoming_bookings_figure(time_then, now, time_ahead, viewer_id)^
-- How many sessions the viewer may look forward to, and how many they have had in as many days.
select
    count(*) filter (where session_date >= :now and status in ('PENDING', 'SCHEDULED')) as value,
    count(*) filter (where session_date < :now and status <> 'CANCELLED') as previous
from bookings
where
    session_date >= :time_then
    and session_date < :time_ahead
    and (
        :viewer_id::bigint is null
        or exists (
            select
            from staff_assignments
            where staff_assignments.booking_id = bookings.id and staff_assignments.staff_id = :viewer_id
        )
    );

-- name: get_editing_queue_figure(time_then, viewer_id, viewing_editor_id)^
-- How many editing jobs there are to do, of those that the viewers may see, and how many there were then: as many, but for
-- those that were moved since, of which the log tells.
with jobs as (
    select
        shown.id,
        shown.status in ('PENDING', 'IN_PROGRESS', 'REVISION') as is_open
    from editing_jobs_shown(:viewer_id, :viewing_editor_id) as shown
)

select
    present.jobs as value,
    present.jobs - moved.jobs_now + moved.jobs_then as previous
from (
    select count(*) as jobs
    from jobs
    where is_open
) as present
cross join (
    select
        count(*) filter (where jobs.is_open) as jobs_now,
        count(*) filter (where earlier.status in ('PENDING', 'IN_PROGRESS', 'REVISION')) as jobs_then
    from (
        select editing_job_id
        from editing_status_logs
        where changed_at >= :time_then
        group by editing_job_id
    ) as moves
    inner join jobs on moves.editing_job_id = jobs.id
    left join lateral (
        select logs.status
        from editing_status_logs as logs
        where logs.editing_job_id = jobs.id and logs.changed_at < :time_then
        order by logs.id desc
        limit 1
    ) as earlier on true
) as moved;

-- name: list_next_bookings(viewer_id)
-- The next sessions that the viewer may see.
select *
from bookings_seen_by(:viewer_id)
where session_date >= now() and status in ('PENDING', 'SCHEDULED')
order by session_date, id
limit 5;

-- name: list_latest_activities(subject_types, viewer_id, viewing_editor_id)
-- What was done last to these kinds of subjects, of those that the viewers may see.
select
    id,
    kind,
    subject_type,
    subject_id,
    client_id,
    actor_id,
    actor,
    details,
    created_at
from activities_seen_by(:subject_types, :viewer_id, :viewing_editor_id)
order by created_at desc, id desc
limit 10;
