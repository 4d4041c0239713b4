-- name: get_client(client_id, viewer_id)^
-- One client, as far as the viewer may see.
select *
from clients_seen_by(:viewer_id)
where id = :client_id;

-- name: lock_client(client_id)^
-- Locks: the client's row, in the order that docs/architecture.md gives for all. Rows that refer to the client may still be
-- added meanwhile.
select *
from clients
where id = :client_id
for no key update;

-- name: insert_client(name, email, phone, notes, avatar_url)$
-- Add a client; gives their id.
insert into clients (name, email, phone, notes, avatar_url)
values (:name, :email, :phone, :notes, :avatar_url)
returning id;

-- name: lock_client_for_work(client_id)^
-- Locks: the client's row against being erased, and against nothing else, by whoever is about to refer to it.
select
    id,
    erased_at
from clients
where id = :client_id
for key share;

-- name: update_client(id, name, email, phone, notes, avatar_url, is_archived)!
-- Change what the studio knows of a client, and whether lists still show them. Archived stays archived since then.
update clients
set
    name = :name,
    email = :email,
    phone = :phone,
    notes = :notes,
    avatar_url = :avatar_url,
    archived_at = case when :is_archived::boolean then coalesce(archived_at, now()) end,
    updated_at = now()
where id = :id;

-- name: delete_client(client_id)!
-- Remove a client to whom nothing refers.
delete from clients
where id = :client_id;

-- name: refresh_client_sessions(client_ids)!
-- Recompute how many sessions these clients have completed. They are locked.
update clients
set
    total_sessions = (
        select count(*)
        from bookings
        where bookings.client_id = clients.id and bookings.status = 'COMPLETED'
    ),
    updated_at = now()
where id = any(:client_ids::bigint []);

-- name: list_clients_by_name(after_key, after_id, limit, q, financial_status, archived, viewer_id)
-- Clients, by name.
select *
from clients_seen_by(:viewer_id) as seen
where
    (lower(name), id) > (coalesce(lower(:after_key::text), ''), coalesce(:after_id::bigint, 0))
    and (:q::text is null or lower(name || ' ' || email || ' ' || coalesce(phone, '')) like lower(:q))
    and (:financial_status::financial_status is null or financial_status = :financial_status)
    and (archived_at is not null) = :archived::boolean
order by lower(name), id
limit :limit;

-- name: list_clients_by_name_desc(after_key, after_id, limit, q, financial_status, archived, viewer_id)
-- Clients, by name, backwards.
select *
from clients_seen_by(:viewer_id) as seen
where
    (lower(name), id) < (
        coalesce(lower(:after_key::text), (select max(lower(name)) from clients)),
        coalesce(:after_id::bigint, 9223372036854775807)
    )
    and (:q::text is null or lower(name || ' ' || email || ' ' || coalesce(phone, '')) like lower(:q))
    and (:financial_status::financial_status is null or financial_status = :financial_status)
    and (archived_at is not null) = :archived::boolean
order by lower(name) desc, id desc
limit :limit;

-- name: list_clients_by_total_revenue(after_key, after_id, limit, q, financial_status, archived, viewer_id)
-- Clients, those who paid least first.
select *
from clients_seen_by(:viewer_id) as seen
where
    (total_revenue, id) > (coalesce(:after_key::numeric, -1), coalesce(:after_id::bigint, 0))
    and (:q::text is null or lower(name || ' ' || email || ' ' || coalesce(phone, '')) like lower(:q))
    and (:financial_status::financial_status is null or financial_status = :financial_status)
    and (archived_at is not null) = :archived::boolean
order by total_revenue, id
limit :limit;

-- name: list_clients_by_total_revenue_desc(after_key, after_id, limit, q, financial_status, archived, viewer_id)
-- Clients, those who paid most first.
select *
from clients_seen_by(:viewer_id) as seen
where
    (total_revenue, id) < (
        coalesce(:after_key::numeric, 10000000000),
        coalesce(:after_id::bigint, 9223372036854775807)
    )
    and (:q::text is null or lower(name || ' ' || email || ' ' || coalesce(phone, '')) like lower(:q))
    and (:financial_status::financial_status is null or financial_status = :financial_status)
    and (archived_at is not null) = :archived::boolean
order by total_revenue desc, id desc
limit :limit;

-- name: list_clients_by_created_at(after_key, after_id, limit, q, financial_status, archived, viewer_id)
-- Clients, oldest first.
select *
from clients_seen_by(:viewer_id) as seen
where
    (created_at, id) > (coalesce(:after_key::timestamptz, '-infinity'), coalesce(:after_id::bigint, 0))
    and (:q::text is null or lower(name || ' ' || email || ' ' || coalesce(phone, '')) like lower(:q))
    and (:financial_status::financial_status is null or financial_status = :financial_status)
    and (archived_at is not null) = :archived::boolean
order by created_at, id
limit :limit;

-- name: list_clients_by_created_at_desc(after_key, after_id, limit, q, financial_status, archived, viewer_id)
-- Clients, newest first.
select *
from clients_seen_by(:viewer_id) as seen
where
    (created_at, id) < (
        coalesce(:after_key::timestamptz, 'infinity'),
        coalesce(:after_id::bigint, 9223372036854775807)
    )
    and (:q::text is null or lower(name || ' ' || email || ' ' || coalesce(phone, '')) like lower(:q))
    and (:financial_status::financial_status is null or financial_status = :financial_status)
    and (archived_at is not null) = :archived::boolean
order by created_at desc, id desc
limit :limit;

-- name: count_clients(q, financial_status, archived, viewer_id)$
-- How many rows these lists have in all.
select count(*)
from clients_seen_by(:viewer_id) as seen
where
    (:q::text is null or lower(name || ' ' || email || ' ' || coalesce(phone, '')) like lower(:q))
    and (:financial_status::financial_status is null or financial_status = :financial_status)
    and (archived_at is not null) = :archived::boolean;

-- name: lock_client_imports()^
-- Locks: the one advisory lock of imports of clients, so that they come one after the other. Before any client.
select pg_advisory_xact_lock(hashtextextended(current_schema() || ' imports of clients', 0)) as is_locked;

-- name: lock_clients_by_email(emails)
-- Locks: the clients who have these addresses, by id. With each, which of the addresses it is, counted from one.
select
    lines.position,
    clients.*
from unnest(:emails::text []) with ordinality as lines (email, position)
inner join clients on lower(lines.email) = lower(clients.email)
order by clients.id
limit 100000
for no key update;

-- name: list_repeated_emails(emails)
-- Of these addresses, those that came before: the place of each, and of the first, both counted from one.
select
    repeated.place_id,
    repeated.first_place_id
from (
    select
        lines.place_id,
        min(lines.place_id) over (partition by lower(lines.email)) as first_place_id
    from unnest(:emails::text []) with ordinality as lines (email, place_id)
) as repeated
where repeated.place_id > repeated.first_place_id
order by repeated.place_id
limit 100000;

-- name: insert_clients(names, emails, phones, notes, avatar_urls)!
-- Add clients, but those whose address somebody has been given meanwhile; in the order of their addresses.
insert into clients (name, email, phone, notes, avatar_url)
select
    lines.name,
    lines.email,
    lines.phone,
    lines.notes,
    lines.avatar_url
from unnest(:names::text [], :emails::text [], :phones::text [], :notes::text [], :avatar_urls::text [])
as lines (name, email, phone, notes, avatar_url)
order by lower(lines.email)
on conflict do nothing;

-- name: update_clients(ids, names, phones, notes, avatar_urls)!
-- Change what the studio knows of clients; their addresses stay. They are locked.
update clients
set
    name = lines.name,
    phone = lines.phone,
    notes = lines.notes,
    avatar_url = lines.avatar_url,
    updated_at = now()
from unnest(:ids::bigint [], :names::text [], :phones::text [], :notes::text [], :avatar_urls::text [])
as lines (id, name, phone, notes, avatar_url)
where clients.id = lines.id;
