-- name: list_open_milestones(invoice_id, limit)
-- What is still expected of each milestone of an invoice by its rows, in their order. The invoice is locked.
select
    milestone_id,
    open_amount
from milestone_sums
where invoice_id = :invoice_id and open_amount > 0
order by position, milestone_id
limit :limit;

-- name: list_unallocated_payments(invoice_id, limit)
-- Payments of an invoice of which something was kept that is on no milestone, in the order they were booked. The invoice is
-- locked.
select
    payments.id,
    payments.milestone_id,
    payment_sums.unallocated_amount
from payments
inner join payment_sums on payments.id = payment_sums.payment_id
where payments.invoice_id = :invoice_id and payment_sums.unallocated_amount > 0
order by payments.id
limit :limit;

-- name: insert_payment_allocations(invoice_id, payment_id, milestone_ids, amounts)!
-- Put parts of a payment on milestones of its invoice; a refund takes them off again by insert_refund_allocations. The invoice
-- is locked; refresh_invoice_milestones follows.
insert into payment_allocations (invoice_id, payment_id, milestone_id, amount)
select
    :invoice_id,
    :payment_id,
    parts.milestone_id,
    parts.amount
from unnest(:milestone_ids::bigint [], :amounts::numeric []) with ordinality as parts (milestone_id, amount, position)
order by parts.position;

-- name: list_broken_allocations()
-- Payments of which more is on milestones than came in and was kept; and invoices with milestones on which money is on none
-- of them that is not overpaid.
select
    'payment_allocations' as table_name,
    payment_sums.payment_id as id,
    'amount' as column_name,
    allocated.amount::text as stored,
    payments.amount::text as expected
from payment_sums
inner join payments on payment_sums.payment_id = payments.id
cross join lateral (
    select sum(payment_allocations.amount) filter (where payment_allocations.refund_id is null) as amount
    from payment_allocations
    where payment_allocations.payment_id = payments.id
) as allocated
where payment_sums.unallocated_amount < 0 or allocated.amount > payments.amount
union all
select
    'invoices' as table_name,
    invoices.id,
    'overpaid_amount' as column_name,
    invoices.overpaid_amount::text as stored,
    sum(payment_sums.unallocated_amount)::text as expected
from invoices
inner join payment_sums on invoices.id = payment_sums.invoice_id
where exists (select from invoice_milestones where invoice_milestones.invoice_id = invoices.id)
group by invoices.id
having invoices.overpaid_amount < sum(payment_sums.unallocated_amount)
order by table_name, id
limit 1000;
