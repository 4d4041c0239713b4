-- name: archive_audit_logs(kept_months, at_most)$
-- Move so many rows from the beginning of the trail into the archive, those that are older than so many months. Gives how many,
-- and nothing while another moves rows. Locks: the advisory lock of the archive and these rows, and waits for neither.
select archive_audit_logs(:kept_months, :at_most);

-- name: archive_messages(kept_months, at_most)$
-- Move so many messages that were sent, or never will be, into the archive, those that are older than so many months. Gives
-- how many, and nothing while another moves rows. Locks: as archive_audit_logs.
select archive_communication_logs(:kept_months, :at_most);

-- name: archive_stripe_events(kept_months, at_most)$
-- Move so many events that are done with into the archive, those that are older than so many months. Gives how many, and nothing
-- while another moves rows. Locks: the advisory lock of the archive and these rows, and waits for neither.
select archive_stripe_events(:kept_months, :at_most);

-- name: lock_archive()^
-- Locks: the advisory lock of the archive, to the end of the transaction. Never waits: one at a time moves rows, or takes a
-- month away.
select lock_archive() as is_locked;

-- name: list_archive_partitions(month)
-- The tables that have rows of a month in the archive, which begins on this day, and their partitions.
select
    pg_class.oid::regclass::text as partition,
    substr(archives.relname, length('archived_') + 1) as table_name
from pg_inherits
inner join pg_class on pg_inherits.inhrelid = pg_class.oid
inner join pg_class as archives on pg_inherits.inhparent = archives.oid
where
    archives.relkind = 'p'
    and archives.relnamespace = current_schema()::regnamespace
    and archives.relname like 'archived\_%%'
    and pg_class.relname = archive_partition_name(archives.oid, :month::timestamp at time zone 'UTC')
order by table_name
limit 50;

-- name: lock_archive_partition(partition)^
-- Locks: a partition for share: nobody changes it until the present transaction ends, nor is anybody forgotten meanwhile.
select lock_archive_partition(:partition::regclass) as locked;

-- name: stream_archived_rows(partition)
-- The rows of a partition, each as JSON on one line.
select rows.line
from archived_rows(:partition::regclass) with ordinality as rows (line, id)
order by rows.id;

-- name: get_trail_beside(month)^
-- Whether the trail has rows that come before the last one of an archived month and are not of it; and whether rows of it, or
-- of months before, are still to be archived.
select
    exists (
        select
        from all_audit_logs
        where
            id < (
                select max(archived_audit_logs.id)
                from archived_audit_logs
                where
                    archived_audit_logs.recorded_at >= :month::timestamp at time zone 'UTC'
                    and archived_audit_logs.recorded_at < (:month::timestamp + interval '1 month') at time zone 'UTC'
            )
            and (
                recorded_at < :month::timestamp at time zone 'UTC'
                or recorded_at >= (:month::timestamp + interval '1 month') at time zone 'UTC'
            )
    ) as has_others_before,
    exists (
        select
        from audit_logs
        where recorded_at < (:month::timestamp + interval '1 month') at time zone 'UTC'
    ) as has_unarchived;

-- name: insert_archive_export(file_name, table_name, month, row_count, sha256, last_audit_id, last_audit_hash)!
-- Note a file of the archive that is whole, before the rows in it go; of the trail, where that goes on.
insert into archive_exports (file_name, table_name, month, row_count, sha256, last_audit_id, last_audit_hash)
values (
    :file_name, :table_name, :month, :row_count, :sha256, :last_audit_id, decode(:last_audit_hash, 'hex')
);

-- name: drop_archive_partition(partition)^
-- Take away a partition, whose rows are in a file.
select drop_archive_partition(:partition::regclass) as dropped;

-- name: get_departed_hash(last_id)^
-- The hash of the row of the trail that was the last of a file.
select encode(last_audit_hash, 'hex') as hash
from archive_exports
where last_audit_id = :last_id
order by exported_at desc
limit 1;

-- name: get_last_departed_id()^
-- The last row of the trail that has left the database; 0 where none has.
select coalesce(max(last_audit_id), 0) as id
from archive_exports;

-- name: get_broken_archived_row(lines, previous_id, previous_hash)^
-- The first of these rows of the trail, which are in a file and follow on the one named, that does not fit, and why.
with entries as (
    select
        trail.id,
        trail.erased_at is null
        and trail.data_digest is distinct from audit_digest(trail.before, trail.after) as is_changed,
        trail.id is distinct from coalesce(lag(trail.id) over chain, :previous_id::bigint) + 1 as is_after_a_gap,
        trail.hash
        is distinct from audit_hash(coalesce(lag(trail.hash) over chain, decode(:previous_hash::text, 'hex')), row(trail.*)::audit_logs) as is_unfit
    from jsonb_populate_recordset(null::audit_logs, :lines::jsonb) as trail
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
where entries.is_changed or entries.is_after_a_gap or entries.is_unfit
order by entries.id
limit 1;

-- name: get_archive_origin()^
-- Of which database what leaves it is, and when it did.
select
    current_database() as database,
    current_schema() as schema,
    (select system_identifier::text from pg_control_system()) as system_identifier,
    now() as exported_at;
