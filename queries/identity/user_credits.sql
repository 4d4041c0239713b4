-- name: insert_user_credits(user_id)!
-- Give a new user an empty balance.
insert into user_credits (user_id)
values (:user_id);
