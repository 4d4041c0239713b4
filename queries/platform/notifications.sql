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

-- name: list_notifications_by_number_desc(after_key, after_id, limit, user_id, is_read, type)
-- What a user was told, newest first.
select *
from notification_details
where
    (number, id) < (coalesce(:after_key::bigint, 9223372036854775807), coalesce(:after_id::bigint, 9223372036854775807))
    and user_id = :user_id
    and (:is_read::boolean is null or (read_at is not null) = :is_read::boolean)
    and (:type::notification_type is null or type = :type::notification_type)
order by number desc, id desc
limit :limit;

-- name: count_notifications(user_id, is_read, type)$
-- How many rows this list has in all.
select count(*)
from notification_details
where
    user_id = :user_id
    and (:is_read::boolean is null or (read_at is not null) = :is_read::boolean)
    and (:type::notification_type is null or type = :type::notification_type);

-- name: get_notification(notification_id, user_id)^
-- One thing that a user was told.
select *
from notification_details
where id = :notification_id and user_id = :user_id;

-- name: get_notification_inbox(user_id)^
-- The number of what a user was told last; of whoever was told nothing yet, none.
select last_number
from notification_inboxes
where user_id = :user_id;

-- name: list_notifications_after(user_id, number)
-- What a user was told after what has this number, in their order, a hundred at a time. Numbers come to be seen in their order:
-- whoever tells holds the inbox until then.
select *
from notification_details
where user_id = :user_id and number > :number
order by number, id
limit 100;

-- name: lock_notification(notification_id, user_id)^
-- Locks: something that a user was told.
select *
from notifications
where id = :notification_id and user_id = :user_id
for no key update;

-- name: lock_unread_notifications(user_id)
-- Locks: what a user has not read, by number and so by id, a thousand at a time.
select id
from notifications
where user_id = :user_id and read_at is null
order by number, id
limit 1000
for no key update;

-- name: mark_notifications_read(notification_ids)!
-- Note that these were read, unless that is noted. They are locked.
update notifications
set read_at = coalesce(read_at, now())
where id = any(:notification_ids::bigint []);

-- name: lock_recipients(notification_ids)
-- Locks: the users who were told these things, by id, for share: nobody is forgotten meanwhile; before the notifications.
select *
from auth_users
where
    id = any(
        array(
            select notifications.user_id
            from notifications
            where notifications.id = any(:notification_ids::bigint [])
        )
    )
order by id
limit 1000
for share;

-- name: lock_undelivered_notifications(notification_ids)
-- Locks: those of these of which nobody has decided yet how else they are told, by id; with what their users have chosen.
select
    notifications.id,
    notifications.user_id,
    notifications.type,
    notifications.title,
    notifications.body,
    notifications.subject_type,
    notifications.subject_id,
    notification_preferences.email,
    notification_preferences.sms
from notifications
left join notification_preferences
    on notifications.user_id = notification_preferences.user_id and notifications.type = notification_preferences.type
where notifications.id = any(:notification_ids::bigint []) and notifications.delivered_at is null
order by notifications.id
limit 1000
for no key update of notifications;

-- name: mark_notifications_delivered(notification_ids)!
-- Note that what goes out for these is queued. They are locked.
update notifications
set delivered_at = now()
where id = any(:notification_ids::bigint []);
