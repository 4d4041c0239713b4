-- name: get_invoice_item(invoice_id, item_id)^
-- One item of an invoice.
select *
from invoice_item_details
where invoice_id = :invoice_id and id = :item_id;

-- name: lock_invoice_item(invoice_id, item_id)^
-- Locks: the item's row, after its invoice.
select *
from invoice_items
where invoice_id = :invoice_id and id = :item_id
for no key update;

-- name: insert_invoice_item(invoice_id, name, quantity, unit_price, expense_id)$
-- Add an item at the end of an invoice; gives its id. The invoice is locked.
insert into invoice_items (invoice_id, position, name, quantity, unit_price, expense_id)
values (
    :invoice_id,
    (
        select coalesce(max(items.position), 0) + 1
        from invoice_items as items
        where items.invoice_id = :invoice_id
    ),
    :name,
    :quantity,
    :unit_price,
    :expense_id
)
returning id;

-- name: exists_billed_item(invoice_id)$
-- Whether an expense is billed on an invoice. The invoice is locked.
select exists (
    select
    from invoice_items
    where invoice_id = :invoice_id and expense_id is not null
);

-- name: update_invoice_item(id, name, quantity, unit_price)!
-- Change an item. Its invoice is locked.
update invoice_items
set
    name = :name,
    quantity = :quantity,
    unit_price = :unit_price
where id = :id;

-- name: delete_invoice_item(invoice_id, item_id)!
-- Remove an item; an expense billed by it may be billed again. Its invoice is locked.
delete from invoice_items
where invoice_id = :invoice_id and id = :item_id;

-- name: insert_invoice_items(invoice_id, names, quantities, unit_prices)!
-- Give a new invoice its items, in order.
insert into invoice_items (invoice_id, position, name, quantity, unit_price)
select
    :invoice_id,
    items.position,
    items.name,
    items.quantity,
    items.unit_price
from
    unnest(:names::text [], :quantities::numeric [], :unit_prices::numeric [])
    with ordinality as items (name, quantity, unit_price, position);

-- name: mark_items_unbilled(invoice_id)!
-- Let go of the expenses on an invoice that is voided: they may be billed again. The invoice is locked.
update invoice_items
set expense_id = null
where invoice_id = :invoice_id and expense_id is not null;
