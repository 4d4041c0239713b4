-- name: exists_invoice(invoice_id)$
-- Whether whoever is asking is shown such an invoice.
select exists (
    select
    from invoices
    where id = :invoice_id
);

-- name: get_checkout(invoice_id, checkout_id)^
-- One checkout of an invoice, with what has become of the invoice.
select
    checkout_sessions.id,
    checkout_sessions.invoice_id,
    checkout_sessions.milestone_id,
    checkout_sessions.expected_amount_minor,
    checkout_sessions.currency,
    checkout_sessions.status,
    checkout_sessions.url,
    checkout_sessions.expires_at,
    checkout_sessions.created_at,
    checkout_sessions.updated_at,
    invoices.status as invoice_status,
    invoices.balance_due
from checkout_sessions
inner join invoices on checkout_sessions.invoice_id = invoices.id
where checkout_sessions.invoice_id = :invoice_id and checkout_sessions.id = :checkout_id;
