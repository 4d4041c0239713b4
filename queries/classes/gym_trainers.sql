-- name: list_trainers_by_name(after_key, after_id, limit, gym_id, sees_all)
-- Who gives classes at a gym, by name; the public is shown who does so now.
select
    id,
    gym_id,
    name,
    image,
    bio,
    is_active,
    rating_average,
    rating_count,
    created_at,
    updated_at
from gym_trainer_details
where
    (lower(name), id) > (
        coalesce(lower(:after_key::text), ''), coalesce(:after_id::uuid, '00000000-0000-0000-0000-000000000000')
    )
    and gym_id = :gym_id
    and (:sees_all::boolean or is_on)
order by lower(name), id
limit :limit;

-- name: count_trainers(gym_id, sees_all)$
-- How many rows this list has in all.
select count(*)
from gym_trainer_details
where gym_id = :gym_id and (:sees_all::boolean or is_on);

-- name: get_trainer(gym_id, trainer_id, sees_all)^
-- Somebody who gives classes at a gym, as the list has it; the gym itself is there for whoever asks.
select
    trainers.id,
    trainers.gym_id,
    trainers.name,
    trainers.image,
    trainers.bio,
    trainers.is_active,
    trainers.rating_average,
    trainers.rating_count,
    trainers.created_at,
    trainers.updated_at
from gym_trainer_details as trainers
inner join gyms on trainers.gym_id = gyms.id
where
    trainers.id = :trainer_id
    and trainers.gym_id = :gym_id
    and (:sees_all::boolean or (trainers.is_on and gyms.status <> 'INACTIVE'));

-- name: exists_trainer_user(user_id)$
-- Whether a user may give classes: a trainer, or somebody of the team, who is let in.
select exists (
    select
    from auth_users
    where id = :user_id and status = 'ACTIVE' and role not in ('VENDOR', 'CUSTOMER')
);

-- name: lock_trainer(gym_id, trainer_id)^
-- Locks: somebody who gives classes at a gym, after the gym.
select *
from gym_trainers
where gym_id = :gym_id and trainer_id = :trainer_id
for no key update;

-- name: insert_trainer(gym_id, trainer_id)!
-- Let somebody give classes at a gym. It is locked.
insert into gym_trainers (gym_id, trainer_id)
values (:gym_id, :trainer_id);

-- name: update_trainer(gym_id, trainer_id, is_active)!
-- Let somebody give new classes at a gym, or no more. They are locked.
update gym_trainers
set
    is_active = :is_active,
    updated_at = now()
where gym_id = :gym_id and trainer_id = :trainer_id;

-- name: delete_trainer(gym_id, trainer_id)!
-- Take somebody from a gym. They are locked.
delete from gym_trainers
where gym_id = :gym_id and trainer_id = :trainer_id;

-- name: refresh_trainer_rating(gym_id, trainer_id)!
-- Recompute how somebody is rated at a gym from the classes they gave there. They are locked, after the class that has
-- just been rated.
update gym_trainers
set
    rating_count = rated.rating_count,
    rating_sum = rated.rating_sum
from (
    select
        coalesce(sum(class_sessions.rating_count), 0) as rating_count,
        coalesce(sum(class_sessions.rating_sum), 0) as rating_sum
    from class_sessions
    where class_sessions.gym_id = :gym_id and class_sessions.trainer_id = :trainer_id
) as rated
where gym_trainers.gym_id = :gym_id and gym_trainers.trainer_id = :trainer_id;

-- name: list_broken_trainer_ratings()
-- Trainers who are rated at a gym otherwise than the reviews of their classes there say.
select
    'gym_trainers' as table_name,
    ratings.id,
    columns.column_name,
    columns.stored,
    columns.expected
from (
    select
        gym_trainers.trainer_id as id,
        gym_trainers.gym_id,
        gym_trainers.rating_count,
        gym_trainers.rating_sum,
        count(session_reviews.id) as expected_count,
        coalesce(sum(session_reviews.rating), 0) as expected_sum
    from gym_trainers
    left join class_sessions
        on gym_trainers.gym_id = class_sessions.gym_id and gym_trainers.trainer_id = class_sessions.trainer_id
    left join session_reviews on class_sessions.id = session_reviews.session_id
    group by gym_trainers.gym_id, gym_trainers.trainer_id
) as ratings
cross join lateral (
    values
    ('rating_count', ratings.rating_count, ratings.expected_count),
    ('rating_sum', ratings.rating_sum, ratings.expected_sum)
) as columns (column_name, stored, expected)
where columns.stored <> columns.expected
order by columns.column_name, ratings.gym_id, ratings.id
limit 1000;

-- name: list_broken_trainer_engagements()
-- Classes and inductions whose trainer is engaged at another time than theirs, or not at all, or for nothing.
select
    engagements.table_name,
    engagements.id,
    'engagement of the trainer' as column_name,
    engagements.stored,
    engagements.expected
from (
    select
        'class_sessions' as table_name,
        class_sessions.id,
        engaged.trainer_id || ' ' || tstzrange(engaged.start_time, engaged.end_time) as stored,
        case
            when class_sessions.status <> 'CANCELLED'
                then class_sessions.trainer_id || ' ' || tstzrange(class_sessions.start_time, class_sessions.end_time)
        end as expected
    from class_sessions
    left join trainer_engagements as engaged on class_sessions.id = engaged.session_id
    union all
    select
        'inductions' as table_name,
        inductions.id,
        engaged.trainer_id || ' ' || tstzrange(engaged.start_time, engaged.end_time) as stored,
        case
            when inductions.status not in ('PENDING', 'CANCELLED')
                then inductions.trainer_id || ' ' || tstzrange(inductions.start_time, inductions.end_time)
        end as expected
    from inductions
    left join trainer_engagements as engaged on inductions.id = engaged.induction_id
) as engagements
where engagements.stored is distinct from engagements.expected
order by engagements.table_name, engagements.id
limit 1000;
