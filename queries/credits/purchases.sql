-- name: get_currency()^
-- In what credits are sold.
select currency
from studio_settings;

-- name: mark_purchase_key_free(user_id, idempotency_key)!
-- Take a key off the purchase whose 24 hours are over, for the one that comes next.
update purchases
set idempotency_key = null
where user_id = :user_id and idempotency_key = :idempotency_key and created_at <= now() - interval '24 hours';

-- name: insert_purchase(user_id, product_credits, quantity, amount, currency, credits_purchased, idempotency_key)$
-- Keep what the provider is about to be asked for; gives the purchase's id, or nothing where the user has one under this
-- key: of two that come at once, the second waits for the first.
insert into purchases (user_id, product_credits, quantity, amount, currency, credits_purchased, idempotency_key)
values (:user_id, :product_credits, :quantity, :amount, :currency, :credits_purchased, :idempotency_key)
on conflict (user_id, idempotency_key) do nothing
returning id;

-- name: get_purchase_of_key(user_id, idempotency_key)^
-- The purchase that a user has begun under this key, and what it is of.
select
    id,
    product_credits,
    quantity
from purchases
where user_id = :user_id and idempotency_key = :idempotency_key;

-- name: get_purchase_to_open(purchase_id)^
-- What the provider is to know of a purchase, and whether it has been asked.
select
    purchases.id,
    purchases.reference,
    purchases.amount,
    purchases.currency,
    purchases.credits_purchased,
    purchases.status,
    purchases.stripe_session_id,
    (select auth_users.email from auth_users where auth_users.id = purchases.user_id) as email
from purchases
where purchases.id = :purchase_id;

-- name: lock_purchase_of_stripe_session(stripe_session_id, reference)^
-- Locks: the purchase, before its user's balance, that a session of the provider is of: by its id, or where that is not
-- known yet, by the reference it bears.
select *
from purchases
where
    stripe_session_id = :stripe_session_id
    or (reference = :reference::uuid and stripe_session_id is null)
order by stripe_session_id nulls last
limit 1
for no key update;

-- name: update_purchase(purchase_id, status, needs_review, stripe_session_id, stripe_payment_intent_id, url, expires_at)!
-- Note what the provider says of a purchase, and what it comes to. It is locked.
update purchases
set
    status = :status::purchase_status,
    needs_review = :needs_review,
    stripe_session_id = :stripe_session_id,
    stripe_payment_intent_id = coalesce(:stripe_payment_intent_id, stripe_payment_intent_id),
    url = coalesce(:url, url),
    expires_at = :expires_at,
    completed_at = case when :status::purchase_status = 'COMPLETED' then coalesce(completed_at, now()) end,
    updated_at = now()
where id = :purchase_id;

-- name: mark_purchase_refused(purchase_id)!
-- Note that the provider will not have it; its key serves for the next try.
update purchases
set
    status = 'FAILED',
    idempotency_key = null,
    updated_at = now()
where id = :purchase_id and status = 'PENDING' and stripe_session_id is null;

-- name: mark_purchases_erased(user_ids)!
-- Remove what could name these users from what they have bought: the keys that they chose, and the pages they paid on.
update purchases
set
    idempotency_key = null,
    url = null
where user_id = any(:user_ids::uuid []);

-- name: get_purchase(user_id, purchase_id)^
-- One purchase of a user.
select *
from purchase_details
where user_id = :user_id and id = :purchase_id;

-- name: get_purchase_of_stripe_session(user_id, stripe_session_id)^
-- The purchase of a user that a session of the provider was made for.
select *
from purchase_details
where user_id = :user_id and stripe_session_id = :stripe_session_id;

-- name: list_purchases_by_created_at_desc(after_key, after_id, limit, user_id, status)
-- Purchases of a user, newest first.
select *
from purchase_details
where
    (created_at, id) < (coalesce(:after_key::timestamptz, 'infinity'), coalesce(:after_id::bigint, 9223372036854775807))
    and user_id = :user_id
    and (:status::text is null or status = :status::purchase_status)
order by created_at desc, id desc
limit :limit;

-- name: count_purchases(user_id, status)$
-- How many rows this list has in all.
select count(*)
from purchase_details
where
    user_id = :user_id
    and (:status::text is null or status = :status::purchase_status);

-- name: list_broken_purchases()
-- Purchases of which something else is credited than they say: COMPLETED, what was bought; else nothing.
select
    'purchases' as table_name,
    purchases.id,
    'credits_purchased, by the ledger' as column_name,
    coalesce(credit_transactions.delta, 0) as stored,
    case when purchases.status = 'COMPLETED' then purchases.credits_purchased else 0 end as expected
from purchases
left join credit_transactions on purchases.id = credit_transactions.purchase_id
where
    coalesce(credit_transactions.delta, 0)
    <> case when purchases.status = 'COMPLETED' then purchases.credits_purchased else 0 end
    or credit_transactions.user_id <> purchases.user_id
order by purchases.id
limit 1000;
