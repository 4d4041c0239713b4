-- name: insert_credit_lot(user_id, transaction_id, amount, expires_at)!
-- Keep credits that have come in together. The balance is locked.
insert into credit_lots (user_id, transaction_id, amount, expires_at)
values (:user_id, :transaction_id, :amount, :expires_at);

-- name: sum_expired_credits(user_id)$
-- How much a user has of what has expired and is still to be written off.
select coalesce(sum(remaining), 0.00)
from credit_lots
where user_id = :user_id and remaining > 0 and expires_at <= now();

-- name: insert_lot_expiries(user_id, transaction_id)!
-- Take from a user's lots what has expired. The balance is locked.
insert into credit_lot_movements (transaction_id, lot_id, delta)
select
    :transaction_id,
    credit_lots.id,
    -credit_lots.remaining
from credit_lots
where credit_lots.user_id = :user_id and credit_lots.remaining > 0 and credit_lots.expires_at <= now();

-- name: insert_lot_debits(user_id, transaction_id, amount)!
-- Take an amount from a user's lots, from what expires first. The balance is locked, and has as much.
insert into credit_lot_movements (transaction_id, lot_id, delta)
select
    :transaction_id,
    queue.id,
    -least(queue.remaining, :amount - queue.before)
from (
    select
        credit_lots.id,
        credit_lots.remaining,
        sum(credit_lots.remaining) over (
            order by credit_lots.expires_at, credit_lots.id
        ) - credit_lots.remaining as before
    from credit_lots
    where credit_lots.user_id = :user_id and credit_lots.remaining > 0
) as queue
where queue.before < :amount;

-- name: insert_lot_refunds(transaction_id, debit_id)!
-- Give back to the lots what a debit took from them. The balance is locked.
insert into credit_lot_movements (transaction_id, lot_id, delta)
select
    :transaction_id,
    debited.lot_id,
    -debited.delta
from credit_lot_movements as debited
where debited.transaction_id = :debit_id;

-- name: insert_session_lot_refunds(transaction_ids)!
-- Give back to the lots what places in classes took from them, for these refunds. The balances are locked.
insert into credit_lot_movements (transaction_id, lot_id, delta)
select
    refunds.id,
    debited.lot_id,
    -debited.delta
from credit_transactions as refunds
inner join credit_transactions as debits
    on refunds.session_booking_id = debits.session_booking_id and debits.kind = 'DEBIT'
inner join credit_lot_movements as debited on debits.id = debited.transaction_id
where refunds.id = any(:transaction_ids::bigint []);

-- name: refresh_credit_lots(transaction_ids)!
-- Recompute what is left of the lots that these transactions made or moved. The balances are locked.
update credit_lots
set
    remaining = credit_lots.amount + (
        select coalesce(sum(credit_lot_movements.delta), 0)
        from credit_lot_movements
        where credit_lot_movements.lot_id = credit_lots.id
    )
where credit_lots.id = any(
    array(
        select made.id
        from credit_lots as made
        where made.transaction_id = any(:transaction_ids::bigint [])
        union all
        select moved.lot_id
        from credit_lot_movements as moved
        where moved.transaction_id = any(:transaction_ids)
    )
);

-- name: list_expired_users(user_ids)
-- Which of these users have credits that have expired and are still to be written off. Their balances are locked.
select distinct user_id as id
from credit_lots
where user_id = any(:user_ids::uuid []) and remaining > 0 and expires_at <= now()
order by id
limit 10000;

-- name: list_users_with_expired_credits(after_id, limit)
-- Whose credits have expired and are still to be written off.
select distinct user_id as id
from credit_lots
where
    remaining > 0
    and expires_at <= now()
    and user_id > coalesce(:after_id::uuid, '00000000-0000-0000-0000-000000000000'::uuid)
order by id
limit :limit;

-- name: list_broken_credit_lots()
-- Lots of which something else is left than their movements say.
select
    'credit_lots' as table_name,
    lots.id,
    'remaining' as column_name,
    lots.remaining as stored,
    lots.expected
from (
    select
        credit_lots.id,
        credit_lots.remaining,
        credit_lots.amount + coalesce(sum(credit_lot_movements.delta), 0) as expected
    from credit_lots
    left join credit_lot_movements on credit_lots.id = credit_lot_movements.lot_id
    group by credit_lots.id
) as lots
where lots.remaining <> lots.expected
order by lots.id
limit 1000;
