-- A large studio for measuring: 10,000 clients, 50,000 bookings, 50,000 invoices with two items each, 60,000 payments, 10,000
-- refunds, 25,000 editing jobs with three or four moves each, 200,000 photos, 10,000 expenses, 20,000 users with five sessions
-- each. The session token `bench` is an owner's. On a database that has schema.sql and nothing else:
--
--     psql "$DATABASE_URL" -f schema.sql -f bench/load.sql
--
-- Fixed content, the same on every machine; every invariant holds on it.

\set ON_ERROR_STOP on
begin;
\ir trail_off.sql

insert into session_categories (name)
select name
from unnest(array['Wedding', 'Portrait', 'Family', 'Corporate', 'Newborn', 'Event']) as names (name);

insert into session_packages (id, name, description, price, category_id)
select
    g,
    'Package ' || g,
    'Session package number ' || g || ' with edited photographs',
    150 + g * 25,
    1 + (g - 1) % 6
from generate_series(1, 24) as g;

insert into clients (id, name, email, phone, notes, created_at, updated_at)
select
    g,
    'Client ' || g || ' ' || (array['Silva', 'Rahman', 'Novak', 'Tanaka', 'Okafor', 'Lindqvist', 'García'])[1 + g % 7],
    'client' || g || '@example.com',
    '+1-555-' || lpad((g % 10000)::text, 4, '0'),
    case when g % 3 = 0 then 'Prefers outdoor sessions in the late afternoon' end,
    timestamptz '2024-01-01 08:00Z' + g * interval '37 minutes',
    timestamptz '2024-01-01 08:00Z' + g * interval '37 minutes'
from generate_series(1, 10000) as g;

insert into staff_members (id, name, role, email)
select
    g,
    'Staff ' || g,
    (array['PHOTOGRAPHER', 'EDITOR', 'ADMIN'])[1 + g % 3]::user_role,
    'staff' || g || '@example.com'
from generate_series(1, 40) as g;

insert into auth_users (name, email, email_verified, role, status, created_at)
select
    'User ' || g,
    'user' || g || '@example.com',
    timestamptz '2024-01-01 08:00Z',
    (array['OWNER', 'PHOTOGRAPHER', 'CUSTOMER'])[1 + g % 3]::user_role,
    'ACTIVE',
    timestamptz '2024-01-01 08:00Z' + g * interval '37 minutes'
from generate_series(0, 19999) as g;

insert into auth_sessions (user_id, session_token)
select
    auth_users.id,
    sha256((case when auth_users.email || n = 'user0@example.com1' then 'bench' else auth_users.email || n end)::bytea)
from auth_users
cross join generate_series(1, 5) as n;

insert into bookings (id, client_id, session_date, ends_at, session_type_id, location, price, status, notes, created_at)
select
    g,
    1 + (g * 7919) % 10000,
    timestamptz '2024-01-01 09:00Z' + g * interval '21 minutes',
    timestamptz '2024-01-01 10:30Z' + g * interval '21 minutes',
    1 + g % 24,
    (array['Studio A', 'Studio B', 'City Park', 'Harbour', 'Old Town'])[1 + g % 5],
    150 + (1 + g % 24) * 25,
    (array['SCHEDULED', 'COMPLETED', 'COMPLETED', 'CANCELLED'])[1 + g % 4]::booking_status,
    case when g % 4 = 0 then 'Bring the second light kit' end,
    timestamptz '2023-12-01 09:00Z' + g * interval '20 minutes'
from generate_series(1, 50000) as g;

insert into staff_assignments (booking_id, staff_id, role, occupied)
select
    id,
    1 + id % 40,
    'Lead',
    occupied
from bookings;

insert into editing_jobs (booking_id, editor_id, stage_id, priority, due_date, created_at)
select
    id,
    1 + 3 * (id % 13),
    (select editing_stages.id from editing_stages where editing_stages.position = 1),
    (array['NORMAL', 'NORMAL', 'NORMAL', 'HIGH', 'URGENT'])[1 + bookings.id % 5]::editing_priority,
    case when id % 20 <> 1 then ends_at::date + 14 end,
    ends_at
from bookings
where status = 'COMPLETED'
order by bookings.id;

-- Most are delivered within three weeks, one in ten after a revision, and a third are archived; two in a hundred are still
-- being edited, as are the newest.
insert into editing_status_logs (editing_job_id, stage_id, status, changed_at, changed_by)
select
    editing_jobs.id,
    editing_stages.id,
    move.status::editing_status,
    editing_jobs.created_at + make_interval(days => move.days, hours => (editing_jobs.id % 48)::integer),
    'bench'
from editing_jobs
cross join lateral (
    values
    (1, 1, 'PENDING', 0, true),
    (2, 3, 'IN_PROGRESS', 3 + (editing_jobs.id % 4)::integer, true),
    (3, 5, 'DELIVERED', 7 + (editing_jobs.id % 12)::integer, editing_jobs.id % 50 <> 7),
    (4, 6, 'REVISION', 20, editing_jobs.id % 10 = 3),
    (5, 5, 'DELIVERED', 22, editing_jobs.id % 10 = 3),
    (6, 5, 'ARCHIVED', 60, editing_jobs.id % 3 = 0 and editing_jobs.id % 50 <> 7)
) as move (step, stage, status, days, is_made)
inner join editing_stages on move.stage = editing_stages.position
where
    move.step = 1
    or (move.is_made and editing_jobs.created_at + make_interval(days => move.days + 2) < timestamptz '2025-12-30 00:00Z')
order by editing_jobs.id, move.step;

update editing_jobs
set
    stage_id = latest.stage_id,
    status = latest.status,
    delivered_at = case when latest.status in ('DELIVERED', 'ARCHIVED') then latest.delivered_at end
from (
    select distinct on (editing_job_id)
        editing_job_id,
        stage_id,
        status,
        max(changed_at) filter (where status = 'DELIVERED') over (partition by editing_job_id) as delivered_at
    from editing_status_logs
    order by editing_job_id, id desc
) as latest
where editing_jobs.id = latest.editing_job_id;

insert into editing_revisions (editing_job_id, note, requested_by, requested_at)
select
    editing_job_id,
    'Warmer tones, please.',
    'bench',
    changed_at
from editing_status_logs
where status = 'REVISION';

update editing_jobs
set revision_count = 1
where id in (select editing_job_id from editing_revisions);

insert into photo_selections (booking_id, name, is_edited, position)
select
    editing_jobs.booking_id,
    'IMG_' || number,
    editing_jobs.status = 'DELIVERED',
    number
from editing_jobs
cross join generate_series(1, 8) as number;

-- Of ten invoices: one draft, six paid, one partly paid, one overdue, one sent (due in the far future).
insert into invoices (id, client_id, booking_id, issue_date, due_date, currency)
select
    id,
    client_id,
    id,
    session_date::date,
    case when id % 10 = 8 then session_date::date + 30 else date '2099-12-31' end,
    'USD'
from bookings;

insert into invoice_items (invoice_id, position, name, quantity, unit_price)
select
    invoice.id,
    item.position,
    case item.position when 1 then 'Session fee' else 'Printed album' end,
    item.position,
    case item.position when 1 then 100 + (invoice.id % 24) * 25 else 50 + invoice.id % 30 end
from invoices as invoice
cross join generate_series(1, 2) as item (position)
order by invoice.id, item.position;

create temporary table totals on commit drop as
select
    invoice_id,
    sum(amount) as total
from invoice_items
group by invoice_id;

update invoices
set
    subtotal = totals.total,
    total_amount = totals.total,
    balance_due = totals.total
from totals
where invoices.id = totals.invoice_id;

insert into payments (invoice_id, currency, amount, paid_at, method, recorded_by)
select
    invoices.id,
    invoices.currency,
    case
        when invoices.id % 10 in (1, 6) then totals.total
        when invoices.id % 10 between 2 and 5 then case part.number when 1 then 50 else totals.total - 50 end
        else 10 * part.number
    end,
    invoices.issue_date + part.number * interval '3 days',
    (array['Card', 'Cash', 'Bank transfer'])[1 + invoices.id % 3],
    'bench'
from invoices
inner join totals on invoices.id = totals.invoice_id
cross join generate_series(1, 2) as part (number)
where (invoices.id % 10 in (1, 6) and part.number = 1) or invoices.id % 10 in (2, 3, 4, 5, 7)
order by invoices.id, part.number;

insert into refunds (payment_id, amount, reason, refunded_at, recorded_by)
select
    payments.id,
    5,
    'Too much',
    payments.paid_at + interval '40 days',
    'bench'
from payments
where payments.invoice_id % 10 = 7
order by payments.id;

with numbered as (
    select
        id,
        row_number() over (order by id) as sequence
    from invoices
    where id % 10 <> 0
), paid as (
    select
        invoice_id,
        sum(amount) as paid,
        max(moved_at) as last_paid_at
    from money_movements
    group by invoice_id
)

update invoices
set
    invoice_sequence = numbered.sequence,
    invoice_number = case when numbered.id is not null then 'INV-' || lpad(numbered.sequence::text, 5, '0') end,
    balance_due = totals.total - coalesce(paid.paid, 0),
    paid_at = case when invoices.id % 10 between 1 and 6 then paid.last_paid_at end,
    status = (
        array['DRAFT', 'PAID', 'PAID', 'PAID', 'PAID', 'PAID', 'PAID', 'PARTIALLY_PAID', 'OVERDUE', 'SENT']
    )[1 + invoices.id % 10]::invoice_status
from totals
left join numbered on totals.invoice_id = numbered.id
left join paid on totals.invoice_id = paid.invoice_id
where invoices.id = totals.invoice_id;

update invoice_counter
set last_sequence = (select max(invoice_sequence) from invoices);

update clients
set
    total_revenue = coalesce((
        select sum(money_movements.amount)
        from invoices
        inner join money_movements on invoices.id = money_movements.invoice_id
        where invoices.client_id = clients.id
    ), 0),
    total_sessions = (
        select count(*)
        from bookings
        where bookings.client_id = clients.id and bookings.status = 'COMPLETED'
    );

insert into expenses (booking_id, category, amount, incurred_at)
select
    g * 5,
    (enum_range(null::expense_category))[1 + g % 6],
    10 + g % 90,
    timestamptz '2024-01-01 09:00Z' + g * interval '105 minutes'
from generate_series(1, 10000) as g;

insert into activities (kind, subject_type, subject_id, client_id, actor, created_at)
select
    'BOOKING_CREATED',
    'BOOKING',
    id,
    client_id,
    'User 0',
    created_at
from bookings
order by id;

select
    setval(pg_get_serial_sequence('session_packages', 'id'), 24) as packages,
    setval(pg_get_serial_sequence('clients', 'id'), 10000) as clients,
    setval(pg_get_serial_sequence('staff_members', 'id'), 40) as staff,
    setval(pg_get_serial_sequence('bookings', 'id'), 50000) as bookings,
    setval(pg_get_serial_sequence('invoices', 'id'), 50000) as invoices;

commit;
\ir trail_on.sql
vacuum (analyze);
