-- name: stream_clients(viewer_id)
-- Every client, as their list shows them, archived ones too; as far as the viewer may see.
select *
from clients_seen_by(:viewer_id)
order by id;

-- name: stream_bookings(viewer_id, shows_staff_emails)
-- Every booking that the viewer may see, with the names and addresses by which it can be told what it refers to. Named one
-- by one, without the people as JSON: what is not asked for is not gathered.
select
    seen.id,
    seen.client_id,
    seen.client_name,
    seen.client_avatar_url,
    seen.session_type_id,
    seen.session_type_name,
    seen.category_id,
    seen.category_name,
    seen.session_date,
    seen.ends_at,
    seen.room_id,
    seen.room_name,
    seen.series_id,
    seen.work_package_id,
    seen.work_package_name,
    seen.location,
    seen.price,
    seen.status,
    seen.notes,
    seen.photo_selection_count,
    seen.editing_job_id,
    seen.invoice_id,
    seen.invoice_number,
    seen.created_at,
    seen.updated_at,
    clients.email as client_email,
    people.names as staff_names,
    case when :shows_staff_emails::boolean then people.emails end as staff_emails
from bookings_seen_by(:viewer_id) as seen
inner join clients on seen.client_id = clients.id
left join lateral (
    select
        string_agg(staff_members.name, '; ' order by staff_assignments.id) as names,
        string_agg(staff_members.email, '; ' order by staff_assignments.id) as emails
    from staff_assignments
    inner join staff_members on staff_assignments.staff_id = staff_members.id
    where staff_assignments.booking_id = seen.id
) as people on true
order by seen.id;

-- name: stream_invoices()
-- Every invoice, as their list shows them.
select *
from invoice_summaries
order by id;

-- name: stream_payments()
-- Every payment, with the invoice it was for and whose that is.
select
    payment_details.*,
    invoice_summaries.invoice_number,
    invoice_summaries.client_id,
    invoice_summaries.client_name,
    invoice_summaries.client_email
from payment_details
inner join invoice_summaries on payment_details.invoice_id = invoice_summaries.id
order by payment_details.id;

-- name: stream_refunds()
-- Every refund, also those that failed, with the payment that it is of, the invoice that was for and whose that is.
select
    refund_details.*,
    payments.paid_at,
    payments.method,
    payment_accounts.name as payment_account_name,
    invoice_summaries.invoice_number,
    invoice_summaries.client_id,
    invoice_summaries.client_name,
    invoice_summaries.client_email
from refund_details
inner join payments on refund_details.payment_id = payments.id
left join payment_accounts on payments.payment_account_id = payment_accounts.id
inner join invoice_summaries on refund_details.invoice_id = invoice_summaries.id
order by refund_details.id;

-- name: stream_expenses()
-- Every expense, as their list shows them.
select *
from expense_details
order by id;
