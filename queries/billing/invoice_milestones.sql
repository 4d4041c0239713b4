-- name: get_milestone(invoice_id, milestone_id)^
-- One milestone of an invoice.
select *
from invoice_milestone_details
where invoice_id = :invoice_id and id = :milestone_id;

-- name: lock_milestone(invoice_id, milestone_id)^
-- Locks: the milestone's row, after its invoice.
select *
from invoice_milestones
where invoice_id = :invoice_id and id = :milestone_id
for no key update;

-- name: insert_milestones(invoice_id, labels, descriptions, expected_amounts, expected_dates)!
-- Put these milestones, in order, in the place of those that were there; a surplus goes by delete_milestones. The invoice is
-- locked, and no money has moved on it. A milestone for which a checkout had been begun stays the one it was for.
insert into invoice_milestones (invoice_id, position, label, description, expected_amount, expected_date)
select
    :invoice_id,
    milestones.position,
    milestones.label,
    milestones.description,
    milestones.expected_amount,
    milestones.expected_date
from
    unnest(
        :labels::text [],
        :descriptions::text [],
        :expected_amounts::numeric [],
        :expected_dates::date []
    )
    with ordinality as milestones (label, description, expected_amount, expected_date, position)
on conflict (invoice_id, position) do update
set
    label = excluded.label,
    description = excluded.description,
    expected_amount = excluded.expected_amount,
    expected_date = excluded.expected_date;

-- name: delete_milestones(invoice_id, after_position)!
-- Remove the milestones after a position. The invoice is locked, and no money has moved on it.
delete from invoice_milestones
where invoice_id = :invoice_id and position > :after_position;

-- name: update_milestone(id, label, description, expected_date)!
-- Change how a milestone is called and when it is due; its amount stands. Its invoice is locked.
update invoice_milestones
set
    label = :label,
    description = :description,
    expected_date = :expected_date
where id = :id;

-- name: refresh_invoice_milestones(invoice_id)!
-- Recompute what has been paid of each milestone of an invoice, and how it is called. The invoice is locked.
update invoice_milestones
set
    paid_amount = computed.paid_amount,
    status = computed.status
from milestone_sums as computed
where invoice_milestones.id = computed.milestone_id and computed.invoice_id = :invoice_id;

-- name: list_milestones_by_position(after_key, after_id, limit, invoice_id)
-- Milestones of an invoice, in their order.
select *
from invoice_milestone_details
where
    (position, id) > (coalesce(:after_key::integer, 0), coalesce(:after_id::bigint, 0))
    and invoice_id = :invoice_id
order by position, id
limit :limit;

-- name: count_milestones(invoice_id)$
-- How many rows this list has in all.
select count(*)
from invoice_milestone_details
where
    invoice_id = :invoice_id;

-- name: list_broken_milestones()
-- Milestones that are not paid as their allocations say; and invoices whose milestones do not come to the total.
select
    'invoice_milestones' as table_name,
    invoice_milestones.id,
    'paid_amount, status' as column_name,
    concat_ws(', ', invoice_milestones.paid_amount, invoice_milestones.status) as stored,
    concat_ws(', ', expected.paid_amount, expected.status) as expected
from invoice_milestones
inner join milestone_sums as expected on invoice_milestones.id = expected.milestone_id
where (invoice_milestones.paid_amount, invoice_milestones.status) <> (expected.paid_amount, expected.status)
union all
select
    'invoices' as table_name,
    invoices.id,
    'total_amount' as column_name,
    invoices.total_amount::text as stored,
    sum(invoice_milestones.expected_amount)::text as expected
from invoices
inner join invoice_milestones on invoices.id = invoice_milestones.invoice_id
group by invoices.id
having invoices.total_amount <> sum(invoice_milestones.expected_amount)
order by table_name, id
limit 1000;
