-- name: exists_invoice(invoice_id)$
-- Whether there is such an invoice.
select exists (
    select
    from invoices
    where id = :invoice_id
);

-- name: get_invoice(invoice_id)^
-- One invoice, whole: its items, its milestones, its newest payments (all of them are in their own list), and under what
-- it is known where it was paid online.
select
    invoice_summaries.*,
    invoices.stripe_checkout_session_id,
    invoices.stripe_payment_intent_id,
    invoices.stripe_customer_id,
    (
        select
            coalesce(
                json_agg(
                    json_build_object(
                        'id', items.id,
                        'invoiceId', items.invoice_id,
                        'position', items.position,
                        'name', items.name,
                        'quantity', items.quantity,
                        'unitPrice', items.unit_price::text,
                        'amount', items.amount::text,
                        'expenseId', items.expense_id
                    )
                    order by items.position
                ),
                '[]'
            )
        from invoice_item_details as items
        where items.invoice_id = invoice_summaries.id
    ) as items,
    (
        select
            coalesce(
                json_agg(
                    json_build_object(
                        'id', milestones.id,
                        'invoiceId', milestones.invoice_id,
                        'position', milestones.position,
                        'label', milestones.label,
                        'description', milestones.description,
                        'expectedAmount', milestones.expected_amount::text,
                        'expectedDate', milestones.expected_date,
                        'paidAmount', milestones.paid_amount::text,
                        'status', milestones.status
                    )
                    order by milestones.position
                ),
                '[]'
            )
        from invoice_milestone_details as milestones
        where milestones.invoice_id = invoice_summaries.id
    ) as milestones,
    (
        select
            coalesce(
                json_agg(
                    json_build_object(
                        'id', recent.id,
                        'invoiceId', recent.invoice_id,
                        'milestoneId', recent.milestone_id,
                        'amount', recent.amount::text,
                        'currency', recent.currency,
                        'paidAt', rfc3339(recent.paid_at),
                        'method', recent.method,
                        'notes', recent.notes,
                        'paymentAccountId', recent.payment_account_id,
                        'paymentAccountName', recent.payment_account_name,
                        'refundedAmount', recent.refunded_amount::text,
                        'allocations', recent.allocations,
                        'paidByContactId', recent.paid_by_contact_id,
                        'paidByContactName', recent.paid_by_contact_name,
                        'stripeSessionId', recent.stripe_session_id,
                        'stripePaymentIntentId', recent.stripe_payment_intent_id,
                        'recordedBy', recent.recorded_by,
                        'createdAt', rfc3339(recent.created_at)
                    )
                    order by recent.paid_at desc, recent.id desc
                ),
                '[]'
            )
        from (
            select *
            from payment_details
            where payment_details.invoice_id = invoice_summaries.id
            order by payment_details.paid_at desc, payment_details.id desc
            limit 100
        ) as recent
    ) as payments
from invoice_summaries
inner join invoices on invoice_summaries.id = invoices.id
where invoice_summaries.id = :invoice_id;

-- name: lock_client_of_invoice(invoice_id)^
-- Locks: the client whose invoice it is (an invoice never changes its client). Before the invoice: see lock_client.
select clients.id
from clients
where clients.id = (select invoices.client_id from invoices where invoices.id = :invoice_id)
for no key update;

-- name: lock_invoice(invoice_id)^
-- Locks: the invoice's row, after its client. With it, whether money has moved, and what of it is there.
select
    invoices.*,
    exists (select from payments where payments.invoice_id = invoices.id) as is_paid_on,
    (
        select coalesce(sum(money_movements.amount), 0.00)
        from money_movements
        where money_movements.invoice_id = invoices.id
    ) as money,
    exists (
        select
        from checkout_sessions
        where checkout_sessions.invoice_id = invoices.id and checkout_sessions.status in ('CREATING', 'OPEN', 'PROCESSING')
    ) as is_being_paid,
    exists (select from invoice_milestones where invoice_milestones.invoice_id = invoices.id) as has_milestones,
    (select count(*) from invoice_items where invoice_items.invoice_id = invoices.id) as item_count
from invoices
where invoices.id = :invoice_id
for no key update;

-- name: get_open_invoice_of_booking(booking_id)^
-- The newest invoice of a booking to which items can still be added. Its client is locked, which holds it still.
select invoices.id
from invoices
where
    invoices.booking_id = :booking_id
    and invoices.status <> 'VOID'
    and not exists (select from payments where payments.invoice_id = invoices.id)
order by invoices.id desc
limit 1;

-- name: insert_invoice(client_id, booking_id, work_package_id, invoice_name, invoice_description, issue_date, due_date, currency)$
-- Draft an invoice; gives its id. Without dates it is issued today and due as the settings say, which also name its
-- currency where nobody does.
insert into invoices (
    client_id,
    booking_id,
    work_package_id,
    invoice_name,
    invoice_description,
    issue_date,
    due_date,
    currency
)
select
    :client_id,
    :booking_id,
    :work_package_id,
    :invoice_name,
    :invoice_description,
    coalesce(:issue_date::date, studio_today()),
    coalesce(
        :due_date::date,
        coalesce(:issue_date::date, studio_today()) + studio_settings.default_due_days
    ),
    coalesce(:currency, studio_settings.currency)
from studio_settings
returning id;

-- name: update_invoice(id, booking_id, work_package_id, invoice_name, invoice_description, issue_date, due_date, needs_review)!
-- Change what an invoice belongs to and is called, and its dates; refresh_invoice follows, since a due date decides what is
-- overdue.
update invoices
set
    booking_id = :booking_id,
    work_package_id = :work_package_id,
    invoice_name = :invoice_name,
    invoice_description = :invoice_description,
    issue_date = :issue_date,
    due_date = :due_date,
    needs_review = :needs_review,
    updated_at = now()
where id = :id;

-- name: update_invoice_terms(invoice_id, discount_amount, tax_rate)!
-- Change discount and tax of an invoice on which no money has moved, and what it comes to with them, all of it due: one
-- statement, since the checks of the table hold after each. refresh_invoice follows and says how it is called.
update invoices
set
    discount_amount = :discount_amount,
    tax_rate = :tax_rate,
    tax_amount = taxed.tax_amount,
    total_amount = invoices.subtotal - :discount_amount::numeric + taxed.tax_amount,
    balance_due = greatest(invoices.subtotal - :discount_amount::numeric + taxed.tax_amount, 0),
    status = case when invoices.status = 'DRAFT' then 'DRAFT' else 'SENT' end::invoice_status,
    updated_at = now()
from (
    select
        id,
        round((subtotal - :discount_amount::numeric) * :tax_rate::numeric / 100, 2) as tax_amount
    from invoices
    where id = :invoice_id
) as taxed
where invoices.id = taxed.id;

-- name: lock_invoice_counter()^
-- Locks: the counter, last of all; held to the end, so that a number rolled back is given again.
select last_sequence
from invoice_counter
for update;

-- name: update_invoice_counter(last_sequence)!
-- Remember the number that was just given. The counter is locked.
update invoice_counter
set last_sequence = :last_sequence;

-- name: mark_invoice_sent(invoice_id, invoice_sequence)!
-- Issue a draft under its number. The invoice is locked.
update invoices
set
    status = 'SENT',
    invoice_sequence = :invoice_sequence,
    invoice_number = studio_settings.invoice_prefix
    || lpad(:invoice_sequence::bigint::text, greatest(5, length(:invoice_sequence::bigint::text)), '0'),
    updated_at = now()
from studio_settings
where invoices.id = :invoice_id;

-- name: mark_invoice_void(invoice_id)!
-- Take an invoice out of the books; it keeps its number, and nothing is due on it. The invoice is locked.
update invoices
set
    status = 'VOID',
    balance_due = 0,
    updated_at = now()
where id = :invoice_id;

-- name: refresh_invoice(invoice_id)$
-- Recompute what an invoice comes to, what is left to pay and who has paid, and the status that follows; gives the status.
-- Client and invoice are locked.
update invoices
set
    subtotal = computed.subtotal,
    tax_amount = computed.tax_amount,
    total_amount = computed.total_amount,
    balance_due = computed.balance_due,
    overpaid_amount = computed.overpaid_amount,
    status = computed.status,
    paid_at = computed.paid_at,
    paid_by_contact_id = computed.paid_by_contact_id,
    stripe_checkout_session_id = computed.stripe_checkout_session_id,
    stripe_payment_intent_id = computed.stripe_payment_intent_id,
    stripe_customer_id = computed.stripe_customer_id,
    updated_at = now()
from invoice_sums as computed
where invoices.id = :invoice_id and computed.invoice_id = :invoice_id
returning invoices.status;

-- name: lock_invoices_past_due(after_id, limit)
-- Locks: clients, and invoices of theirs that are past due and not called OVERDUE yet, by the invoice's id. Nothing is
-- waited for: what somebody else has locked is passed over.
select
    invoices.id,
    invoices.client_id,
    invoices.invoice_number,
    invoices.balance_due
from invoices
inner join clients on invoices.client_id = clients.id
where
    invoices.id > :after_id
    and invoices.balance_due > 0
    and invoices.status in ('SENT', 'PARTIALLY_PAID')
    and invoices.due_date < (select studio_today())
order by invoices.id
limit :limit
for no key update of clients, invoices skip locked;

-- name: lock_invoices_to_remind(after_id, limit)
-- Locks: clients, and invoices of theirs that are OVERDUE and of which they have not been reminded for as many days as the
-- settings say, by the invoice's id; none where the settings want no reminders, and of nobody who was erased. Nothing is
-- waited for: what somebody else has locked is passed over.
select
    invoices.id,
    invoices.client_id,
    invoices.invoice_number,
    invoices.balance_due,
    invoices.currency,
    invoices.due_date,
    clients.name as client_name,
    clients.email,
    studio_settings.company_name,
    studio_settings.invoice_footer
from invoices
inner join clients on invoices.client_id = clients.id
cross join studio_settings
where
    invoices.id > :after_id
    and invoices.status = 'OVERDUE'
    and invoices.due_date < (select studio_today())
    and clients.erased_at is null
    and studio_settings.reminders_enabled
    and coalesce(invoices.last_reminder_at, '-infinity')
    <= now() - make_interval(days => studio_settings.reminder_interval_days)
order by invoices.id
limit :limit
for no key update of clients, invoices skip locked;

-- name: mark_invoice_reminded(invoice_id)!
-- Note that the client is being reminded of it, in the transaction that queues the reminder. The invoice is locked.
update invoices
set
    last_reminder_at = now(),
    updated_at = now()
where id = :invoice_id;

-- name: mark_invoice_needs_review(invoice_id)!
-- Ask somebody to look: a provider took money that does not fit. Before refresh_invoice. The invoice is locked.
update invoices
set
    needs_review = true,
    updated_at = now()
where id = :invoice_id;

-- name: delete_invoice(invoice_id)!
-- Remove a draft, with its items. The invoice is locked.
delete from invoices
where id = :invoice_id;

-- name: refresh_client_revenue(client_id)!
-- Recompute what the client has paid in all, less what they were given back. The client is locked.
update clients
set
    total_revenue = (
        select coalesce(sum(money_movements.amount), 0)
        from invoices
        inner join money_movements on invoices.id = money_movements.invoice_id
        where invoices.client_id = clients.id
    ),
    updated_at = now()
where id = :client_id;

-- name: list_broken_invoices()
-- Invoices whose amounts or status are not what their items, payments and refunds say. Whether one is called OVERDUE was told
-- by the studio calendar at its last change or by the daily task: the day may have moved on since, and the time zone may
-- have been set back, which is two days at most.
select
    'invoices' as table_name,
    invoices.id,
    'subtotal, tax_amount, total_amount, balance_due, overpaid_amount, status, paid_at, paid_by_contact_id' as column_name,
    concat_ws(
        ', ',
        invoices.subtotal,
        invoices.tax_amount,
        invoices.total_amount,
        invoices.balance_due,
        invoices.overpaid_amount,
        invoices.status,
        invoices.paid_at,
        invoices.paid_by_contact_id
    ) as stored,
    concat_ws(
        ', ',
        expected.subtotal,
        expected.tax_amount,
        expected.total_amount,
        expected.balance_due,
        expected.overpaid_amount,
        expected.status,
        expected.paid_at,
        expected.paid_by_contact_id
    ) as expected
from invoices
inner join invoice_sums as expected on invoices.id = expected.invoice_id
where
    (
        invoices.subtotal,
        invoices.tax_amount,
        invoices.total_amount,
        invoices.balance_due,
        invoices.overpaid_amount,
        invoices.paid_at,
        invoices.paid_by_contact_id
    ) is distinct from (
        expected.subtotal,
        expected.tax_amount,
        expected.total_amount,
        expected.balance_due,
        expected.overpaid_amount,
        expected.paid_at,
        expected.paid_by_contact_id
    )
    or (
        invoices.status <> expected.status
        and not (invoices.status = 'OVERDUE' and invoices.balance_due > 0 and coalesce(invoices.due_date, 'infinity') < studio_today() + 2)
        and not (expected.status = 'OVERDUE' and invoices.status = expected.status_before_due)
    )
order by invoices.id
limit 1000;

-- name: list_broken_invoice_numbers()
-- Whether the numbers given are 1 to the counter's, each once.
select
    'invoice_counter' as table_name,
    invoice_counter.id,
    'last_sequence' as column_name,
    invoice_counter.last_sequence::text as stored,
    concat_ws(' to ', issued.least, issued.most) || ' in ' || issued.given || ' invoices' as expected
from invoice_counter
cross join (
    select
        count(invoices.invoice_sequence) as given,
        coalesce(min(invoices.invoice_sequence), 1) as least,
        coalesce(max(invoices.invoice_sequence), 0) as most
    from invoices
) as issued
where (issued.least, issued.most, issued.given) <> (1, invoice_counter.last_sequence, invoice_counter.last_sequence)
order by invoice_counter.id
limit 1;

-- name: list_broken_client_revenues()
-- Clients whose revenue is not the sum of what they paid.
select
    'clients' as table_name,
    clients.id,
    'total_revenue' as column_name,
    clients.total_revenue::text as stored,
    coalesce(sum(money_movements.amount), 0.00)::text as expected
from clients
left join invoices on clients.id = invoices.client_id
left join money_movements on invoices.id = money_movements.invoice_id
group by clients.id
having clients.total_revenue <> coalesce(sum(money_movements.amount), 0)
order by clients.id
limit 1000;

-- name: list_invoices_by_issue_date(after_key, after_id, limit, q, issued_from, issued_to, status, client_id, booking_id, work_package_id, needs_review, overdue)
-- Invoices, oldest first.
select *
from invoice_summaries
where
    (issue_date, id) > (coalesce(:after_key::date, '-infinity'), coalesce(:after_id::bigint, 0))
    and (
        :q::text is null
        or lower(invoice_number) like lower(:q)
        or lower(invoice_name) like lower(:q)
        or client_id in (select clients.id from clients where lower(clients.name) like lower(:q))
    )
    and issue_date >= coalesce(:issued_from::date, '-infinity')
    and issue_date <= coalesce(:issued_to::date, 'infinity')
    and (:status::invoice_status is null or status = :status)
    and (:client_id::bigint is null or client_id = :client_id)
    and (:booking_id::bigint is null or booking_id = :booking_id)
    and (:work_package_id::bigint is null or work_package_id = :work_package_id)
    and (:needs_review::boolean is null or needs_review = :needs_review)
    and (
        :overdue::boolean is distinct from true
        or (coalesce(due_date, 'infinity') < studio_today() and is_overdue)
    )
    and (:overdue is distinct from false or not is_overdue)
order by issue_date, id
limit :limit;

-- name: list_invoices_by_issue_date_desc(after_key, after_id, limit, q, issued_from, issued_to, status, client_id, booking_id, work_package_id, needs_review, overdue)
-- Invoices, newest first.
select *
from invoice_summaries
where
    (issue_date, id) < (coalesce(:after_key::date, 'infinity'), coalesce(:after_id::bigint, 9223372036854775807))
    and (
        :q::text is null
        or lower(invoice_number) like lower(:q)
        or lower(invoice_name) like lower(:q)
        or client_id in (select clients.id from clients where lower(clients.name) like lower(:q))
    )
    and issue_date >= coalesce(:issued_from::date, '-infinity')
    and issue_date <= coalesce(:issued_to::date, 'infinity')
    and (:status::invoice_status is null or status = :status)
    and (:client_id::bigint is null or client_id = :client_id)
    and (:booking_id::bigint is null or booking_id = :booking_id)
    and (:work_package_id::bigint is null or work_package_id = :work_package_id)
    and (:needs_review::boolean is null or needs_review = :needs_review)
    and (
        :overdue::boolean is distinct from true
        or (coalesce(due_date, 'infinity') < studio_today() and is_overdue)
    )
    and (:overdue is distinct from false or not is_overdue)
order by issue_date desc, id desc
limit :limit;

-- name: list_invoices_by_due_date(after_key, after_id, limit, q, issued_from, issued_to, status, client_id, booking_id, work_package_id, needs_review, overdue)
-- Invoices, due soonest first.
select *
from invoice_summaries
where
    (coalesce(due_date, 'infinity'), id) > (coalesce(:after_key::date, '-infinity'), coalesce(:after_id::bigint, 0))
    and (
        :q::text is null
        or lower(invoice_number) like lower(:q)
        or lower(invoice_name) like lower(:q)
        or client_id in (select clients.id from clients where lower(clients.name) like lower(:q))
    )
    and issue_date >= coalesce(:issued_from::date, '-infinity')
    and issue_date <= coalesce(:issued_to::date, 'infinity')
    and (:status::invoice_status is null or status = :status)
    and (:client_id::bigint is null or client_id = :client_id)
    and (:booking_id::bigint is null or booking_id = :booking_id)
    and (:work_package_id::bigint is null or work_package_id = :work_package_id)
    and (:needs_review::boolean is null or needs_review = :needs_review)
    and (
        :overdue::boolean is distinct from true
        or (coalesce(due_date, 'infinity') < studio_today() and is_overdue)
    )
    and (:overdue is distinct from false or not is_overdue)
order by coalesce(due_date, 'infinity'), id
limit :limit;

-- name: list_invoices_by_due_date_desc(after_key, after_id, limit, q, issued_from, issued_to, status, client_id, booking_id, work_package_id, needs_review, overdue)
-- Invoices, due last first.
select *
from invoice_summaries
where
    (coalesce(due_date, 'infinity'), id) < (
        coalesce(:after_key::date, 'infinity'),
        coalesce(:after_id::bigint, 9223372036854775807)
    )
    and (
        :q::text is null
        or lower(invoice_number) like lower(:q)
        or lower(invoice_name) like lower(:q)
        or client_id in (select clients.id from clients where lower(clients.name) like lower(:q))
    )
    and issue_date >= coalesce(:issued_from::date, '-infinity')
    and issue_date <= coalesce(:issued_to::date, 'infinity')
    and (:status::invoice_status is null or status = :status)
    and (:client_id::bigint is null or client_id = :client_id)
    and (:booking_id::bigint is null or booking_id = :booking_id)
    and (:work_package_id::bigint is null or work_package_id = :work_package_id)
    and (:needs_review::boolean is null or needs_review = :needs_review)
    and (
        :overdue::boolean is distinct from true
        or (coalesce(due_date, 'infinity') < studio_today() and is_overdue)
    )
    and (:overdue is distinct from false or not is_overdue)
order by coalesce(due_date, 'infinity') desc, id desc
limit :limit;

-- name: count_invoices(q, issued_from, issued_to, status, client_id, booking_id, work_package_id, needs_review, overdue)$
-- How many rows these lists have in all.
select count(*)
from invoice_summaries
where
    (
        :q::text is null
        or lower(invoice_number) like lower(:q)
        or lower(invoice_name) like lower(:q)
        or client_id in (select clients.id from clients where lower(clients.name) like lower(:q))
    )
    and issue_date >= coalesce(:issued_from::date, '-infinity')
    and issue_date <= coalesce(:issued_to::date, 'infinity')
    and (:status::invoice_status is null or status = :status)
    and (:client_id::bigint is null or client_id = :client_id)
    and (:booking_id::bigint is null or booking_id = :booking_id)
    and (:work_package_id::bigint is null or work_package_id = :work_package_id)
    and (:needs_review::boolean is null or needs_review = :needs_review)
    and (
        :overdue::boolean is distinct from true
        or (coalesce(due_date, 'infinity') < studio_today() and is_overdue)
    )
    and (:overdue is distinct from false or not is_overdue);
