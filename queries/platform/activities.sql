-- name: insert_activity(kind, subject_type, subject_id, client_id, actor_id, actor, details)!
-- Record who did what to what, in the transaction of the deed.
insert into activities (kind, subject_type, subject_id, client_id, actor_id, actor, details)
values (:kind, :subject_type, :subject_id, :client_id, :actor_id, :actor, :details);

-- name: insert_activities(kind, subject_type, actor_id, actor, deeds)!
-- Record what somebody did to many subjects at once, in the transaction of the deed.
insert into activities (kind, subject_type, subject_id, client_id, actor_id, actor, details)
select
    :kind,
    :subject_type,
    deeds.subject_id,
    deeds.client_id,
    :actor_id,
    :actor,
    deeds.details
from jsonb_to_recordset(:deeds::jsonb) as deeds (subject_id bigint, client_id bigint, details jsonb);

-- name: list_activities(after_key, after_id, limit, client_id, subject_type, subject_id, subject_types, viewer_id, viewing_editor_id)
-- The feed, newest first: what was done to these kinds of subjects, of those that the viewers may see.
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
where
    (created_at, id)
    < (coalesce(:after_key::timestamptz, 'infinity'), coalesce(:after_id::bigint, 9223372036854775807))
    and (:client_id::bigint is null or client_id = :client_id)
    and (:subject_type::text is null or subject_type = :subject_type)
    and (:subject_id::bigint is null or subject_id = :subject_id)
order by created_at desc, id desc
limit :limit;

-- name: count_activities(client_id, subject_type, subject_id, subject_types, viewer_id, viewing_editor_id)$
-- How many rows list_activities has in all.
select count(*)
from activities_seen_by(:subject_types, :viewer_id, :viewing_editor_id)
where
    (:client_id::bigint is null or client_id = :client_id)
    and (:subject_type::text is null or subject_type = :subject_type)
    and (:subject_id::bigint is null or subject_id = :subject_id);

-- name: mark_activities_nameless(client_id, kept, actor_ids, name)!
-- Of the deeds done for a client, keep only these details, which name nobody; and those of these actors are another's.
update activities
set
    details = (
        select coalesce(jsonb_object_agg(detail.key, detail.value), '{}')
        from jsonb_each(activities.details) as detail
        where detail.key = any(:kept::text [])
    ),
    actor = case when activities.actor_id = any(:actor_ids::uuid []) then :name else activities.actor end,
    actor_id = case when activities.actor_id = any(:actor_ids) then null else activities.actor_id end
where client_id = :client_id;
