-- The feed of the last two weeks, told from the rows of the other files. Last, because it names their ids.

insert into activities (kind, subject_type, subject_id, client_id, actor, details, created_at, actor_id)
select
    deeds.*,
    demo_users.id as actor_id
from (
    select
        'CLIENT_CREATED', 'CLIENT', clients.id, clients.id, 'Rosa Delgado',
        jsonb_build_object('name', clients.name), clients.created_at
    from clients
    where clients.email in ('leila@haddad.example', 'dev@patel.example')

    union all

    -- The owner books and cancels; whoever led a shoot marks it completed.
    select
        'BOOKING_' || step.status, 'BOOKING', bookings.id, bookings.client_id, step.actor,
        jsonb_build_object('sessionTypeName', bookings.session_type_name, 'clientName', bookings.client_name), step.at
    from demo_bookings
    inner join booking_details as bookings on demo_bookings.id = bookings.id
    inner join staff_members on demo_bookings.lead || '@lumenhall.example' = lower(staff_members.email)
    cross join lateral (
        values
        ('CREATED', 'Rosa Delgado', bookings.created_at),
        ('CANCELLED', 'Rosa Delgado', bookings.updated_at),
        ('COMPLETED', staff_members.name, bookings.updated_at)
    ) as step (status, actor, at)
    where step.status in ('CREATED', bookings.status::text)

    union all

    select
        case moves.status when 'REVISION' then 'REVISION_REQUESTED' else 'EDITING_JOB_MOVED' end,
        'EDITING_JOB', jobs.id, jobs.client_id, moves.changed_by,
        jsonb_build_object('status', moves.status, 'stageName', moves.stage_name, 'clientName', jobs.client_name),
        moves.changed_at
    from demo_editing_moves as moves
    inner join editing_job_details as jobs on moves.booking_id = jobs.booking_id
    where moves.step > 1

    union all

    select
        'INVOICE_SENT', 'INVOICE', invoices.id, invoices.client_id, 'Dana Kowalski',
        jsonb_build_object('invoiceNumber', invoices.invoice_number, 'totalAmount', invoices.total_amount::text),
        invoices.created_at
    from demo_invoices
    inner join invoices on demo_invoices.id = invoices.id
    where invoices.status <> 'DRAFT'

    union all

    select
        'PAYMENT_RECORDED', 'INVOICE', invoices.id, invoices.client_id, payments.recorded_by,
        jsonb_build_object('invoiceNumber', invoices.invoice_number, 'amount', payments.amount::text),
        payments.created_at
    from demo_invoices
    inner join invoices on demo_invoices.id = invoices.id
    inner join payments on invoices.id = payments.invoice_id

    union all

    select
        'PAYMENT_REFUNDED', 'INVOICE', invoices.id, invoices.client_id, refunds.recorded_by,
        jsonb_build_object('invoiceNumber', invoices.invoice_number, 'amount', refunds.amount::text),
        refunds.created_at
    from refund_details as refunds
    inner join invoices on refunds.invoice_id = invoices.id

    union all

    select
        'INVOICE_REMINDER_QUEUED', 'INVOICE', invoices.id, invoices.client_id, 'Photolens',
        jsonb_build_object('invoiceNumber', invoices.invoice_number, 'balanceDue', invoices.balance_due::text),
        invoices.last_reminder_at
    from demo_invoices
    inner join invoices on demo_invoices.id = invoices.id
    where invoices.last_reminder_at is not null

    union all

    select
        'EXPENSE_RECORDED', 'EXPENSE', expenses.id, expenses.client_id, 'Dana Kowalski',
        jsonb_build_object('amount', expenses.amount::text, 'category', expenses.category), expenses.created_at
    from expense_details as expenses
    where expenses.description in ('Memory cards', 'Rented flash kit')
) as deeds (kind, subject_type, subject_id, client_id, actor, details, done_at)
left join demo_users on deeds.actor = demo_users.name
cross join demo_calendar
where deeds.done_at >= (demo_calendar.today - 14) at time zone demo_calendar.time_zone
order by deeds.done_at, deeds.kind, deeds.subject_id;
