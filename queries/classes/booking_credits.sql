-- name: list_broken_booking_credits()
-- Places in classes that were paid otherwise than they cost, or of which something else was given back: all of it for a
-- place that is cancelled in time, otherwise nothing.
select
    'session_bookings' as table_name,
    session_bookings.id,
    columns.column_name,
    columns.stored,
    columns.expected
from session_bookings
left join credit_transactions as debits
    on session_bookings.id = debits.session_booking_id and debits.kind = 'DEBIT'
left join credit_transactions as refunds
    on session_bookings.id = refunds.session_booking_id and refunds.kind = 'REFUND'
cross join lateral (
    values
    ('debit', coalesce(-debits.delta, 0), session_bookings.credit_cost),
    (
        'refund',
        coalesce(refunds.delta, 0),
        case when session_bookings.status = 'CANCELLED' then session_bookings.credit_cost else 0 end
    )
) as columns (column_name, stored, expected)
where columns.stored <> columns.expected
order by columns.column_name, session_bookings.id
limit 1000;
