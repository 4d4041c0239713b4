-- name: list_reviews_by_created_at_desc(after_key, after_id, limit, session_id)
-- What was said of a class, newest first.
select *
from session_review_details
where
    (created_at, id) < (coalesce(:after_key::timestamptz, 'infinity'), coalesce(:after_id::bigint, 9223372036854775807))
    and session_id = :session_id
order by created_at desc, id desc
limit :limit;

-- name: count_reviews(session_id)$
-- How many rows this list has in all.
select count(*)
from session_reviews
where session_id = :session_id;

-- name: get_review(session_id, review_id)^
-- One review of a class.
select *
from session_review_details
where id = :review_id and session_id = :session_id;

-- name: exists_session_of_reviews(session_id)$
-- Whether a class is there.
select exists (
    select
    from class_sessions
    where id = :session_id
);

-- name: lock_reviewed_session(session_id, review_days)^
-- Locks: a class, before its gym and its trainer there. It is reviewed from its end on, for so many days.
select
    id,
    gym_id,
    trainer_id,
    end_time <= now() as has_ended,
    end_time + make_interval(days => :review_days) < now() as is_long_ago
from class_sessions
where id = :session_id
for no key update;

-- name: get_attended_booking(session_id, user_id)^
-- The place in a class at which somebody was there.
select id
from session_bookings
where session_id = :session_id and user_id = :user_id and status = 'ATTENDED';

-- name: lock_review(session_id, review_id, user_id)^
-- Locks: a review of a class by its author, after the class.
select session_reviews.*
from session_reviews
inner join session_bookings on session_reviews.booking_id = session_bookings.id
where
    session_reviews.id = :review_id
    and session_reviews.session_id = :session_id
    and session_bookings.user_id = :user_id
for no key update of session_reviews;

-- name: insert_review(session_id, booking_id, rating, comment)$
-- Keep what somebody says of a class; gives its id. The class is locked.
insert into session_reviews (session_id, booking_id, rating, comment)
values (:session_id, :booking_id, :rating, :comment)
returning id;

-- name: update_review(id, rating, comment)!
-- Keep what somebody says of a class now. It is locked.
update session_reviews
set
    rating = :rating,
    comment = :comment,
    updated_at = now()
where id = :id;

-- name: mark_reviews_erased(user_ids, comment)!
-- Overwrite what these users have said of classes: it may name them.
update session_reviews
set comment = :comment
from session_bookings
where
    session_reviews.booking_id = session_bookings.id
    and session_bookings.user_id = any(:user_ids::uuid [])
    and session_reviews.comment is not null;

-- name: refresh_session_rating(session_id)!
-- Recompute how a class is rated from its reviews. It is locked.
update class_sessions
set
    rating_count = reviewed.rating_count,
    rating_sum = reviewed.rating_sum
from (
    select
        count(*) as rating_count,
        coalesce(sum(session_reviews.rating), 0) as rating_sum
    from session_reviews
    where session_reviews.session_id = :session_id
) as reviewed
where class_sessions.id = :session_id;

-- name: list_broken_session_ratings()
-- Classes that are rated otherwise than their reviews say.
select
    'class_sessions' as table_name,
    ratings.id,
    columns.column_name,
    columns.stored,
    columns.expected
from (
    select
        class_sessions.id,
        class_sessions.rating_count,
        class_sessions.rating_sum,
        count(session_reviews.id) as expected_count,
        coalesce(sum(session_reviews.rating), 0) as expected_sum
    from class_sessions
    left join session_reviews on class_sessions.id = session_reviews.session_id
    group by class_sessions.id
) as ratings
cross join lateral (
    values
    ('rating_count', ratings.rating_count, ratings.expected_count),
    ('rating_sum', ratings.rating_sum, ratings.expected_sum)
) as columns (column_name, stored, expected)
where columns.stored <> columns.expected
order by columns.column_name, ratings.id
limit 1000;
