-- name: insert_credit_transaction(user_id, kind, delta, purchase_id, photo_job_id, session_booking_id, subscription_grant_id, reason, recorded_by)^
-- Add to a user's ledger, upon its newest row. The balance is locked.
insert into credit_transactions (
    user_id,
    kind,
    delta,
    balance_after,
    purchase_id,
    photo_job_id,
    session_booking_id,
    subscription_grant_id,
    reason,
    recorded_by
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
    :session_booking_id,
    :subscription_grant_id,
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

-- name: insert_session_refunds(session_booking_ids)^
-- Add to the ledgers that what places in classes were paid with is given back, where it was not: no two of one user.
-- Gives the ids of the transactions, and whose they are. The balances are locked.
with refunds as (
    insert into credit_transactions (user_id, kind, delta, balance_after, session_booking_id)
    select
        debits.user_id,
        'REFUND',
        -debits.delta,
        newest.balance_after - debits.delta,
        debits.session_booking_id
    from credit_transactions as debits
    cross join lateral (
        select last.balance_after
        from credit_transactions as last
        where last.user_id = debits.user_id
        order by last.id desc
        limit 1
    ) as newest
    where
        debits.session_booking_id = any(:session_booking_ids::bigint [])
        and debits.kind = 'DEBIT'
        and not exists (
            select
            from credit_transactions as earlier
            where earlier.session_booking_id = debits.session_booking_id and earlier.kind = 'REFUND'
        )
    returning id, user_id
)

select
    coalesce(array_agg(refunds.id), '{}') as transaction_ids,
    coalesce(array_agg(refunds.user_id), '{}') as user_ids
from refunds;

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

-- name: get_credit_transaction(transaction_id)^
-- One row of the ledger, and who recorded it.
select *
from credit_transactions
where id = :transaction_id;

-- name: list_credit_transactions_by_created_at_desc(after_key, after_id, limit, user_id, kind)
-- The ledger of a user, newest first; who recorded what is the studio's.
select
    id,
    kind,
    delta,
    balance_after,
    purchase_id,
    photo_job_id,
    session_booking_id,
    subscription_grant_id,
    reason,
    created_at
from credit_transactions
where
    (created_at, id) < (coalesce(:after_key::timestamptz, 'infinity'), coalesce(:after_id::bigint, 9223372036854775807))
    and user_id = :user_id
    and (:kind::text is null or kind = :kind::credit_transaction_kind)
order by created_at desc, id desc
limit :limit;

-- name: count_credit_transactions(user_id, kind)$
-- How many rows this list has in all.
select count(*)
from credit_transactions
where
    user_id = :user_id
    and (:kind::text is null or kind = :kind::credit_transaction_kind);

-- name: mark_reasons_erased(user_ids, reason)!
-- Overwrite the reasons that were given for credits of these users: they may name them.
update credit_transactions
set reason = :reason
where user_id = any(:user_ids::uuid []) and reason is not null;
