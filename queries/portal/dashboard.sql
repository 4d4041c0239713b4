-- name: list_open_balances()
-- What the client still has to pay, in each currency, and what of it is past due.
select
    currency,
    count(*) as count,
    sum(balance_due) as balance_due,
    count(*) filter (where due_date < studio_today()) as overdue_count,
    coalesce(sum(balance_due) filter (where due_date < studio_today()), 0.00) as overdue_amount
from invoices
where balance_due > 0
group by currency
order by currency
limit 50;

-- name: list_open_invoices_past_due()
-- What the client should have paid by now, longest overdue first.
select
    id,
    invoice_number,
    invoice_name,
    booking_id,
    work_package_id,
    issue_date,
    due_date,
    status,
    coalesce(balance_due > 0 and due_date < studio_today(), false) as is_overdue,
    currency,
    total_amount,
    balance_due,
    paid_at,
    created_at,
    updated_at
from invoices
where balance_due > 0 and due_date < studio_today()
order by due_date, id
limit 10;

-- name: list_open_invoices_to_come()
-- What the client has to pay next, what is due on no day at last.
select
    id,
    invoice_number,
    invoice_name,
    booking_id,
    work_package_id,
    issue_date,
    due_date,
    status,
    coalesce(balance_due > 0 and due_date < studio_today(), false) as is_overdue,
    currency,
    total_amount,
    balance_due,
    paid_at,
    created_at,
    updated_at
from invoices
where balance_due > 0 and coalesce(due_date, 'infinity') >= studio_today()
order by coalesce(due_date, 'infinity'), id
limit 10;

-- name: list_editing_jobs_in_review()
-- The client's editing jobs that wait for their judgement, oldest first.
select *
from (
    select
        editing_jobs.id,
        editing_jobs.booking_id,
        session_packages.name as session_type_name,
        bookings.session_date,
        case
            when editing_jobs.status = 'REVISION' then 'REVISION_REQUESTED'
            when editing_jobs.status in ('DELIVERED', 'ARCHIVED') then 'DELIVERED'
            else 'IN_REVIEW'
        end as state,
        editing_jobs.drive_folder_url,
        editing_jobs.delivered_at,
        editing_jobs.created_at,
        editing_jobs.updated_at
    from bookings
    inner join editing_jobs on bookings.id = editing_jobs.booking_id
    inner join editing_stages on editing_jobs.stage_id = editing_stages.id
    inner join session_packages on bookings.session_type_id = session_packages.id
    where not editing_stages.awaits_selection
) as jobs
where state = 'IN_REVIEW'
order by created_at, id
limit 50;
