-- name: get_expense(expense_id)^
-- One expense, with where it was billed.
select *
from expense_details
where id = :expense_id;

-- name: lock_expense(expense_id)^
-- Locks: the expense's row, before any client or invoice.
select *
from expenses
where id = :expense_id
for no key update;

-- name: exists_billed_expense(expense_id)$
-- Whether an expense stands on an invoice. Asked after the expense is locked, by a statement that sees what came before.
select exists (
    select
    from invoice_items
    where invoice_items.expense_id = :expense_id
);

-- name: insert_expense(booking_id, category, description, amount, incurred_at, notes, payment_account_id)$
-- Record an expense; gives its id. Without a time, it was incurred now.
insert into expenses (booking_id, category, description, amount, incurred_at, notes, payment_account_id)
values (
    :booking_id,
    :category,
    :description,
    :amount,
    coalesce(:incurred_at::timestamptz, now()),
    :notes,
    :payment_account_id
)
returning id;

-- name: update_expense(id, booking_id, category, description, amount, incurred_at, notes, payment_account_id)!
-- Change an expense.
update expenses
set
    booking_id = :booking_id,
    category = :category,
    description = :description,
    amount = :amount,
    incurred_at = :incurred_at,
    notes = :notes,
    payment_account_id = :payment_account_id,
    updated_at = now()
where id = :id;

-- name: delete_expense(expense_id)!
-- Remove an expense that was not billed.
delete from expenses
where id = :expense_id;

-- name: list_expenses_by_incurred_at(after_key, after_id, limit, q, incurred_from, incurred_to, category, booking_id, client_id, billed)
-- Expenses, oldest first.
select *
from expense_details
where
    (incurred_at, id) > (coalesce(:after_key::timestamptz, '-infinity'), coalesce(:after_id::bigint, 0))
    and (:q::text is null or lower(coalesce(description, '') || ' ' || coalesce(notes, '')) like lower(:q))
    and incurred_at >= coalesce(:incurred_from::timestamptz, '-infinity')
    and incurred_at < coalesce(:incurred_to::timestamptz, 'infinity')
    and (:category::expense_category is null or category = :category)
    and (:booking_id::bigint is null or booking_id = :booking_id)
    and (:client_id::bigint is null or client_id = :client_id)
    and (
        :billed::boolean is distinct from true
        or exists (select from invoice_items where invoice_items.expense_id = expense_details.id)
    )
    and (
        :billed is distinct from false
        or not exists (select from invoice_items where invoice_items.expense_id = expense_details.id)
    )
order by incurred_at, id
limit :limit;

-- name: list_expenses_by_incurred_at_desc(after_key, after_id, limit, q, incurred_from, incurred_to, category, booking_id, client_id, billed)
-- Expenses, newest first.
select *
from expense_details
where
    (incurred_at, id) < (
        coalesce(:after_key::timestamptz, 'infinity'),
        coalesce(:after_id::bigint, 9223372036854775807)
    )
    and (:q::text is null or lower(coalesce(description, '') || ' ' || coalesce(notes, '')) like lower(:q))
    and incurred_at >= coalesce(:incurred_from::timestamptz, '-infinity')
    and incurred_at < coalesce(:incurred_to::timestamptz, 'infinity')
    and (:category::expense_category is null or category = :category)
    and (:booking_id::bigint is null or booking_id = :booking_id)
    and (:client_id::bigint is null or client_id = :client_id)
    and (
        :billed::boolean is distinct from true
        or exists (select from invoice_items where invoice_items.expense_id = expense_details.id)
    )
    and (
        :billed is distinct from false
        or not exists (select from invoice_items where invoice_items.expense_id = expense_details.id)
    )
order by incurred_at desc, id desc
limit :limit;

-- name: list_expenses_by_amount(after_key, after_id, limit, q, incurred_from, incurred_to, category, booking_id, client_id, billed)
-- Expenses, smallest first.
select *
from expense_details
where
    (amount, id) > (coalesce(:after_key::numeric, -1), coalesce(:after_id::bigint, 0))
    and (:q::text is null or lower(coalesce(description, '') || ' ' || coalesce(notes, '')) like lower(:q))
    and incurred_at >= coalesce(:incurred_from::timestamptz, '-infinity')
    and incurred_at < coalesce(:incurred_to::timestamptz, 'infinity')
    and (:category::expense_category is null or category = :category)
    and (:booking_id::bigint is null or booking_id = :booking_id)
    and (:client_id::bigint is null or client_id = :client_id)
    and (
        :billed::boolean is distinct from true
        or exists (select from invoice_items where invoice_items.expense_id = expense_details.id)
    )
    and (
        :billed is distinct from false
        or not exists (select from invoice_items where invoice_items.expense_id = expense_details.id)
    )
order by amount, id
limit :limit;

-- name: list_expenses_by_amount_desc(after_key, after_id, limit, q, incurred_from, incurred_to, category, booking_id, client_id, billed)
-- Expenses, largest first.
select *
from expense_details
where
    (amount, id) < (coalesce(:after_key::numeric, 10000000000), coalesce(:after_id::bigint, 9223372036854775807))
    and (:q::text is null or lower(coalesce(description, '') || ' ' || coalesce(notes, '')) like lower(:q))
    and incurred_at >= coalesce(:incurred_from::timestamptz, '-infinity')
    and incurred_at < coalesce(:incurred_to::timestamptz, 'infinity')
    and (:category::expense_category is null or category = :category)
    and (:booking_id::bigint is null or booking_id = :booking_id)
    and (:client_id::bigint is null or client_id = :client_id)
    and (
        :billed::boolean is distinct from true
        or exists (select from invoice_items where invoice_items.expense_id = expense_details.id)
    )
    and (
        :billed is distinct from false
        or not exists (select from invoice_items where invoice_items.expense_id = expense_details.id)
    )
order by amount desc, id desc
limit :limit;

-- name: count_expenses(q, incurred_from, incurred_to, category, booking_id, client_id, billed)$
-- How many rows these lists have in all.
select count(*)
from expense_details
where
    (:q::text is null or lower(coalesce(description, '') || ' ' || coalesce(notes, '')) like lower(:q))
    and incurred_at >= coalesce(:incurred_from::timestamptz, '-infinity')
    and incurred_at < coalesce(:incurred_to::timestamptz, 'infinity')
    and (:category::expense_category is null or category = :category)
    and (:booking_id::bigint is null or booking_id = :booking_id)
    and (:client_id::bigint is null or client_id = :client_id)
    and (
        :billed::boolean is distinct from true
        or exists (select from invoice_items where invoice_items.expense_id = expense_details.id)
    )
    and (
        :billed is distinct from false
        or not exists (select from invoice_items where invoice_items.expense_id = expense_details.id)
    );
