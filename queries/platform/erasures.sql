-- name: delete_notifications_of_users(user_ids)!
-- Remove what these users, who are locked, were told. Their numbers go on: a stream never sees one twice.
delete from notifications
where user_id = any(:user_ids::uuid []);

-- name: delete_notification_preferences_of_users(user_ids)!
-- Remove how these users, who are locked, chose to be told.
delete from notification_preferences
where user_id = any(:user_ids::uuid []);

-- name: delete_messages_of_users(user_ids)!
-- Remove what was sent, and what waits to be, to where these users, who are locked, can be reached.
delete from communication_logs
where
    lower(recipient) in (
        select lower(auth_users.email)
        from auth_users
        where auth_users.id = any(:user_ids::uuid [])
        union all
        select auth_users.phone_number
        from auth_users
        where auth_users.id = any(:user_ids::uuid [])
    );

-- name: erase_archived_messages_of_users(user_ids)^
-- Remove from the archive what was sent to where these users, who are locked, can be reached. After what is not archived: what was
-- being moved meanwhile is there now.
select
    delete_archived_messages(
        null,
        array(
            select reached.address
            from auth_users
            cross join lateral (values (auth_users.email), (auth_users.phone_number)) as reached (address)
            where auth_users.id = any(:user_ids::uuid []) and reached.address is not null
        )
    ) as erased;

-- name: delete_idempotency_keys_of_users(user_ids)!
-- Remove the stored answers to these users, who are locked.
delete from idempotency_keys
where caller = any(:user_ids::text []);

-- name: lock_support_problems_of_users(user_ids)
-- Locks: what these users, who are locked, have reported, by id.
select id
from support_problems
where user_id = any(:user_ids::uuid [])
order by id
limit 100000
for no key update;

-- name: mark_support_problems_erased(problem_ids, name)!
-- Overwrite what problems say. They are locked.
update support_problems
set
    title = :name,
    description = :name,
    updated_at = now()
where id = any(:problem_ids::bigint []);

-- name: mark_support_comments_erased(problem_ids, user_ids, name)!
-- Overwrite what was said of these problems, notes included; and by these users, whatever it was about. They are locked.
update support_comments
set body = :name
where problem_id = any(:problem_ids::bigint []) or author_id = any(:user_ids::uuid []);
