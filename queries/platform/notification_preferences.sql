-- name: list_notification_preferences(user_id)
-- What a user has chosen, type by type; of a type of which they chose nothing, no row.
select
    type,
    email,
    sms
from notification_preferences
where user_id = :user_id
order by type
limit 100;

-- name: lock_choosing_user(user_id)^
-- Locks: the user, as everybody locks users; whoever holds one may replace what they have chosen.
select id
from auth_users
where id = :user_id
for no key update;

-- name: delete_notification_preferences(user_id)!
-- Forget what a user has chosen, to choose anew. The user is locked.
delete from notification_preferences
where user_id = :user_id;

-- name: insert_notification_preferences(user_id, types, emails, texts)!
-- Keep what a user chooses. The user is locked.
insert into notification_preferences (user_id, type, email, sms)
select
    :user_id,
    chosen.type,
    chosen.email,
    chosen.sms
from
    unnest(:types::text []::notification_type [], :emails::boolean [], :texts::boolean [])
    as chosen (type, email, sms);
