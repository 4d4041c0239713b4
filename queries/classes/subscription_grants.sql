-- name: insert_subscription_grant(subscription_id, period_start, period_end, credits, amount, currency, stripe_invoice_id)$
-- Keep what a subscription brings for a period, once; gives the grant's id, or nothing where it has. The subscription is
-- locked.
insert into subscription_grants (
    subscription_id, period_start, period_end, credits, amount, currency, stripe_invoice_id
)
values (:subscription_id, :period_start, :period_end, :credits, :amount, :currency, :stripe_invoice_id)
on conflict do nothing
returning id;

-- name: list_grants_by_period_start_desc(after_key, after_id, limit, subscription_id)
-- What a subscription has brought, the newest period first; what was paid for it; and the row of the ledger.
select *
from subscription_grant_details
where
    (period_start, id)
    < (coalesce(:after_key::timestamptz, 'infinity'), coalesce(:after_id::bigint, 9223372036854775807))
    and subscription_id = :subscription_id
order by period_start desc, id desc
limit :limit;

-- name: count_grants(subscription_id)$
-- How many rows this list has in all.
select count(*)
from subscription_grants
where subscription_id = :subscription_id;

-- name: list_broken_subscription_grants()
-- Grants whose credits their subscriber has not been given by one row of the ledger.
select
    'subscription_grants' as table_name,
    subscription_grants.id,
    'credits, by the ledger' as column_name,
    coalesce(credit_transactions.delta, 0) as stored,
    subscription_grants.credits as expected
from subscription_grants
inner join subscriptions on subscription_grants.subscription_id = subscriptions.id
left join credit_transactions
    on subscription_grants.id = credit_transactions.subscription_grant_id
    and subscriptions.user_id = credit_transactions.user_id
where coalesce(credit_transactions.delta, 0) <> subscription_grants.credits
order by subscription_grants.id
limit 1000;
