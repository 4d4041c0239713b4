-- The credits of the demo's customer: bought, given, spent, and about to be bought; with the lots that they are left of.

create temporary table demo_buyer on commit drop as
select id::uuid as user_id
from demo_users
where login = 'customer';

with bought as (
    insert into purchases (
        user_id, product_credits, quantity, amount, currency, credits_purchased, status, stripe_session_id,
        completed_at, created_at, updated_at
    )
    select
        demo_buyer.user_id,
        plan.credits,
        1,
        plan.amount,
        demo_calendar.currency,
        plan.credits,
        plan.status::purchase_status,
        plan.session_id,
        case plan.status when 'COMPLETED' then begun.at + interval '3 minutes' end,
        begun.at,
        begun.at + interval '3 minutes'
    from (
        values
        (20, 18.00, 'COMPLETED', 'cs_demo_first', interval '80 days'),
        (50, 40.00, 'FAILED', 'cs_demo_second', interval '8 days'),
        (50, 40.00, 'PENDING', null, interval '1 hour')
    ) as plan (credits, amount, status, session_id, ago)
    cross join demo_buyer
    cross join demo_calendar
    cross join lateral (select demo_calendar.opening - plan.ago) as begun (at)
    order by begun.at
    returning id, user_id, status, credits_purchased, completed_at
)

insert into credit_transactions (user_id, kind, delta, balance_after, purchase_id, created_at)
select
    user_id,
    'PURCHASE',
    credits_purchased,
    credits_purchased,
    id,
    completed_at
from bought
where status = 'COMPLETED';

insert into credit_transactions (user_id, kind, delta, balance_after, reason, recorded_by, created_at)
select
    demo_buyer.user_id,
    plan.kind::credit_transaction_kind,
    plan.delta,
    plan.balance_after,
    plan.reason,
    plan.recorded_by,
    demo_calendar.opening - plan.ago
from (
    values
    ('GRANT', 5.00, 25.00, 'Thank you for the review.', 'Theo Marchetti', interval '60 days'),
    ('ADJUSTMENT', -6.50, 18.50, 'Two prints, collected at the studio.', 'Rosa Delgado', interval '20 days')
) as plan (kind, delta, balance_after, reason, recorded_by, ago)
cross join demo_buyer
cross join demo_calendar
order by plan.ago desc;

insert into credit_lots (user_id, transaction_id, amount, remaining, expires_at)
select
    credit_transactions.user_id,
    credit_transactions.id,
    credit_transactions.delta,
    case credit_transactions.kind when 'GRANT' then 0 else credit_transactions.delta - 1.50 end,
    credit_transactions.created_at
    + case credit_transactions.kind when 'GRANT' then interval '120 days' else interval '365 days' end
from credit_transactions
inner join demo_buyer on credit_transactions.user_id = demo_buyer.user_id
where credit_transactions.delta > 0
order by credit_transactions.id;

-- The prints took what was given, which expires first, and of what was bought the rest.
insert into credit_lot_movements (transaction_id, lot_id, delta)
select
    spent.id,
    credit_lots.id,
    credit_lots.remaining - credit_lots.amount
from credit_lots
inner join demo_buyer on credit_lots.user_id = demo_buyer.user_id
inner join credit_transactions as spent on demo_buyer.user_id = spent.user_id and spent.kind = 'ADJUSTMENT';

update user_credits
set
    credits = 18.50,
    updated_at = demo_calendar.opening - interval '20 days'
from demo_buyer
cross join demo_calendar
where user_credits.user_id = demo_buyer.user_id;
