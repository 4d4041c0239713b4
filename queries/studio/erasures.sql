-- name: lock_bookings_of_client(client_id)
-- Locks: a client's bookings, by id, after the client.
select id
from bookings
where client_id = :client_id
order by id
limit 1000000
for no key update;

-- name: lock_editing_jobs_of_client(client_id)
-- Locks: the editing jobs of a client's bookings, by id, after the bookings.
select editing_jobs.id
from editing_jobs
where editing_jobs.booking_id in (select bookings.id from bookings where bookings.client_id = :client_id)
order by editing_jobs.id
limit 1000000
for no key update;

-- name: lock_contacts_of_client(client_id)
-- Locks: a client's contacts, by id, after the client. With each, whether the account by which they sign in was opened by
-- their activation (in one transaction, at one moment), and so for nothing but the portal.
select
    client_contacts.*,
    exists (
        select
        from auth_users
        where
            auth_users.id = client_contacts.user_id
            and auth_users.role = 'CUSTOMER'
            and auth_users.created_at = client_contacts.activated_at
    ) as has_portal_account
from client_contacts
where client_contacts.client_id = :client_id
order by client_contacts.id
limit 10000
for no key update;

-- name: get_names_of_contacts(client_id)^
-- The names by which the contacts of a client go, and went when they did something.
select
    array(
        select client_contacts.name
        from client_contacts
        where client_contacts.client_id = :client_id
        union
        select activities.actor
        from activities
        inner join client_contacts on activities.actor_id = client_contacts.user_id
        where client_contacts.client_id = :client_id and activities.client_id = :client_id
    ) as names;

-- name: lock_client_alone(client_id)^
-- Locks: the client's row against everybody, also those who are about to refer to it, and waits for those who have. Last:
-- whoever holds a booking or a job meanwhile may still want to refer to its client.
select *
from clients
where id = :client_id
for update;

-- name: exists_erased_client_of_booking(booking_id)$
-- Whether the client whose booking it is has been erased. The booking or its job is locked, which whoever erases takes
-- before they overwrite; a statement of its own, so that who has waited for the lock sees what was done meanwhile.
select exists (
    select
    from bookings
    inner join clients on bookings.client_id = clients.id
    where bookings.id = :booking_id and clients.erased_at is not null
);

-- name: mark_client_erased(client_id, name, email)!
-- Overwrite what is known of a client. What they have paid, and when they came, stays.
update clients
set
    name = :name,
    email = :email,
    phone = null,
    notes = null,
    avatar_url = null,
    archived_at = coalesce(archived_at, now()),
    erased_at = now(),
    updated_at = now()
where id = :client_id;

-- name: mark_contact_erased(contact_id, name, email)!
-- Overwrite who a contact was, and shut them out. Their account is not theirs any more.
update client_contacts
set
    user_id = null,
    name = :name,
    title = null,
    email = :email,
    phone = null,
    is_primary = false,
    is_active = false,
    activated_at = null,
    updated_at = now()
where id = :contact_id;

-- name: delete_contact_invites_of_client(client_id)!
-- Take back every invite of a client's contacts.
delete from contact_invites
using client_contacts
where contact_invites.contact_id = client_contacts.id and client_contacts.client_id = :client_id;

-- name: mark_work_packages_erased(client_id, name)!
-- Overwrite what work packages say of their client. When they were, and what belongs to them, stays.
update work_packages
set
    name = :name,
    description = null,
    updated_at = now()
where client_id = :client_id;

-- name: mark_bookings_erased(client_id, location)!
-- Overwrite what bookings say of their client: where it was may be somebody's home.
update bookings
set
    location = :location,
    notes = null,
    updated_at = now()
where client_id = :client_id;

-- name: delete_photo_selections_of_client(client_id)!
-- Remove the names of the photos that a client has chosen.
delete from photo_selections
using bookings
where photo_selections.booking_id = bookings.id and bookings.client_id = :client_id;

-- name: mark_editing_jobs_erased(client_id)!
-- Overwrite what was noted for the editing of a client's photos, and where they lie.
update editing_jobs
set
    notes = null,
    drive_folder_url = null,
    photographer_notes = null,
    updated_at = now()
from bookings
where editing_jobs.booking_id = bookings.id and bookings.client_id = :client_id;

-- name: mark_editing_statuses_erased(client_id, contact_names, name)!
-- Overwrite what was noted as the jobs of a client moved. When, where to and by whom stays, unless it was a contact.
update editing_status_logs
set
    notes = null,
    changed_by = case
        when editing_status_logs.changed_by = any(:contact_names::text []) then :name
        else editing_status_logs.changed_by
    end
from editing_jobs
inner join bookings on editing_jobs.booking_id = bookings.id
where editing_status_logs.editing_job_id = editing_jobs.id and bookings.client_id = :client_id;

-- name: mark_editing_revisions_erased(client_id, contact_names, name)!
-- Overwrite what a client wanted to be different. That they did, and when, stays.
update editing_revisions
set
    note = :name,
    requested_by = case
        when editing_revisions.requested_by = any(:contact_names::text []) then :name
        else editing_revisions.requested_by
    end
from editing_jobs
inner join bookings on editing_jobs.booking_id = bookings.id
where editing_revisions.editing_job_id = editing_jobs.id and bookings.client_id = :client_id;
