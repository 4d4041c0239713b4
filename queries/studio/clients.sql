-- name: get_client(client_id, viewer_id)^
-- One client, as far as the viewer may see.
select *
from clients_seen_by(:viewer_id)
where id = :client_id;

-- name: lock_client(client_id)^
-- Locks: the client's row. The order everyone keeps: expense, client, booking, people by id, one-time link or code, users
-- by id, editing job, invoice, counter. Rows that refer to the client may still be added meanwhile.
select *
from clients
where id = :client_id
for no key update;

-- name: insert_client(name, email, phone, notes, avatar_url)$
-- Add a client; gives their id.
insert into clients (name, email, phone, notes, avatar_url)
values (:name, :email, :phone, :notes, :avatar_url)
returning id;

-- name: update_client(id, name, email, phone, notes, avatar_url)!
-- Change what the studio knows of a client.
update clients
set
    name = :name,
    email = :email,
    phone = :phone,
    notes = :notes,
    avatar_url = :avatar_url,
    updated_at = now()
where id = :id;

-- name: delete_client(client_id)!
-- Remove a client to whom nothing refers.
delete from clients
where id = :client_id;

-- name: refresh_client_sessions(client_id)!
-- Recompute how many sessions the client has completed. The client is locked.
update clients
set
    total_sessions = (
        select count(*)
        from bookings
        where bookings.client_id = clients.id and bookings.status = 'COMPLETED'
    ),
    updated_at = now()
where id = :client_id;

-- name: list_clients_by_name(after_key, after_id, limit, q, viewer_id)
-- Clients, by name.
select *
from clients_seen_by(:viewer_id) as seen
where
    (lower(name), id) > (coalesce(lower(:after_key::text), ''), coalesce(:after_id::bigint, 0))
    and (:q::text is null or lower(name || ' ' || email || ' ' || coalesce(phone, '')) like lower(:q))
order by lower(name), id
limit :limit;

-- name: list_clients_by_name_desc(after_key, after_id, limit, q, viewer_id)
-- Clients, by name, backwards.
select *
from clients_seen_by(:viewer_id) as seen
where
    (lower(name), id) < (
        coalesce(lower(:after_key::text), (select max(lower(name)) from clients)),
        coalesce(:after_id::bigint, 9223372036854775807)
    )
    and (:q::text is null or lower(name || ' ' || email || ' ' || coalesce(phone, '')) like lower(:q))
order by lower(name) desc, id desc
limit :limit;

-- name: list_clients_by_total_revenue(after_key, after_id, limit, q, viewer_id)
-- Clients, those who paid least first.
select *
from clients_seen_by(:viewer_id) as seen
where
    (total_revenue, id) > (coalesce(:after_key::numeric, -1), coalesce(:after_id::bigint, 0))
    and (:q::text is null or lower(name || ' ' || email || ' ' || coalesce(phone, '')) like lower(:q))
order by total_revenue, id
limit :limit;

-- name: list_clients_by_total_revenue_desc(after_key, after_id, limit, q, viewer_id)
-- Clients, those who paid most first.
select *
from clients_seen_by(:viewer_id) as seen
where
    (total_revenue, id) < (
        coalesce(:after_key::numeric, 10000000000),
        coalesce(:after_id::bigint, 9223372036854775807)
    )
    and (:q::text is null or lower(name || ' ' || email || ' ' || coalesce(phone, '')) like lower(:q))
order by total_revenue desc, id desc
limit :limit;

-- name: list_clients_by_created_at(after_key, after_id, limit, q, viewer_id)
-- Clients, oldest first.
select *
from clients_seen_by(:viewer_id) as seen
where
    (created_at, id) > (coalesce(:after_key::timestamptz, '-infinity'), coalesce(:after_id::bigint, 0))
    and (:q::text is null or lower(name || ' ' || email || ' ' || coalesce(phone, '')) like lower(:q))
order by created_at, id
limit :limit;

-- name: list_clients_by_created_at_desc(after_key, after_id, limit, q, viewer_id)
-- Clients, newest first.
select *
from clients_seen_by(:viewer_id) as seen
where
    (created_at, id) < (
        coalesce(:after_key::timestamptz, 'infinity'),
        coalesce(:after_id::bigint, 9223372036854775807)
    )
    and (:q::text is null or lower(name || ' ' || email || ' ' || coalesce(phone, '')) like lower(:q))
order by created_at desc, id desc
limit :limit;

-- name: count_clients(q, viewer_id)$
-- How many rows these lists have in all.
select count(*)
from clients_seen_by(:viewer_id) as seen
where
    (:q::text is null or lower(name || ' ' || email || ' ' || coalesce(phone, '')) like lower(:q));
