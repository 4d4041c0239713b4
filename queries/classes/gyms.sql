-- name: list_gyms_by_name(after_key, after_id, limit, q, city, status, sees_all)
-- Gyms by name; the public is shown those that are open.
select *
from gym_details
where
    (lower(name), id) > (coalesce(lower(:after_key::text), ''), coalesce(:after_id::bigint, 0))
    and (:q::text is null or lower(name || ' ' || (address ->> 'city')) like lower(:q))
    and (:city::text is null or lower(address ->> 'city') = lower(:city))
    and (:status::gym_status is null or status = :status)
    and (:sees_all::boolean or status = 'ACTIVE')
order by lower(name), id
limit :limit;

-- name: list_gyms_by_created_at_desc(after_key, after_id, limit, q, city, status, sees_all)
-- Gyms, newest first; the public is shown those that are open.
select *
from gym_details
where
    (created_at, id) < (coalesce(:after_key::timestamptz, 'infinity'), coalesce(:after_id::bigint, 9223372036854775807))
    and (:q::text is null or lower(name || ' ' || (address ->> 'city')) like lower(:q))
    and (:city::text is null or lower(address ->> 'city') = lower(:city))
    and (:status::gym_status is null or status = :status)
    and (:sees_all::boolean or status = 'ACTIVE')
order by created_at desc, id desc
limit :limit;

-- name: count_gyms(q, city, status, sees_all)$
-- How many rows these lists have in all.
select count(*)
from gym_details
where
    (:q::text is null or lower(name || ' ' || (address ->> 'city')) like lower(:q))
    and (:city::text is null or lower(address ->> 'city') = lower(:city))
    and (:status::gym_status is null or status = :status)
    and (:sees_all::boolean or status = 'ACTIVE');

-- name: get_gym(gym_id, sees_all)^
-- One gym, with what is there, by category, and who gives classes; one that is INACTIVE is no more, to the public.
select
    gym_details.*,
    (
        select
            coalesce(
                json_agg(
                    json_build_object(
                        'category', categories.category,
                        'quantity', categories.quantity,
                        'availableQuantity', categories.available_quantity
                    )
                    order by lower(categories.category), categories.category
                ),
                '[]'
            )
        from (
            select
                gym_equipment.category,
                sum(gym_equipment.quantity) as quantity,
                coalesce(
                    sum(gym_equipment.quantity) filter (where gym_equipment.status = 'AVAILABLE'), 0
                ) as available_quantity
            from gym_equipment
            where gym_equipment.gym_id = gym_details.id and gym_equipment.status <> 'RETIRED'
            group by gym_equipment.category
        ) as categories
    ) as equipment,
    (
        select
            coalesce(
                json_agg(
                    json_build_object(
                        'id', trainers.id,
                        'name', trainers.name,
                        'image', trainers.image,
                        'bio', trainers.bio,
                        'ratingAverage', trainers.rating_average,
                        'ratingCount', trainers.rating_count
                    )
                    order by lower(trainers.name), trainers.id
                ),
                '[]'
            )
        from gym_trainer_details as trainers
        where trainers.gym_id = gym_details.id and trainers.is_on
    ) as trainers
from gym_details
where gym_details.id = :gym_id and (:sees_all::boolean or gym_details.status <> 'INACTIVE');

-- name: exists_gym(gym_id, sees_all)$
-- Whether a gym is there, as get_gym has it.
select exists (
    select
    from gyms
    where id = :gym_id and (:sees_all::boolean or status <> 'INACTIVE')
);

-- name: lock_gym(gym_id)^
-- Locks: a gym, after the session that is reviewed and before its trainers, its hours and what is there.
select *
from gyms
where id = :gym_id
for no key update;

-- name: insert_gym(name, description, address, amenities, time_zone, status, requires_induction, subscriber_cancel_hours, cancel_hours)$
-- Add a gym; gives its id.
insert into gyms (
    name,
    description,
    address,
    amenities,
    time_zone,
    status,
    requires_induction,
    subscriber_cancel_hours,
    cancel_hours
)
values (
    :name,
    :description,
    :address,
    :amenities,
    :time_zone,
    :status,
    :requires_induction,
    :subscriber_cancel_hours,
    :cancel_hours
)
returning id;

-- name: update_gym(id, name, description, address, amenities, time_zone, status, requires_induction, subscriber_cancel_hours, cancel_hours)!
-- Change a gym. It is locked.
update gyms
set
    name = :name,
    description = :description,
    address = :address,
    amenities = :amenities,
    time_zone = :time_zone,
    status = :status,
    requires_induction = :requires_induction,
    subscriber_cancel_hours = :subscriber_cancel_hours,
    cancel_hours = :cancel_hours,
    updated_at = now()
where id = :id;

-- name: delete_gym(gym_id)!
-- Remove a gym, its hours, what is there and who may give classes. It is locked.
delete from gyms
where id = :gym_id;

-- name: exists_opening_hours(gym_id, weekdays, opening, closing)$
-- Whether the hours of a gym are these, and no others. It is locked.
select not exists (
    select
    from
        unnest(:weekdays::text []::weekday [], :opening::time [], :closing::time [])
        as given (weekday, opens_at, closes_at)
    full join (
        select *
        from gym_opening_hours
        where gym_opening_hours.gym_id = :gym_id
    ) as present using (weekday, opens_at, closes_at)
    where given is null or present is null
);

-- name: delete_opening_hours(gym_id)!
-- Close a gym on every day of the week, to open it anew. It is locked.
delete from gym_opening_hours
where gym_id = :gym_id;

-- name: insert_opening_hours(gym_id, weekdays, opening, closing)!
-- Open a gym on these days of the week. It is locked.
insert into gym_opening_hours (gym_id, weekday, opens_at, closes_at)
select
    :gym_id,
    given.weekday,
    given.opens_at,
    given.closes_at
from
    unnest(:weekdays::text []::weekday [], :opening::time [], :closing::time [])
    as given (weekday, opens_at, closes_at);

-- name: refresh_gym_rating(gym_id)!
-- Recompute how a gym is rated from its classes. It is locked, after the class that has just been rated.
update gyms
set
    rating_count = rated.rating_count,
    rating_sum = rated.rating_sum
from (
    select
        coalesce(sum(class_sessions.rating_count), 0) as rating_count,
        coalesce(sum(class_sessions.rating_sum), 0) as rating_sum
    from class_sessions
    where class_sessions.gym_id = :gym_id
) as rated
where gyms.id = :gym_id;

-- name: list_broken_gym_ratings()
-- Gyms that are rated otherwise than the reviews of their classes say.
select
    'gyms' as table_name,
    ratings.id,
    columns.column_name,
    columns.stored,
    columns.expected
from (
    select
        gyms.id,
        gyms.rating_count,
        gyms.rating_sum,
        count(session_reviews.id) as expected_count,
        coalesce(sum(session_reviews.rating), 0) as expected_sum
    from gyms
    left join class_sessions on gyms.id = class_sessions.gym_id
    left join session_reviews on class_sessions.id = session_reviews.session_id
    group by gyms.id
) as ratings
cross join lateral (
    values
    ('rating_count', ratings.rating_count, ratings.expected_count),
    ('rating_sum', ratings.rating_sum, ratings.expected_sum)
) as columns (column_name, stored, expected)
where columns.stored <> columns.expected
order by columns.column_name, ratings.id
limit 1000;
