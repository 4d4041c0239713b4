-- The feed of the last two weeks, told from the rows of the other files. Last, because it names their ids.

insert into activities (kind, subject_type, subject_id, client_id, actor, details, created_at)
select
    deeds.kind,
    deeds.subject_type,
    deeds.subject_id,
    deeds.client_id,
    deeds.actor,
    deeds.details,
    deeds.done_at
from (
    select deed.*
    from clients
    cross join lateral (
        values (
            'CLIENT_CREATED', 'CLIENT', clients.id, clients.id, 'Rosa Delgado',
            jsonb_build_object('name', clients.name), clients.created_at
        )
    ) as deed
    where clients.email in ('leila@haddad.example', 'dev@patel.example')

    union all

    -- The owner books and cancels; whoever led a shoot marks it completed.
    select deed.*
    from demo_bookings
    inner join staff_members on demo_bookings.lead || '@lumenhall.example' = lower(staff_members.email)
    inner join booking_details on demo_bookings.id = booking_details.id
    cross join lateral (
        values
        ('CREATED', 'Rosa Delgado', demo_bookings.created_at),
        ('CANCELLED', 'Rosa Delgado', demo_bookings.updated_at),
        ('COMPLETED', staff_members.name, demo_bookings.updated_at)
    ) as step (status, actor, done_at)
    cross join lateral (
        values (
            'BOOKING_' || step.status, 'BOOKING', demo_bookings.id, demo_bookings.client_id, step.actor,
            jsonb_build_object(
                'sessionTypeName', booking_details.session_type_name, 'clientName', booking_details.client_name
            ),
            step.done_at
        )
    ) as deed
    where step.status in ('CREATED', demo_bookings.status::text)

    union all

    select deed.*
    from demo_editing_moves as moves
    inner join editing_job_details on moves.booking_id = editing_job_details.booking_id
    cross join lateral (
        values (
            'EDITING_JOB_MOVED', 'EDITING_JOB', editing_job_details.id, editing_job_details.client_id, moves.changed_by,
            jsonb_build_object('status', moves.status, 'clientName', editing_job_details.client_name), moves.changed_at
        )
    ) as deed
    where moves.step > 1

    union all

    select deed.*
    from demo_invoices
    inner join invoices on demo_invoices.id = invoices.id
    cross join lateral (
        values (
            'INVOICE_SENT', 'INVOICE', invoices.id, invoices.client_id, 'Dana Kowalski',
            jsonb_build_object('invoiceNumber', invoices.invoice_number, 'totalAmount', invoices.total_amount::text),
            invoices.created_at
        )
    ) as deed
    where demo_invoices.fate <> 'DRAFT'

    union all

    select deed.*
    from demo_invoices
    inner join invoices on demo_invoices.id = invoices.id
    inner join payments on invoices.id = payments.invoice_id
    cross join lateral (
        values (
            'PAYMENT_RECORDED', 'INVOICE', invoices.id, invoices.client_id, payments.recorded_by,
            jsonb_build_object('invoiceNumber', invoices.invoice_number, 'amount', payments.amount::text),
            payments.created_at
        )
    ) as deed

    union all

    select deed.*
    from expense_details as expenses
    cross join lateral (
        values (
            'EXPENSE_RECORDED', 'EXPENSE', expenses.id, expenses.client_id, 'Dana Kowalski',
            jsonb_build_object('amount', expenses.amount::text, 'category', expenses.category), expenses.created_at
        )
    ) as deed
    where expenses.description in ('Memory cards', 'Rented flash kit')
) as deeds (kind, subject_type, subject_id, client_id, actor, details, done_at)
cross join demo_calendar
where deeds.done_at >= (demo_calendar.today - 14) at time zone demo_calendar.time_zone
order by deeds.done_at, deeds.kind, deeds.subject_id;
