-- name: list_support_comments_by_created_at(after_key, after_id, limit, viewer_id, problem_id)
-- What was said of a problem, as far as a viewer is shown it, oldest first.
select *
from support_comments_seen_by(:viewer_id)
where
    (created_at, id) > (coalesce(:after_key::timestamptz, '-infinity'), coalesce(:after_id::bigint, 0))
    and problem_id = :problem_id
order by created_at, id
limit :limit;

-- name: count_support_comments(viewer_id, problem_id)$
-- How many rows this list has in all.
select count(*)
from support_comments_seen_by(:viewer_id)
where problem_id = :problem_id;

-- name: get_support_comment(problem_id, comment_id, viewer_id)^
-- One thing that was said of a problem, if the viewer is shown it.
select *
from support_comments_seen_by(:viewer_id)
where id = :comment_id and problem_id = :problem_id;

-- name: insert_support_comment(problem_id, author_id, body)$
-- Keep what is said of a problem, to its user or by them; gives its id. The problem is locked.
insert into support_comments (problem_id, author_id, body)
values (:problem_id, :author_id, :body)
returning id;

-- name: insert_support_note(problem_id, author_id, body)$
-- Keep a note among the team; gives its id, of those that no user ever sees. The problem is locked.
insert into support_comments (id, problem_id, author_id, is_internal, body)
values (nextval('support_notes_id_seq'), :problem_id, :author_id, true, :body)
returning id;
