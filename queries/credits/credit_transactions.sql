-- name: insert_credit_transaction(user_id, kind, delta, purchase_id, photo_job_id, reason, recorded_by)^
-- Add to a user's ledger, upon its newest row. The balance is locked.
insert into credit_transactions (
    user_id, kind, delta, balance_after, purchase_id, photo_job_id, reason, recorded_by
)
values (
    :user_id,
    :kind,
    :delta,
    :delta + coalesce(
        (
            select newest.balance_after
            from credit_transactions as newest
            where newest.user_id = :user_id
            order by newest.id desc
            limit 1
        ),
        0
    ),
    :purchase_id,
    :photo_job_id,
    :reason,
    :recorded_by
)
returning id, balance_after;

-- name: get_debit_of_photo_job(photo_job_id)^
-- What a job was paid with, and whether that has been given back.
select
    debits.id,
    debits.user_id,
    debits.delta,
    exists (
        select
        from credit_transactions as refunds
        where refunds.photo_job_id = debits.photo_job_id and refunds.kind = 'REFUND'
    ) as is_refunded
from credit_transactions as debits
where debits.photo_job_id = :photo_job_id and debits.kind = 'DEBIT';

-- name: list_broken_credit_transactions()
-- Rows of the ledger whose balance is not that of the row before with what they add.
select
    'credit_transactions' as table_name,
    ledger.id,
    'balance_after' as column_name,
    ledger.balance_after as stored,
    ledger.running as expected
from (
    select
        credit_transactions.id,
        credit_transactions.balance_after,
        sum(credit_transactions.delta) over (
            partition by credit_transactions.user_id
            order by credit_transactions.id
        ) as running
    from credit_transactions
) as ledger
where ledger.balance_after <> ledger.running
order by ledger.id
limit 1000;
