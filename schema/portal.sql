-- What the portal's role may read: of each table the columns that a client is shown, and of their rows those of the one
-- client whose contact is signed in. It writes nothing. Who is signed in, the database finds out by itself, by the digest
-- of their session's token, which is set for one transaction: whoever has the role but no session sees no row at all.
--
-- Every table with rows of clients has row-level security. The owner is not bound by it, and the application's policy
-- lets everything through; the views of details.sql are read with the owner's rights and are not the portal's.

create function portal_contact() returns table (contact_id bigint, client_id bigint)
language sql stable security definer rows 1
begin atomic
    select
        client_contacts.id as contact_id,
        client_contacts.client_id
    from auth_sessions
    inner join auth_users on auth_sessions.user_id = auth_users.id
    inner join client_contacts on auth_users.id = client_contacts.user_id
    where
        auth_sessions.session_token = case
            when current_setting('photolens.session', true) ~ '^[0-9a-f]{64}$'
                then decode(current_setting('photolens.session', true), 'hex')
        end
        and auth_sessions.expires_at > now()
        and auth_users.status = 'ACTIVE'
        and client_contacts.is_active;
end;

create function portal_contact_id() returns bigint
language sql stable
return (select contact_id from portal_contact());

create function portal_client_id() returns bigint
language sql stable
return (select client_id from portal_contact());

-- Functions are nobody's but the application's (schema/roles.sql): beside these, the portal's role has the words of days
-- and instants.
grant execute on function portal_contact(), portal_contact_id(), portal_client_id() to photolens_portal;
grant execute on function rfc3339(timestamptz), studio_today() to photolens_portal;


-- The application sees every row, whatever a policy says of the portal.
alter table clients enable row level security;
alter table client_contacts enable row level security;
alter table work_packages enable row level security;
alter table bookings enable row level security;
alter table photo_selections enable row level security;
alter table editing_jobs enable row level security;
alter table editing_revisions enable row level security;
alter table invoices enable row level security;
alter table invoice_items enable row level security;
alter table invoice_milestones enable row level security;
alter table payments enable row level security;
alter table refunds enable row level security;
alter table checkout_sessions enable row level security;

create policy clients_app on clients to photolens_app using (true) with check (true);
create policy client_contacts_app on client_contacts to photolens_app using (true) with check (true);
create policy work_packages_app on work_packages to photolens_app using (true) with check (true);
create policy bookings_app on bookings to photolens_app using (true) with check (true);
create policy photo_selections_app on photo_selections to photolens_app using (true) with check (true);
create policy editing_jobs_app on editing_jobs to photolens_app using (true) with check (true);
create policy editing_revisions_app on editing_revisions to photolens_app using (true) with check (true);
create policy invoices_app on invoices to photolens_app using (true) with check (true);
create policy invoice_items_app on invoice_items to photolens_app using (true) with check (true);
create policy invoice_milestones_app on invoice_milestones to photolens_app using (true) with check (true);
create policy payments_app on payments to photolens_app using (true) with check (true);
create policy refunds_app on refunds to photolens_app using (true) with check (true);
create policy checkout_sessions_app on checkout_sessions to photolens_app using (true) with check (true);


-- The client, and the one contact who is asking.
grant select (id, name, email) on clients to photolens_portal;
create policy clients_portal on clients for select to photolens_portal
using (id = (select portal_client_id()));

grant select (id, client_id, name, title, email, phone, is_primary, activated_at, created_at, updated_at)
on client_contacts to photolens_portal;
create policy client_contacts_portal on client_contacts for select to photolens_portal
using (id = (select portal_contact_id()));

grant select (id, client_id, name, description, status, starts_on, ends_on, created_at, updated_at)
on work_packages to photolens_portal;
create policy work_packages_portal on work_packages for select to photolens_portal
using (client_id = (select portal_client_id()));


-- Their shoots, the photos they choose, and the editing that is theirs to see: what waits for their choice or their
-- judgement, and what came of it. Of its revisions, those that they have asked for.
grant select (
    id, client_id, session_type_id, session_date, ends_at, work_package_id, location, price, status, created_at, updated_at
) on bookings to photolens_portal;
create policy bookings_portal on bookings for select to photolens_portal
using (client_id = (select portal_client_id()));

grant select (id, booking_id, name, is_edited, position, created_at, updated_at) on photo_selections to photolens_portal;
create policy photo_selections_portal on photo_selections for select to photolens_portal
using (exists (select from bookings where bookings.id = photo_selections.booking_id));

grant select (id, booking_id, stage_id, status, drive_folder_url, delivered_at, created_at, updated_at)
on editing_jobs to photolens_portal;
create policy editing_jobs_portal on editing_jobs for select to photolens_portal
using (
    exists (select from bookings where bookings.id = editing_jobs.booking_id)
    and (
        status in ('DELIVERED', 'REVISION', 'ARCHIVED')
        or exists (
            select
            from editing_stages
            where
                editing_stages.id = editing_jobs.stage_id
                and (editing_stages.awaits_selection or editing_stages.awaits_approval)
        )
    )
);

grant select (id, editing_job_id, note, requested_at) on editing_revisions to photolens_portal;
create policy editing_revisions_portal on editing_revisions for select to photolens_portal
using (
    is_from_client and exists (select from editing_jobs where editing_jobs.id = editing_revisions.editing_job_id)
);


-- Their issued invoices, and the money that has moved on them.
grant select (
    id, client_id, booking_id, work_package_id, invoice_number, invoice_name, invoice_description, issue_date, due_date,
    status, currency, subtotal, discount_amount, tax_rate, tax_amount, total_amount, balance_due, overpaid_amount, paid_at,
    created_at, updated_at
) on invoices to photolens_portal;
create policy invoices_portal on invoices for select to photolens_portal
using (client_id = (select portal_client_id()) and invoice_number is not null);

grant select (id, invoice_id, position, name, quantity, unit_price, amount) on invoice_items to photolens_portal;
create policy invoice_items_portal on invoice_items for select to photolens_portal
using (exists (select from invoices where invoices.id = invoice_items.invoice_id));

grant select (id, invoice_id, position, label, description, expected_amount, expected_date, paid_amount, status)
on invoice_milestones to photolens_portal;
create policy invoice_milestones_portal on invoice_milestones for select to photolens_portal
using (exists (select from invoices where invoices.id = invoice_milestones.invoice_id));

grant select (id, invoice_id, milestone_id, amount, currency, paid_at, method, created_at) on payments to photolens_portal;
create policy payments_portal on payments for select to photolens_portal
using (exists (select from invoices where invoices.id = payments.invoice_id));

-- The reason stands on the papers that a client is handed.
grant select (id, payment_id, amount, reason, status, refunded_at) on refunds to photolens_portal;
create policy refunds_portal on refunds for select to photolens_portal
using (exists (select from payments where payments.id = refunds.payment_id));

grant select (id, invoice_id, milestone_id, expected_amount_minor, currency, status, url, expires_at, created_at, updated_at)
on checkout_sessions to photolens_portal;
create policy checkout_sessions_portal on checkout_sessions for select to photolens_portal
using (exists (select from invoices where invoices.id = checkout_sessions.invoice_id));


-- What is nobody's: the catalogue, the words of the board, and who the studio is.
grant select (id, category_id, name) on session_packages to photolens_portal;
grant select (id, name) on session_categories to photolens_portal;
grant select (id, name, status, awaits_selection, awaits_approval) on editing_stages to photolens_portal;
grant select (id, currency, time_zone, invoice_footer, company_name, company_address, company_email, logo_url)
on studio_settings to photolens_portal;
