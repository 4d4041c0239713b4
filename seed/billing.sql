-- The demo studio's invoices, their items and the money that came in. Every total is computed from the rows at the end.

-- An invoice's code is its booking's, with a letter where there are two; the days count from the shoot. Issued ones get
-- their status from money and due date, and become: OVERDUE B08 (a refund reopened it), B20, B29, B31; SENT B36, B38, B42; PARTIALLY_PAID B37, B46;
-- PAID the rest.
create temporary table demo_invoice_plan on commit drop as
select
    invoice.code,
    plan.part,
    plan.fate,
    demo_bookings.id as booking_id,
    demo_bookings.client_id,
    demo_bookings.package,
    demo_bookings.price,
    demo_bookings.shoot_day + plan.days as issue_date
from (
    values
    -- Half of the price in advance, to hold the date.
    ('ISSUED', 0.5, -38, array['B14a', 'B22a', 'B32a']),
    ('ISSUED', 0.5, -35, array['B04a']),
    ('ISSUED', 0.5, -22, array['B42']),
    ('ISSUED', 0.5, -14, array['B40']),
    ('DRAFT', 0.5, -26, array['B44']),
    ('VOID', 0.5, -30, array['B17']),
    -- The other half after the shoot.
    ('ISSUED', 0.5, 2, array['B14b', 'B32b']),
    ('ISSUED', 0.5, 3, array['B04b', 'B22b']),
    -- The whole price at once.
    ('ISSUED', 1.0, -40, array['B46']),
    ('DRAFT', 1.0, -14, array['B41']),
    ('ISSUED', 1.0, 1, array['B02', 'B03', 'B05', 'B08', 'B10', 'B12', 'B13', 'B16', 'B19', 'B20', 'B21']),
    ('ISSUED', 1.0, 1, array['B26', 'B27', 'B29', 'B31', 'B33', 'B35', 'B36', 'B37', 'B38']),
    ('ISSUED', 1.0, 2, array['B01', 'B06', 'B11', 'B15', 'B25', 'B30']),
    ('DRAFT', 1.0, 1, array['B39']),
    -- Sent with the wrong items, taken back, and sent again.
    ('VOID', 1.0, 1, array['B23a']),
    ('ISSUED', 1.0, 3, array['B23b'])
) as plan (fate, part, days, codes)
cross join unnest(plan.codes) as invoice (code)
inner join demo_bookings on left(invoice.code, 3) = demo_bookings.code;

-- All begin as empty drafts, which the table's checks accept; the update further down issues them.
insert into invoices (client_id, booking_id, issue_date, due_date, currency, created_at)
select
    plan.client_id,
    plan.booking_id,
    plan.issue_date,
    plan.issue_date + 14,
    demo_calendar.currency,
    (plan.issue_date + time '11:00') at time zone demo_calendar.time_zone
from demo_invoice_plan as plan
cross join demo_calendar
order by plan.issue_date, plan.code;

-- Whatever belongs to a work package is billed for it.
update invoices
set work_package_id = bookings.work_package_id
from demo_bookings
inner join bookings on demo_bookings.id = bookings.id
where invoices.booking_id = bookings.id and bookings.work_package_id is not null;

-- From here on, each code with the invoice it became: no booking was billed twice on one day.
create temporary table demo_invoices on commit drop as
select
    invoices.id,
    plan.*
from demo_invoice_plan as plan
inner join invoices on plan.booking_id = invoices.booking_id and plan.issue_date = invoices.issue_date;


insert into invoice_items (invoice_id, position, name, quantity, unit_price)
select
    demo_invoices.id,
    1,
    demo_invoices.package || case
        when demo_invoices.part = 1 then ''
        when demo_invoices.code like '%b' then ', remaining half'
        else ', half in advance'
    end,
    demo_invoices.part,
    demo_invoices.price
from demo_invoices
order by demo_invoices.id;

insert into invoice_items (invoice_id, position, name, quantity, unit_price)
select
    demo_invoices.id,
    extra.position,
    extra.name,
    extra.quantity,
    extra.unit_price
from (
    values
    ('B01', 2, 'Extra hour', 1.5, 180.00),
    ('B01', 3, 'Album, 30 pages', 1, 420.00),
    ('B02', 2, 'Extra retouched image', 2, 25.00),
    ('B03', 2, 'Extra product', 4, 35.00),
    ('B04b', 2, 'Album, 40 pages', 1, 520.00),
    ('B04b', 3, 'Parents'' album', 2, 180.00),
    ('B05', 2, 'Extra hour', 1, 180.00),
    ('B08', 2, 'Fine art print, 40 × 60', 2, 65.00),
    ('B10', 2, 'Rush delivery', 1, 120.00),
    ('B11', 2, 'Fine art print, 40 × 60', 3, 65.00),
    ('B12', 2, 'Extra product', 6, 35.00),
    ('B14b', 2, 'Extra hour', 2, 180.00),
    ('B14b', 3, 'Album, 40 pages', 1, 520.00),
    ('B15', 2, 'Second photographer', 1, 400.00),
    ('B16', 2, 'Fine art print, 40 × 60', 1, 65.00),
    ('B19', 2, 'Travel per mile', 52.5, 0.67),
    ('B20', 2, 'Extra hour', 1.5, 180.00),
    ('B20', 3, 'Same-night slideshow', 1, 250.00),
    ('B22b', 2, 'Album, 40 pages', 1, 520.00),
    ('B23a', 2, 'Extra retouched image', 12, 25.00),
    ('B23b', 2, 'Extra retouched image', 2, 25.00),
    ('B25', 2, 'Extra hour', 1, 180.00),
    ('B26', 2, 'Rush delivery', 1, 120.00),
    ('B27', 2, 'Extra product', 3, 35.00),
    ('B29', 2, 'Photo booth', 2.5, 80.00),
    ('B30', 2, 'Licence, second year', 1, 200.00),
    ('B31', 2, 'Album, 20 pages', 1, 320.00),
    ('B32b', 2, 'Extra hour', 1.5, 180.00),
    ('B32b', 3, 'Fine art print, 40 × 60', 4, 65.00),
    ('B35', 2, 'Fine art print, 40 × 60', 2, 65.00),
    ('B37', 2, 'Second photographer', 1, 400.00),
    ('B39', 2, 'Photo booth', 1.5, 80.00),
    ('B46', 2, 'Album, 40 pages', 1, 520.00)
) as extra (code, position, name, quantity, unit_price)
inner join demo_invoices on extra.code = demo_invoices.code
order by demo_invoices.id, extra.position;

-- Some of what a shoot cost is passed on to the client; B20, B30 and B32 were not.
insert into invoice_items (invoice_id, position, name, unit_price, expense_id)
select
    demo_invoices.id,
    (select max(placed.position) + 1 from invoice_items as placed where placed.invoice_id = demo_invoices.id),
    expenses.description,
    expenses.amount,
    expenses.id
from demo_invoices
inner join expenses on demo_invoices.booking_id = expenses.booking_id
where demo_invoices.code in ('B04b', 'B06', 'B14b', 'B15', 'B22b', 'B26', 'B37')
order by demo_invoices.id;


-- What each comes to, before any money moves on it: from then on it stands.
-- Some have a name, a discount, a tax.
update invoices
set
    invoice_name = terms.name,
    subtotal = sums.subtotal,
    discount_amount = coalesce(terms.discount, 0),
    tax_rate = coalesce(terms.tax_rate, 0),
    tax_amount = taxed.tax_amount,
    total_amount = sums.subtotal - coalesce(terms.discount, 0) + taxed.tax_amount,
    balance_due = sums.subtotal - coalesce(terms.discount, 0) + taxed.tax_amount
from (
    select
        invoice_items.invoice_id,
        sum(invoice_items.amount) as subtotal
    from invoice_items
    group by invoice_items.invoice_id
) as sums
inner join demo_invoices on sums.invoice_id = demo_invoices.id
left join (
    values
    ('B01', 'The wedding, with its album', 100.00, 8.875),
    ('B36', null, 50.00, 8.875),
    ('B38', 'In two parts', 0.00, 8.875),
    ('B39', null, 40.00, 8.875),
    ('B46', 'The wedding, in three parts', 120.00, 0.000)
) as terms (code, name, discount, tax_rate) on demo_invoices.code = terms.code
cross join lateral (
    select
        round((sums.subtotal - coalesce(terms.discount, 0)) * coalesce(terms.tax_rate, 0) / 100, 2) as tax_amount
) as taxed
where invoices.id = demo_invoices.id;


-- Two are to be paid in parts: percents of the total, rounded as they add up.
insert into invoice_milestones (invoice_id, position, label, description, expected_amount, expected_date)
select
    invoices.id,
    parts.position,
    parts.label,
    parts.description,
    round(invoices.total_amount * parts.reached / 100, 2)
    - round(invoices.total_amount * (parts.reached - parts.percent) / 100, 2),
    demo_invoices.issue_date + parts.days
from (
    values
    ('B38', 1, 'On delivery', null, 50, 50, 14),
    ('B38', 2, 'A month later', null, 50, 100, 44),
    ('B46', 1, 'To hold the date', 'Not given back if you cancel.', 30, 30, 7),
    ('B46', 2, 'Before the wedding', null, 40, 70, 30),
    ('B46', 3, 'With the album', null, 30, 100, 90)
) as parts (code, position, label, description, percent, reached, days)
inner join demo_invoices on parts.code = demo_invoices.code
inner join invoices on demo_invoices.id = invoices.id
order by invoices.id, parts.position;


-- The days count from the day of issue. A payment without an amount is all that is left of the total.
insert into payments (
    invoice_id, amount, currency, paid_at, method, notes, payment_account_id, recorded_by, created_at
)
select
    demo_invoices.id,
    coalesce(
        plan.amount,
        invoices.total_amount - coalesce(sum(plan.amount) over (partition by demo_invoices.id), 0)
    ),
    demo_calendar.currency,
    paid.at,
    plan.method,
    plan.notes,
    payment_accounts.id,
    'Dana Kowalski',
    paid.at
from (
    values
    ('B01', 3, 900.00, 'Card', 'First instalment'),
    ('B01', 12, null, 'Card', null),
    ('B02', 2, null, 'Card', null),
    ('B03', 9, null, 'Bank transfer', null),
    ('B04a', 4, null, 'Bank transfer', 'Holds the date'),
    ('B04b', 6, null, 'Bank transfer', null),
    ('B05', 13, null, 'Bank transfer', 'Purchase order 4711'),
    ('B06', 20, null, 'Bank transfer', 'Paid after a reminder'),
    ('B08', 1, null, 'PayPal', null),
    ('B10', 4, null, 'Bank transfer', 'Purchase order 4790'),
    ('B11', 2, 500.00, 'Card', null),
    ('B11', 16, null, 'Bank transfer', null),
    ('B12', 8, null, 'Bank transfer', null),
    ('B13', 1, null, 'Cash', null),
    ('B14a', 5, null, 'Bank transfer', 'Holds the date'),
    ('B14b', 3, 1000.00, 'Card', null),
    ('B14b', 15, null, 'Bank transfer', null),
    ('B15', 14, null, 'Bank transfer', 'Purchase order 4853'),
    ('B16', 2, 200.00, 'Cash', null),
    ('B16', 15, null, 'PayPal', null),
    ('B19', 3, 400.00, 'PayPal', null),
    ('B19', 10, null, 'PayPal', null),
    ('B20', 12, 600.00, 'Bank transfer', 'The rest is disputed'),
    ('B21', 7, null, 'Bank transfer', null),
    ('B22a', 4, null, 'Card', 'Holds the date'),
    ('B22b', 9, null, 'Bank transfer', null),
    ('B23b', 2, null, 'Card', null),
    ('B25', 3, 1000.00, 'Card', null),
    ('B25', 13, null, 'Card', null),
    ('B26', 12, null, 'Bank transfer', 'Purchase order 4902'),
    ('B27', 6, null, 'PayPal', null),
    ('B30', 10, null, 'Bank transfer', null),
    ('B31', 4, 300.00, 'Cash', null),
    ('B32a', 3, null, 'Bank transfer', 'Holds the date'),
    ('B32b', 6, null, 'Bank transfer', null),
    ('B33', 8, null, 'Bank transfer', null),
    ('B35', 5, null, 'PayPal', null),
    ('B37', 2, 400.00, 'Bank transfer', null),
    ('B40', 3, null, 'Card', null),
    ('B46', 4, 1200.00, 'Card', 'Holds the date')
) as plan (code, days, amount, method, notes)
inner join demo_invoices on plan.code = demo_invoices.code
inner join invoices on demo_invoices.id = invoices.id
inner join payment_accounts
    on
        lower(payment_accounts.name)
        = case plan.method when 'Cash' then 'cash box' when 'PayPal' then 'paypal' else 'business checking' end
cross join demo_calendar
cross join lateral (
    select
        (demo_invoices.issue_date + plan.days + time '12:30' + plan.days * interval '17 minutes')
        at time zone demo_calendar.time_zone as at
) as paid
order by paid.at, demo_invoices.id;

-- What went back; the days count from the day of issue, too.
insert into refunds (payment_id, amount, reason, refunded_at, recorded_by, created_at)
select
    payments.id,
    plan.amount,
    plan.reason,
    given_back.at,
    'Dana Kowalski',
    given_back.at
from (
    values
    ('B08', 20, 65.00, 'A print was damaged on its way'),
    ('B31', 8, 50.00, 'The album has 18 pages')
) as plan (code, days, amount, reason)
inner join demo_invoices on plan.code = demo_invoices.code
inner join payments on demo_invoices.id = payments.invoice_id
cross join demo_calendar
cross join lateral (
    select (demo_invoices.issue_date + plan.days + time '15:10') at time zone demo_calendar.time_zone as at
) as given_back
order by payments.id;

-- What came in for parts fills them in their order: here each such invoice was paid on once.
insert into payment_allocations (invoice_id, payment_id, milestone_id, amount)
select
    payments.invoice_id,
    payments.id,
    parts.id,
    least(parts.expected_amount, payments.amount - parts.before)
from payments
inner join (
    select
        invoice_milestones.*,
        sum(invoice_milestones.expected_amount) over (
            partition by invoice_milestones.invoice_id order by invoice_milestones.position
        ) - invoice_milestones.expected_amount as before
    from invoice_milestones
) as parts on payments.invoice_id = parts.invoice_id
where payments.amount > parts.before
order by payments.id, parts.position;

update invoice_milestones
set
    paid_amount = sums.paid_amount,
    status = sums.status
from milestone_sums as sums
where invoice_milestones.id = sums.milestone_id;


-- Issue: balance, status and number together, as the table's checks want them. Numbers go by day of issue.
update invoices
set
    invoice_sequence = numbers.sequence,
    invoice_number = demo_calendar.invoice_prefix || lpad(numbers.sequence::text, 5, '0'),
    paid_at = case when demo_invoices.fate = 'ISSUED' and invoices.total_amount = sums.paid then sums.last_paid_at end,
    balance_due = case when demo_invoices.fate = 'VOID' then 0 else invoices.total_amount - sums.paid end,
    status = case
        when demo_invoices.fate in ('DRAFT', 'VOID') then demo_invoices.fate::invoice_status
        when invoices.total_amount = sums.paid then 'PAID'
        when invoices.due_date < demo_calendar.today then 'OVERDUE'
        when sums.paid > 0 then 'PARTIALLY_PAID'
        else 'SENT'
    end,
    updated_at = case
        when demo_invoices.fate = 'VOID' then invoices.created_at + interval '2 days'
        else coalesce(sums.last_paid_at, invoices.created_at)
    end
from demo_invoices
inner join (
    select
        demo_invoices.id,
        coalesce(sum(money_movements.amount), 0) as paid,
        max(money_movements.moved_at) as last_paid_at
    from demo_invoices
    left join money_movements on demo_invoices.id = money_movements.invoice_id
    group by demo_invoices.id
) as sums on demo_invoices.id = sums.id
left join (
    select
        demo_invoices.id,
        invoice_counter.last_sequence
        + row_number() over (order by demo_invoices.issue_date, demo_invoices.id) as sequence
    from demo_invoices
    cross join invoice_counter
    where demo_invoices.fate <> 'DRAFT'
) as numbers on demo_invoices.id = numbers.id
cross join demo_calendar
where invoices.id = demo_invoices.id;

-- Of what is overdue, clients were last reminded within this week: the daily task has nothing left to do.
update invoices
set
    last_reminder_at = reminded.at,
    updated_at = reminded.at
from demo_invoices
cross join demo_calendar
cross join lateral (
    select
        (
            demo_calendar.today - 1 - (demo_calendar.today - demo_invoices.issue_date) % 6 + time '09:40'
        ) at time zone demo_calendar.time_zone as at
) as reminded
where invoices.id = demo_invoices.id and invoices.status = 'OVERDUE';

update invoice_counter
set last_sequence = (select max(invoices.invoice_sequence) from invoices);


-- What is derived on the clients' own rows.
update clients
set
    total_revenue = sums.revenue,
    total_sessions = sums.sessions,
    updated_at = greatest(clients.updated_at, sums.last_paid_at, sums.last_shoot_at)
from (
    select
        demo_bookings.client_id,
        count(distinct demo_bookings.id) filter (where demo_bookings.status = 'COMPLETED') as sessions,
        max(demo_bookings.ends_at) filter (where demo_bookings.status = 'COMPLETED') as last_shoot_at,
        coalesce(sum(money_movements.amount), 0) as revenue,
        max(money_movements.moved_at) as last_paid_at
    from demo_bookings
    left join invoices on demo_bookings.id = invoices.booking_id
    left join money_movements on invoices.id = money_movements.invoice_id
    group by demo_bookings.client_id
) as sums
where clients.id = sums.client_id and (clients.total_revenue, clients.total_sessions) <> (sums.revenue, sums.sessions);
