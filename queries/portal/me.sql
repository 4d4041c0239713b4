-- name: get_contact(contact_id)^
-- A contact, with their client, and the studio as it names itself on invoices.
select
    client_contacts.id,
    client_contacts.name,
    client_contacts.title,
    client_contacts.email,
    client_contacts.phone,
    client_contacts.is_primary,
    client_contacts.activated_at,
    json_build_object('id', clients.id, 'name', clients.name) as client,
    json_build_object(
        'companyName', studio_settings.company_name,
        'companyAddress', studio_settings.company_address,
        'companyEmail', studio_settings.company_email,
        'logoUrl', studio_settings.logo_url,
        'currency', studio_settings.currency,
        'timeZone', studio_settings.time_zone
    ) as studio,
    client_contacts.created_at,
    client_contacts.updated_at
from client_contacts
inner join clients on client_contacts.client_id = clients.id
cross join studio_settings
where client_contacts.id = :contact_id;

-- name: get_studio()^
-- What the studio is called, for the pages of whoever is not signed in.
select company_name
from studio_settings;
