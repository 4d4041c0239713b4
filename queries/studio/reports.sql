-- name: get_report_period(date_from, date_to)^
-- The days that a report is about, and the instants at which they begin and end where the studio is. Without a last day it
-- ends today, or on its first day where that lies ahead; without a first one it begins eleven months before its last month.
select
    period.date_from,
    period.date_to,
    studio_midnight(period.date_from) as starts_at,
    studio_midnight(period.date_to + 1) as ends_at,
    least(period.date_to, studio_today()) as as_of,
    studio_midnight(least(period.date_to, studio_today()) + 1) as as_of_ends_at,
    studio_settings.currency
from studio_settings
cross join lateral (
    select coalesce(:date_to::date, greatest(studio_today(), :date_from::date)) as date_to
) as ending
cross join lateral (
    select
        coalesce(
            :date_from::date, (date_trunc('month', ending.date_to::timestamp) - interval '11 months')::date
        ) as date_from,
        ending.date_to
) as period;

-- name: list_profit_by_month(date_from, date_to)
-- What came in, less what went back; what was spent; and what is left of it, for each month of a period.
select
    months.month,
    income.revenue,
    spending.expenses,
    income.revenue - spending.expenses as profit
from studio_months(:date_from, :date_to) as months
cross join lateral (
    select coalesce(sum(money_movements.amount), 0.00) as revenue
    from money_movements
    where money_movements.moved_at >= months.starts_at and money_movements.moved_at < months.ends_at
) as income
cross join lateral (
    select coalesce(sum(expenses.amount), 0.00) as expenses
    from expenses
    where expenses.incurred_at >= months.starts_at and expenses.incurred_at < months.ends_at
) as spending
order by months.month
limit 200;

-- name: get_profit_totals(starts_at, ends_at)^
-- What came in, less what went back; what was spent; and what is left of it, in a period.
select
    income.revenue,
    spending.expenses,
    income.revenue - spending.expenses as profit
from (
    select coalesce(sum(money_movements.amount), 0.00) as revenue
    from money_movements
    where money_movements.moved_at >= :starts_at and money_movements.moved_at < :ends_at
) as income
cross join (
    select coalesce(sum(expenses.amount), 0.00) as expenses
    from expenses
    where expenses.incurred_at >= :starts_at and expenses.incurred_at < :ends_at
) as spending;

-- name: list_expenses_by_category(starts_at, ends_at)
-- What was spent in a period on each category of expenses.
select
    categories.category,
    coalesce(spending.amount, 0.00) as amount
from unnest(enum_range(null::expense_category)) as categories (category)
left join (
    select
        expenses.category,
        sum(expenses.amount) as amount
    from expenses
    where expenses.incurred_at >= :starts_at and expenses.incurred_at < :ends_at
    group by expenses.category
) as spending on categories.category = spending.category
order by categories.category
limit 200;

-- name: list_revenue_by_category(starts_at, ends_at)
-- What came in during a period, less what went back, for each category of sessions, best first; and for what is no session.
-- An invoice of no booking is of no category; a booking on which money only went back is not one that was paid on. Summed by
-- booking, by package, by category: what is joined next is fewer each time.
select
    categories.category_id,
    categories.category_name,
    coalesce(received.revenue, 0.00) as revenue,
    coalesce(received.bookings, 0) as bookings,
    round(
        100 * coalesce(received.revenue, 0) / nullif(greatest(sum(received.revenue) over (), 0), 0), 2
    )::float8 as share_percent
from (
    select
        session_categories.id as category_id,
        session_categories.name as category_name
    from session_categories
    union all
    select
        null,
        'Other'
) as categories
left join (
    select
        session_packages.category_id,
        sum(sold.revenue) as revenue,
        sum(sold.bookings)::bigint as bookings
    from (
        select
            bookings.session_type_id,
            sum(paid.amount) as revenue,
            count(paid.booking_id) filter (where paid.came_in) as bookings
        from (
            select
                invoices.booking_id,
                sum(money_movements.amount) as amount,
                bool_or(money_movements.amount > 0) as came_in
            from money_movements
            inner join invoices on money_movements.invoice_id = invoices.id
            where money_movements.moved_at >= :starts_at and money_movements.moved_at < :ends_at
            group by invoices.booking_id
        ) as paid
        left join bookings on paid.booking_id = bookings.id
        group by bookings.session_type_id
    ) as sold
    left join session_packages on sold.session_type_id = session_packages.id
    group by session_packages.category_id
) as received on categories.category_id is not distinct from received.category_id
order by revenue desc, lower(categories.category_name), category_id
limit 1000;

-- name: list_revenue_by_month(date_from, date_to)
-- What came in, less what went back, for each month of a period.
select
    months.month,
    income.revenue
from studio_months(:date_from, :date_to) as months
cross join lateral (
    select coalesce(sum(money_movements.amount), 0.00) as revenue
    from money_movements
    where money_movements.moved_at >= months.starts_at and money_movements.moved_at < months.ends_at
) as income
order by months.month
limit 200;

-- name: get_revenue_totals(starts_at, ends_at)^
-- What came in during a period, less what went back; and on how many bookings money came in.
select
    coalesce(sum(money_movements.amount), 0.00) as revenue,
    count(distinct invoices.booking_id) filter (where money_movements.amount > 0) as bookings
from money_movements
inner join invoices on money_movements.invoice_id = invoices.id
where money_movements.moved_at >= :starts_at and money_movements.moved_at < :ends_at;

-- name: list_booking_profits(after_key, after_id, limit, starts_at, ends_at)
-- What each booking with a session in a period brought and cost, earliest session first; of those that were cancelled, only
-- where something did.
select
    id,
    session_date,
    client_id,
    client_name,
    session_type_id,
    session_type_name,
    status,
    price,
    invoiced,
    paid,
    expenses,
    profit,
    margin_percent
from booking_profits
where
    (session_date, id) > (coalesce(:after_key::timestamptz, '-infinity'), coalesce(:after_id::bigint, 0))
    and session_date >= :starts_at
    and session_date < :ends_at
    and (status <> 'CANCELLED' or has_money)
order by session_date, id
limit :limit;

-- name: count_booking_profits(starts_at, ends_at)$
-- How many rows list_booking_profits has in all.
select count(*)
from bookings
where
    session_date >= :starts_at
    and session_date < :ends_at
    and (
        status <> 'CANCELLED'
        or id in (
            select invoices.booking_id
            from invoices
            where invoices.status not in ('DRAFT', 'VOID')
            union all
            select expenses.booking_id
            from expenses
        )
    );

-- name: get_booking_profit_totals(starts_at, ends_at)^
-- What the bookings with a session in a period brought and cost in all.
select
    billing.invoiced,
    billing.paid,
    spending.expenses,
    billing.invoiced - spending.expenses as profit,
    round(100 * (billing.invoiced - spending.expenses) / nullif(billing.invoiced, 0), 2)::float8 as margin_percent
from (
    select
        coalesce(sum(invoices.total_amount), 0.00) as invoiced,
        coalesce(sum(invoices.total_amount - invoices.balance_due + invoices.overpaid_amount), 0.00) as paid
    from bookings
    inner join invoices on bookings.id = invoices.booking_id
    where
        bookings.session_date >= :starts_at
        and bookings.session_date < :ends_at
        and invoices.status not in ('DRAFT', 'VOID')
) as billing
cross join (
    select coalesce(sum(expenses.amount), 0.00) as expenses
    from bookings
    inner join expenses on bookings.id = expenses.booking_id
    where bookings.session_date >= :starts_at and bookings.session_date < :ends_at
) as spending;

-- name: list_receivables(issued_from, issued_to, as_of, as_of_ends_at)
-- What each client owed at the end of a day on the invoices of a period, by how long it was due; whoever owed most first.
select
    owed.client_id,
    clients.name as client_name,
    clients.email as client_email,
    owed.invoices,
    owed.balance,
    owed.current,
    owed.days_1_to_30,
    owed.days_31_to_60,
    owed.days_61_plus
from (
    select
        balances.client_id,
        count(*) as invoices,
        sum(balances.balance) as balance,
        coalesce(sum(balances.balance) filter (where age.days <= 0), 0.00) as current,
        coalesce(sum(balances.balance) filter (where age.days between 1 and 30), 0.00) as days_1_to_30,
        coalesce(sum(balances.balance) filter (where age.days between 31 and 60), 0.00) as days_31_to_60,
        coalesce(sum(balances.balance) filter (where age.days > 60), 0.00) as days_61_plus
    from balances_at(:as_of_ends_at, :issued_to) as balances
    cross join lateral (select coalesce(:as_of::date - balances.due_date, 0) as days) as age
    where balances.issue_date >= coalesce(:issued_from::date, '-infinity')
    group by balances.client_id
    order by balance desc, balances.client_id
    limit 200
) as owed
inner join clients on owed.client_id = clients.id
order by owed.balance desc, owed.client_id
limit 200;

-- name: get_receivables_totals(issued_from, issued_to, as_of, as_of_ends_at)^
-- What was owed at the end of a day on the invoices of a period, by how long it was due, and on how many invoices.
select
    count(distinct balances.client_id) as clients,
    count(*) as invoices,
    coalesce(sum(balances.balance), 0.00) as balance,
    coalesce(sum(balances.balance) filter (where age.days <= 0), 0.00) as current,
    count(*) filter (where age.days <= 0) as current_invoices,
    coalesce(sum(balances.balance) filter (where age.days between 1 and 30), 0.00) as days_1_to_30,
    count(*) filter (where age.days between 1 and 30) as days_1_to_30_invoices,
    coalesce(sum(balances.balance) filter (where age.days between 31 and 60), 0.00) as days_31_to_60,
    count(*) filter (where age.days between 31 and 60) as days_31_to_60_invoices,
    coalesce(sum(balances.balance) filter (where age.days > 60), 0.00) as days_61_plus,
    count(*) filter (where age.days > 60) as days_61_plus_invoices
from balances_at(:as_of_ends_at, :issued_to) as balances
cross join lateral (select coalesce(:as_of::date - balances.due_date, 0) as days) as age
where balances.issue_date >= coalesce(:issued_from::date, '-infinity');

-- name: list_team_figures(starts_at, ends_at)
-- What each member of the team did in a period, by name: whoever is active, and whoever else did something.
select
    staff_members.id as staff_id,
    staff_members.name as staff_name,
    staff_members.role,
    staff_members.status,
    coalesce(shooting.bookings, 0) as bookings,
    coalesce(shooting.completed_bookings, 0) as completed_bookings,
    coalesce(editing.delivered_jobs, 0) as delivered_jobs,
    editing.mean_editing_days
from staff_members
left join (
    select
        staff_assignments.staff_id,
        count(*) as bookings,
        count(*) filter (where bookings.status = 'COMPLETED') as completed_bookings
    from bookings
    inner join staff_assignments on bookings.id = staff_assignments.booking_id
    where
        bookings.session_date >= :starts_at
        and bookings.session_date < :ends_at
        and bookings.status <> 'CANCELLED'
    group by staff_assignments.staff_id
) as shooting on staff_members.id = shooting.staff_id
left join (
    select
        editing_jobs.editor_id,
        count(*) as delivered_jobs,
        round(avg(extract(epoch from deliveries.delivered_at - editing_jobs.created_at)) / 86400, 1)::float8
        as mean_editing_days
    from first_deliveries as deliveries
    inner join editing_jobs on deliveries.editing_job_id = editing_jobs.id
    where deliveries.delivered_at >= :starts_at and deliveries.delivered_at < :ends_at
    group by editing_jobs.editor_id
) as editing on staff_members.id = editing.editor_id
where staff_members.status = 'ACTIVE' or shooting.bookings > 0 or editing.delivered_jobs > 0
order by lower(staff_members.name), staff_id
limit 1000;

-- name: get_team_totals(starts_at, ends_at)^
-- What the team did in a period: each booking counted once, whoever was on it, and jobs also that nobody has.
select
    shooting.bookings,
    shooting.completed_bookings,
    editing.delivered_jobs,
    editing.mean_editing_days,
    (
        select count(*)
        from clients
        where clients.created_at >= :starts_at and clients.created_at < :ends_at
    ) as new_clients
from (
    select
        count(*) as bookings,
        count(*) filter (where bookings.status = 'COMPLETED') as completed_bookings
    from bookings
    where
        bookings.session_date >= :starts_at
        and bookings.session_date < :ends_at
        and bookings.status <> 'CANCELLED'
) as shooting
cross join (
    select
        count(*) as delivered_jobs,
        round(avg(extract(epoch from deliveries.delivered_at - editing_jobs.created_at)) / 86400, 1)::float8
        as mean_editing_days
    from first_deliveries as deliveries
    inner join editing_jobs on deliveries.editing_job_id = editing_jobs.id
    where deliveries.delivered_at >= :starts_at and deliveries.delivered_at < :ends_at
) as editing;

-- name: list_new_clients_by_month(date_from, date_to)
-- How many clients were new, for each month of a period.
select
    months.month,
    (
        select count(*)
        from clients
        where clients.created_at >= months.starts_at and clients.created_at < months.ends_at
    ) as clients
from studio_months(:date_from, :date_to) as months
order by months.month
limit 200;
