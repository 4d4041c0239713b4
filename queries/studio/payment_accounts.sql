-- name: get_payment_account(payment_account_id)^
-- One payment account.
select *
from payment_accounts
where id = :payment_account_id;

-- name: lock_payment_account(payment_account_id)^
-- Locks: the account's row, alone.
select *
from payment_accounts
where id = :payment_account_id
for no key update;

-- name: insert_payment_account(name, kind, details)^
-- Add an account that money goes through.
insert into payment_accounts (name, kind, details)
values (:name, :kind, :details)
returning *;

-- name: update_payment_account(id, name, kind, details)!
-- Change a payment account.
update payment_accounts
set
    name = :name,
    kind = :kind,
    details = :details,
    updated_at = now()
where id = :id;

-- name: delete_payment_account(payment_account_id)!
-- Remove a payment account that no money went through.
delete from payment_accounts
where id = :payment_account_id;

-- name: list_payment_accounts_by_name(after_key, after_id, limit, q, kind)
-- Payment accounts, by name.
select *
from payment_accounts
where
    (lower(name), id) > (coalesce(lower(:after_key::text), ''), coalesce(:after_id::bigint, 0))
    and (:q::text is null or lower(name) like lower(:q))
    and (:kind::payment_account_kind is null or kind = :kind)
order by lower(name), id
limit :limit;

-- name: list_payment_accounts_by_name_desc(after_key, after_id, limit, q, kind)
-- Payment accounts, by name, backwards.
select *
from payment_accounts
where
    (lower(name), id) < (
        coalesce(lower(:after_key::text), (select max(lower(name)) from payment_accounts)),
        coalesce(:after_id::bigint, 9223372036854775807)
    )
    and (:q::text is null or lower(name) like lower(:q))
    and (:kind::payment_account_kind is null or kind = :kind)
order by lower(name) desc, id desc
limit :limit;

-- name: count_payment_accounts(q, kind)$
-- How many rows these lists have in all.
select count(*)
from payment_accounts
where
    (:q::text is null or lower(name) like lower(:q))
    and (:kind::payment_account_kind is null or kind = :kind);
