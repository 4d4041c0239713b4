-- name: insert_notifications(notices)^
-- Tell users something: gives the ids of the notifications. Of each user the numbers go on without a gap; whoever tells the same user
-- something else waits until this has committed. Locks: the inboxes, in the order of their users.
with notices as (
    select
        told.user_id,
        told.type,
        told.title,
        told.body,
        told.subject_type,
        told.subject_id,
        row_number() over (
            partition by told.user_id
            order by told.position
        ) as place
    from rows from (
        jsonb_to_recordset(:notices::jsonb) as (
            user_id uuid, type notification_type, title text, body text, subject_type text, subject_id bigint
        )
    ) with ordinality as told (user_id, type, title, body, subject_type, subject_id, position)
),

inboxes as (
    insert into notification_inboxes (user_id, last_number)
    select
        notices.user_id,
        count(*)
    from notices
    group by notices.user_id
    order by notices.user_id
    on conflict (user_id) do update set last_number = notification_inboxes.last_number + excluded.last_number
    returning user_id, last_number
),

inserted as (
    insert into notifications (user_id, number, type, title, body, subject_type, subject_id)
    select
        notices.user_id,
        inboxes.last_number - (count(*) over (partition by notices.user_id)) + notices.place,
        notices.type,
        notices.title,
        notices.body,
        notices.subject_type,
        notices.subject_id
    from notices
    inner join inboxes on notices.user_id = inboxes.user_id
    order by notices.user_id, notices.place
    returning id
)

select array_agg(inserted.id order by inserted.id) as ids
from inserted;
