-- name: list_audit_logs(after_key, after_id, limit, since, table_name, row_id, operation, actor_id, request_id)
-- The trail, newest first, with the present names of who acted. The bounds of the time alone leave months of the archive out.
select
    id,
    recorded_at,
    table_name,
    row_id,
    operation,
    actor_id,
    coalesce(actor, (select auth_users.name from auth_users where auth_users.id = all_audit_logs.actor_id)) as actor,
    request_id,
    before,
    after,
    erased_at
from all_audit_logs
where
    (recorded_at, id)
    < (coalesce(:after_key::timestamptz, 'infinity'), coalesce(:after_id::bigint, 9223372036854775807))
    and recorded_at <= coalesce(:after_key::timestamptz, 'infinity')
    and recorded_at >= coalesce(:since::timestamptz, '-infinity')
    and (:table_name::text is null or table_name = :table_name)
    and (:row_id::text is null or row_id = :row_id)
    and (:operation::text is null or operation = :operation::audit_operation)
    and (:actor_id::uuid is null or actor_id = :actor_id)
    and (:request_id::text is null or request_id = :request_id)
order by recorded_at desc, id desc
limit :limit;

-- name: count_audit_logs(table_name, row_id, operation, actor_id, request_id)$
-- How many rows list_audit_logs has in all.
select count(*)
from all_audit_logs
where
    (:table_name::text is null or table_name = :table_name)
    and (:row_id::text is null or row_id = :row_id)
    and (:operation::text is null or operation = :operation::audit_operation)
    and (:actor_id::uuid is null or actor_id = :actor_id)
    and (:request_id::text is null or request_id = :request_id);

-- name: list_changes(after_id, limit, since)
-- What was changed after a row of the trail, in the order in which it was committed; the rows as the API writes them. Since a
-- time: of the archive only the months that it leaves are looked at.
select *
from changes
where id > :after_id and recorded_at >= coalesce(:since::timestamptz, '-infinity')
order by id
limit :limit;

-- name: get_first_audit_log()^
-- The first row of the trail that is not archived.
select
    id,
    recorded_at
from audit_logs
order by id
limit 1;

-- name: get_audit_head()^
-- Where the trail ends.
select
    last_id,
    hash
from audit_heads;

-- name: get_broken_audit_log(after_id, through_id)^
-- The first of these rows of the trail that does not fit, and why: it, or what was before it, is not what was written. What
-- has left the database is followed by the first that is here.
with departed as (
    select
        coalesce(max(last_audit_id), 0) as id,
        coalesce(
            (array_agg(last_audit_hash order by last_audit_id desc nulls last))[1], decode(repeat('00', 32), 'hex')
        ) as hash
    from archive_exports
),

entries as (
    select
        trail.id,
        trail.erased_at is null
        and trail.data_digest <> audit_digest(trail.before, trail.after) as is_changed,
        trail.id <> coalesce(lag(trail.id) over chain, departed.id) + 1 as is_after_a_gap,
        trail.hash <> audit_hash(coalesce(lag(trail.hash) over chain, departed.hash), row(trail.*)::audit_logs) as is_unfit
    from all_audit_logs as trail
    cross join departed
    where trail.id between :after_id and :through_id
    window chain as (order by trail.id)
)

select
    entries.id,
    case
        when entries.is_after_a_gap then 'rows are missing before it'
        when entries.is_changed then 'what it says has been changed'
        else 'it does not follow from the row before it'
    end as reason
from entries
where entries.id > :after_id and (entries.is_changed or entries.is_after_a_gap or entries.is_unfit)
order by entries.id
limit 1;

-- name: get_broken_audit_end()^
-- Whether the trail ends where its head says, and what is wrong where it does not.
select
    audit_heads.last_id as id,
    case
        when ends.id is null then 'it is missing, and all that may have come after it'
        when ends.hash <> audit_heads.hash then 'it is not the row that was written last'
        else 'there are rows after it that were not written by the trail'
    end as reason
from audit_heads
left join all_audit_logs as ends on audit_heads.last_id = ends.id
where
    audit_heads.last_id > (select coalesce(max(archive_exports.last_audit_id), 0) from archive_exports)
    and (
        ends.id is null
        or ends.hash <> audit_heads.hash
        or exists (select from all_audit_logs as later where later.id > audit_heads.last_id)
    );

-- name: erase_audit_of_deleted(client_id)^
-- Have the audit trail forget what rows of a client have held that are there no more.
select erase_audit_of_deleted(:client_id) as erased;
