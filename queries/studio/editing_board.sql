-- name: list_editing_board(limit, q, editor_id, priority, viewer_id, viewing_editor_id)
-- The editing board: each stage with the number of its jobs that are not archived, and the first of them; of what was
-- delivered the newest, of the rest the most urgent. A search is made once for all stages.
with matches as materialized (
    select id
    from editing_jobs_seen_by(:viewer_id, :viewing_editor_id)
    where
        lower(notes) like lower(:q)
        or booking_id in (
            select bookings.id
            from bookings
            inner join clients on bookings.client_id = clients.id
            where lower(clients.name) like lower(:q)
        )
)

select
    editing_stages.id,
    editing_stages.name,
    editing_stages.colour,
    editing_stages.position,
    editing_stages.status,
    editing_stages.awaits_selection,
    editing_stages.awaits_approval,
    coalesce(counts.job_count, 0) as job_count,
    coalesce(shown.jobs, '[]') as jobs
from editing_stages
left join (
    select
        stage_id,
        count(*)::integer as job_count
    from editing_jobs_shown(:viewer_id, :viewing_editor_id)
    where
        status <> 'ARCHIVED'
        and (:q::text is null or id in (select matches.id from matches))
        and (:editor_id::bigint is null or editor_id = :editor_id)
        and (:priority::editing_priority is null or priority = :priority)
    group by stage_id
) as counts on editing_stages.id = counts.stage_id
cross join lateral (
    select
        json_agg(
            json_build_object(
                'id', jobs.id,
                'bookingId', jobs.booking_id,
                'clientId', jobs.client_id,
                'clientName', jobs.client_name,
                'sessionTypeName', jobs.session_type_name,
                'sessionDate', rfc3339(jobs.session_date),
                'editorId', jobs.editor_id,
                'editorName', jobs.editor_name,
                'stageId', jobs.stage_id,
                'stageName', jobs.stage_name,
                'status', jobs.status,
                'priority', jobs.priority,
                'dueDate', jobs.due_date,
                'notes', jobs.notes,
                'driveFolderUrl', jobs.drive_folder_url,
                'photographerNotes', jobs.photographer_notes,
                'uploadedAt', rfc3339(jobs.uploaded_at),
                'revisionCount', jobs.revision_count,
                'deliveredAt', rfc3339(jobs.delivered_at),
                'createdAt', rfc3339(jobs.created_at),
                'updatedAt', rfc3339(jobs.updated_at)
            )
            order by jobs.delivered_at desc, jobs.priority desc, coalesce(jobs.due_date, 'infinity'), jobs.id
        ) as jobs
    from (
        select *
        from editing_jobs_seen_by(:viewer_id, :viewing_editor_id) as seen
        where
            seen.stage_id = editing_stages.id
            and status <> 'ARCHIVED'
            and (:q::text is null or id in (select matches.id from matches))
            and (:editor_id::bigint is null or editor_id = :editor_id)
            and (:priority::editing_priority is null or priority = :priority)
        order by delivered_at desc, priority desc, coalesce(due_date, 'infinity'), id
        limit :limit
    ) as jobs
) as shown
order by editing_stages.position, editing_stages.id
limit 100;
