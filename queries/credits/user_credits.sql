-- name: lock_user_credits(user_id)^
-- Locks: a user's balance, before anything of theirs in the ledger is added to: one at a time moves their credits.
select *
from user_credits
where user_id = :user_id
for no key update;

-- name: lock_balances_of_users(user_ids)
-- Locks: the balances of several users, in the order of the users.
select *
from user_credits
where user_id = any(:user_ids::uuid [])
order by user_id
limit 10000
for no key update;

-- name: refresh_user_credits(user_ids)!
-- Recompute balances from the ledger's newest row of each user. They are locked.
update user_credits
set
    credits = (
        select credit_transactions.balance_after
        from credit_transactions
        where credit_transactions.user_id = user_credits.user_id
        order by credit_transactions.id desc
        limit 1
    ),
    updated_at = now()
where user_id = any(:user_ids::uuid []);

-- name: get_balance(user_id)^
-- What a user can spend now: what has expired, and is still to be written off, is no part of it.
select
    credits,
    free_used
from credit_balances
where user_id = :user_id;

-- name: get_credits(user_id, limit)^
-- What a user can spend now, as get_balance has it, and of what expires next so many lots.
select
    credit_balances.user_id,
    credit_balances.credits,
    credit_balances.free_used,
    (
        select
            coalesce(
                json_agg(
                    json_build_object(
                        'credits', lots.remaining::text,
                        'expiresAt', rfc3339(lots.expires_at)
                    )
                    order by lots.expires_at, lots.id
                ),
                '[]'
            )
        from (
            select *
            from credit_lots
            where
                credit_lots.user_id = credit_balances.user_id
                and credit_lots.remaining > 0
                and credit_lots.expires_at > now()
            order by credit_lots.expires_at, credit_lots.id
            limit :limit
        ) as lots
    ) as expiring
from credit_balances
where credit_balances.user_id = :user_id;

-- name: list_broken_user_credits()
-- Balances that are not the sum of their ledger, or of what is left of their lots.
select
    'user_credits' as table_name,
    user_credits.user_id as id,
    sums.column_name,
    user_credits.credits as stored,
    sums.credits as expected
from user_credits
cross join lateral (
    select
        'credits, by the ledger' as column_name,
        coalesce(sum(credit_transactions.delta), 0) as credits
    from credit_transactions
    where credit_transactions.user_id = user_credits.user_id
    union all
    select
        'credits, by the lots' as column_name,
        coalesce(sum(credit_lots.remaining), 0) as credits
    from credit_lots
    where credit_lots.user_id = user_credits.user_id
) as sums
where user_credits.credits <> sums.credits
order by user_credits.user_id
limit 1000;
