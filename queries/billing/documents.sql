-- name: get_invoice_document(invoice_id)^
-- What an invoice and its receipt say beside their rows: of the studio, the client and the sums. A document holds what its
-- client is shown and no more: its queries are the portal's as well.
select
    invoices.invoice_number,
    invoices.invoice_name,
    invoices.invoice_description,
    invoices.issue_date,
    invoices.due_date,
    invoices.status,
    invoices.currency,
    invoices.subtotal,
    invoices.discount_amount,
    invoices.tax_rate,
    invoices.tax_amount,
    invoices.total_amount,
    invoices.balance_due,
    invoices.overpaid_amount,
    invoices.updated_at,
    clients.name as client_name,
    clients.email as client_email,
    studio_settings.company_name,
    studio_settings.company_address,
    studio_settings.company_email,
    studio_settings.invoice_footer
from invoices
inner join clients on invoices.client_id = clients.id
cross join studio_settings
where invoices.id = :invoice_id;

-- name: list_document_items(invoice_id, limit)
-- The items of an invoice, in their order.
select
    name,
    quantity,
    unit_price,
    amount
from invoice_items
where invoice_id = :invoice_id
order by position, id
limit :limit;

-- name: list_document_milestones(invoice_id, limit)
-- The parts in which an invoice is to be paid, in their order.
select
    label,
    expected_amount,
    expected_date,
    status
from invoice_milestones
where invoice_id = :invoice_id
order by position, id
limit :limit;

-- name: list_document_payments(invoice_id, limit)
-- What came in for an invoice, and when by the clock on the studio wall.
select
    payments.paid_at at time zone studio_settings.time_zone as paid_at,
    payments.method,
    payments.amount
from payments
cross join studio_settings
where payments.invoice_id = :invoice_id
order by payments.paid_at, payments.id
limit :limit;

-- name: list_document_refunds(invoice_id, limit)
-- What went back of it, likewise; what failed to did not.
select
    refunds.refunded_at at time zone studio_settings.time_zone as refunded_at,
    refunds.reason,
    refunds.amount
from refunds
inner join payments on refunds.payment_id = payments.id
cross join studio_settings
where payments.invoice_id = :invoice_id and refunds.status <> 'FAILED'
order by refunds.refunded_at, refunds.id
limit :limit;
