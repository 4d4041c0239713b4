-- name: get_contact(contact_id, viewer_id)^
-- One contact, if the viewer may see their client.
select *
from client_contacts_seen_by(:viewer_id)
where id = :contact_id;

-- name: lock_client_of_contact(contact_id)^
-- Locks: the client whose contact it is (a contact never changes its client). Before the contact: see lock_client.
select
    clients.id,
    clients.erased_at
from clients
where clients.id = (select client_contacts.client_id from client_contacts where client_contacts.id = :contact_id)
for no key update;

-- name: lock_contact(contact_id)^
-- Locks: the contact's row, after their client.
select *
from client_contacts
where id = :contact_id
for no key update;

-- name: insert_contact(client_id, name, title, email, phone, is_primary)$
-- Add a contact; gives their id. The client is locked.
insert into client_contacts (client_id, name, title, email, phone, is_primary)
values (:client_id, :name, :title, :email, :phone, :is_primary)
returning id;

-- name: update_contact(id, name, title, email, phone, is_primary, is_active)!
-- Change a contact. The client is locked.
update client_contacts
set
    name = :name,
    title = :title,
    email = :email,
    phone = :phone,
    is_primary = :is_primary,
    is_active = :is_active,
    updated_at = now()
where id = :id;

-- name: mark_primary_contact_replaced(client_id)!
-- Let nobody be the primary contact of a client, who is locked: somebody else is about to be.
update client_contacts
set
    is_primary = false,
    updated_at = now()
where client_id = :client_id and is_primary;

-- name: mark_contact_activated(contact_id, user_id)!
-- Give a contact the account by which they sign in from now on. The contact is locked.
update client_contacts
set
    user_id = :user_id,
    activated_at = now(),
    updated_at = now()
where id = :contact_id;

-- name: delete_contact(contact_id)!
-- Remove a contact who never signed in, with their invite.
delete from client_contacts
where id = :contact_id;

-- name: exists_contact_with_account(email)$
-- Whether the account with this e-mail is that of a client's contact.
select exists (
    select
    from client_contacts
    inner join auth_users on client_contacts.user_id = auth_users.id
    where lower(auth_users.email) = lower(:email)
);

-- name: list_contacts_by_name(after_key, after_id, limit, q, client_id, is_active, viewer_id)
-- The contacts of a client, by name.
select *
from client_contacts_seen_by(:viewer_id)
where
    (lower(name), id) > (coalesce(lower(:after_key::text), ''), coalesce(:after_id::bigint, 0))
    and (:q::text is null or lower(name || ' ' || email || ' ' || coalesce(phone, '')) like lower(:q))
    and client_id = :client_id
    and (:is_active::boolean is null or is_active = :is_active)
order by lower(name), id
limit :limit;

-- name: list_contacts_by_name_desc(after_key, after_id, limit, q, client_id, is_active, viewer_id)
-- The contacts of a client, by name, backwards.
select *
from client_contacts_seen_by(:viewer_id)
where
    (lower(name), id) < (
        coalesce(lower(:after_key::text), (select max(lower(name)) from client_contacts)),
        coalesce(:after_id::bigint, 9223372036854775807)
    )
    and (:q::text is null or lower(name || ' ' || email || ' ' || coalesce(phone, '')) like lower(:q))
    and client_id = :client_id
    and (:is_active::boolean is null or is_active = :is_active)
order by lower(name) desc, id desc
limit :limit;

-- name: count_contacts(q, client_id, is_active, viewer_id)$
-- How many rows these lists have in all.
select count(*)
from client_contacts_seen_by(:viewer_id)
where
    (:q::text is null or lower(name || ' ' || email || ' ' || coalesce(phone, '')) like lower(:q))
    and client_id = :client_id
    and (:is_active::boolean is null or is_active = :is_active);
