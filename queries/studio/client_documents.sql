-- name: list_bookings_of_client(client_id)
-- All bookings of a client, as their list shows them, with the people on them.
select *
from booking_details
where client_id = :client_id
order by id;

-- name: list_contacts_of_client(client_id)
-- All contacts of a client, as their list shows them.
select *
from client_contact_details
where client_id = :client_id
order by id;

-- name: list_work_packages_of_client(client_id)
-- All that was agreed on with a client, with the money.
select *
from work_packages_seen_by(null)
where client_id = :client_id
order by id;

-- name: list_photo_jobs_of_client(client_id)
-- All photo jobs of a client's bookings, with what the photos were called.
select
    photo_jobs.id,
    photo_jobs.booking_id,
    photo_jobs.prompt,
    photo_jobs.group_name,
    photo_jobs.status,
    array(
        select photo_job_photos.name
        from photo_job_photos
        where photo_job_photos.job_id = photo_jobs.id
        order by photo_job_photos.position
    ) as photo_names,
    photo_jobs.created_at,
    photo_jobs.updated_at
from photo_jobs
inner join bookings on photo_jobs.booking_id = bookings.id
where bookings.client_id = :client_id
order by photo_jobs.booking_id, photo_jobs.id;

-- name: list_photo_selections_of_client(client_id)
-- All photos that a client has chosen, in the order of their choice.
select
    photo_selections.id,
    photo_selections.booking_id,
    photo_selections.name,
    photo_selections.is_edited,
    photo_selections.position,
    photo_selections.created_at,
    photo_selections.updated_at
from photo_selections
inner join bookings on photo_selections.booking_id = bookings.id
where bookings.client_id = :client_id
order by photo_selections.booking_id, photo_selections.position, photo_selections.id;

-- name: list_booking_series_of_client(client_id)
-- The rules by which bookings of a client recur.
select
    id,
    client_id,
    frequency,
    every,
    weekdays::text [] as weekdays,
    starts_on,
    to_char(starts_at, 'HH24:MI') as starts_at,
    occurrences,
    until,
    created_at
from booking_series
where client_id = :client_id
order by id;

-- name: list_editing_jobs_of_client(client_id)
-- All editing jobs of a client, as their list shows them.
select *
from editing_job_details
where client_id = :client_id
order by id;

-- name: list_editing_statuses_of_client(client_id)
-- Every status that these jobs have had.
select
    editing_status_logs.id,
    editing_status_logs.editing_job_id,
    editing_status_logs.stage_id,
    editing_stages.name as stage_name,
    editing_status_logs.status,
    editing_status_logs.changed_at,
    editing_status_logs.changed_by,
    editing_status_logs.notes
from editing_status_logs
inner join editing_jobs on editing_status_logs.editing_job_id = editing_jobs.id
inner join bookings on editing_jobs.booking_id = bookings.id
left join editing_stages on editing_status_logs.stage_id = editing_stages.id
where bookings.client_id = :client_id
order by editing_status_logs.id;

-- name: list_editing_revisions_of_client(client_id)
-- What was asked to be different of these jobs.
select
    editing_revisions.id,
    editing_revisions.editing_job_id,
    editing_revisions.note,
    editing_revisions.requested_by,
    editing_revisions.is_from_client,
    editing_revisions.requested_at
from editing_revisions
inner join editing_jobs on editing_revisions.editing_job_id = editing_jobs.id
inner join bookings on editing_jobs.booking_id = bookings.id
where bookings.client_id = :client_id
order by editing_revisions.id;

-- name: list_invoices_of_client(client_id)
-- All invoices of a client, as their list shows them.
select *
from invoice_summaries
where client_id = :client_id
order by id;

-- name: list_invoice_items_of_client(client_id)
-- The items of these invoices.
select invoice_item_details.*
from invoice_item_details
inner join invoices on invoice_item_details.invoice_id = invoices.id
where invoices.client_id = :client_id
order by invoice_item_details.invoice_id, invoice_item_details.position, invoice_item_details.id;

-- name: list_milestones_of_client(client_id)
-- The milestones of these invoices.
select invoice_milestone_details.*
from invoice_milestone_details
inner join invoices on invoice_milestone_details.invoice_id = invoices.id
where invoices.client_id = :client_id
order by invoice_milestone_details.invoice_id, invoice_milestone_details.position, invoice_milestone_details.id;

-- name: list_payments_of_client(client_id)
-- What came in for these invoices.
select payment_details.*
from payment_details
inner join invoices on payment_details.invoice_id = invoices.id
where invoices.client_id = :client_id
order by payment_details.id;

-- name: list_checkouts_of_client(client_id)
-- How these invoices were to be paid online.
select checkout_details.*
from checkout_details
inner join invoices on checkout_details.invoice_id = invoices.id
where invoices.client_id = :client_id
order by checkout_details.id;

-- name: list_refunds_of_client(client_id)
-- What went back of these payments, or is to, or failed to.
select refund_details.*
from refund_details
inner join invoices on refund_details.invoice_id = invoices.id
where invoices.client_id = :client_id
order by refund_details.id;

-- name: list_payment_allocations_of_client(client_id)
-- How these payments were split over milestones; and, below zero, what their refunds took from them again.
select
    payment_allocations.id,
    payment_allocations.invoice_id,
    payment_allocations.payment_id,
    payment_allocations.milestone_id,
    payment_allocations.refund_id,
    payment_allocations.amount
from payment_allocations
inner join invoices on payment_allocations.invoice_id = invoices.id
where invoices.client_id = :client_id
order by payment_allocations.id;

-- name: list_expenses_of_client(client_id)
-- What was spent on the bookings of a client.
select *
from expense_details
where client_id = :client_id
order by id;

-- name: list_activities_of_client(client_id, subject_types)
-- What was done for a client, by whom, to these kinds of subjects.
select
    id,
    kind,
    subject_type,
    subject_id,
    client_id,
    actor_id,
    actor,
    details,
    created_at
from activities
where client_id = :client_id and subject_type = any(:subject_types::text [])
order by id;

-- name: list_messages_of_client(client_id)
-- What was sent to a client, and waits to be; but for the words, which are sealed. What is for another client, at an
-- address that was theirs before, is that one's.
select
    all_communication_logs.id,
    all_communication_logs.channel,
    all_communication_logs.recipient,
    all_communication_logs.template,
    all_communication_logs.subject,
    all_communication_logs.status,
    all_communication_logs.attempts,
    all_communication_logs.error,
    all_communication_logs.client_id,
    all_communication_logs.created_at,
    all_communication_logs.sent_at,
    all_communication_logs.updated_at
from all_communication_logs
where
    all_communication_logs.id in (
        select theirs.id
        from all_communication_logs as theirs
        where theirs.client_id = :client_id
        union all
        select reached.id
        from all_communication_logs as reached
        where
            reached.client_id is null
            and lower(reached.recipient) in (
                select lower(addresses.address)
                from clients
                cross join lateral (values (clients.email), (clients.phone)) as addresses (address)
                where clients.id = :client_id
            )
    )
order by all_communication_logs.id;
