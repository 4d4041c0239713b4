-- name: upsert_contact_invite(contact_id, token)^
-- Make the link by which a contact may activate their account, by its digest: it kills the older. The contact is locked.
insert into contact_invites (contact_id, token)
values (:contact_id, :token)
on conflict (contact_id) do update set
    token = excluded.token,
    expires_at = excluded.expires_at,
    created_at = excluded.created_at
returning expires_at;

-- name: get_contact_invite(token)^
-- To whom a link was sent, if it is still good. Whoever uses it locks client and contact, and then it, and looks again.
select
    client_contacts.id,
    client_contacts.email
from contact_invites
inner join client_contacts on contact_invites.contact_id = client_contacts.id
where contact_invites.token = :token and contact_invites.expires_at > now();

-- name: lock_contact_invite(token)^
-- Locks: the link, after its contact and before any user; whoever else opens it waits, and then finds it gone.
select contact_id
from contact_invites
where token = :token and expires_at > now()
for update;

-- name: delete_contact_invite(contact_id)!
-- Take back a contact's link, because it was used or is of no use any more. The contact is locked.
delete from contact_invites
where contact_id = :contact_id;

-- name: get_company_name()^
-- What the studio calls itself to its clients, if it has said so.
select company_name
from studio_settings;
