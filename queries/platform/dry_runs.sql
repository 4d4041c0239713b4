-- name: get_marks()^
-- The last rows of what writes leave behind themselves, each found by its index: those of a transaction that has not written yet come after them.
select
    (select coalesce(max(id), 0) from activities) as activity_id,
    (select coalesce(max(id), 0) from communication_logs) as message_id,
    (select coalesce(max(id), 0) from notifications) as notification_id,
    (select coalesce(max(id), 0) from procrastinate_jobs) as job_id;

-- name: check_deferred_constraints()^
-- Check at once what would be checked when the present transaction commits.
select check_deferred_constraints() as checked;

-- name: get_what_followed(after_activity_id, after_message_id, after_notification_id, after_job_id, subject_types, viewer_id, viewing_editor_id, user_id, limit)^
-- What the present transaction has left behind itself since these marks: the activities that the viewers may see; all messages,
-- notifications and jobs, or with a user, only what that user is told. Others may have committed some meanwhile: theirs are left out.
with activities_here as (
    select
        activities.id,
        activities.kind,
        activities.subject_type,
        activities.subject_id,
        activities.details
    from activities
    inner join activities_seen_by(:subject_types, :viewer_id, :viewing_editor_id) as seen on activities.id = seen.id
    where activities.id > :after_activity_id and is_written_here(activities.xmin)
    order by activities.id
    limit :limit
),

messages_here as (
    select
        id,
        channel,
        recipient,
        template
    from communication_logs
    where :user_id::uuid is null and id > :after_message_id and is_written_here(xmin)
    order by id
    limit :limit
),

notifications_here as (
    select
        id,
        user_id,
        type,
        title
    from notifications
    where (:user_id::uuid is null or user_id = :user_id) and id > :after_notification_id and is_written_here(xmin)
    order by id
    limit :limit
),

jobs_here as (
    select
        task_name,
        count(*) as number_of_jobs
    from procrastinate_jobs
    where :user_id::uuid is null and id > :after_job_id and is_written_here(xmin)
    group by task_name
)

select
    (
        select
            coalesce(
                jsonb_agg(
                    jsonb_build_object('kind', kind, 'subjectType', subject_type, 'subjectId', subject_id, 'details', details)
                    order by id
                ),
                '[]'
            )
        from activities_here
    ) as activities,
    (
        select
            coalesce(
                jsonb_agg(jsonb_build_object('channel', channel, 'recipient', recipient, 'template', template) order by id),
                '[]'
            )
        from messages_here
    ) as messages,
    (
        select
            coalesce(
                jsonb_agg(jsonb_build_object('userId', user_id, 'type', type, 'title', title) order by id), '[]'
            )
        from notifications_here
    ) as notifications,
    (
        select
            coalesce(
                jsonb_agg(jsonb_build_object('task', task_name, 'count', number_of_jobs) order by task_name), '[]'
            )
        from jobs_here
    ) as jobs;
