-- name: list_invoices_by_issue_date(after_key, after_id, limit, status, booking_id, work_package_id, overdue)
-- The client's issued invoices, oldest first.
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
where
    (issue_date, id) > (coalesce(:after_key::date, '-infinity'), coalesce(:after_id::bigint, 0))
    and (:status::invoice_status is null or status = :status)
    and (:booking_id::bigint is null or booking_id = :booking_id)
    and (:work_package_id::bigint is null or work_package_id = :work_package_id)
    and (:overdue::boolean is null or coalesce(balance_due > 0 and due_date < studio_today(), false) = :overdue)
order by issue_date, id
limit :limit;

-- name: list_invoices_by_issue_date_desc(after_key, after_id, limit, status, booking_id, work_package_id, overdue)
-- The client's issued invoices, newest first.
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
where
    (issue_date, id) < (coalesce(:after_key::date, 'infinity'), coalesce(:after_id::bigint, 9223372036854775807))
    and (:status::invoice_status is null or status = :status)
    and (:booking_id::bigint is null or booking_id = :booking_id)
    and (:work_package_id::bigint is null or work_package_id = :work_package_id)
    and (:overdue::boolean is null or coalesce(balance_due > 0 and due_date < studio_today(), false) = :overdue)
order by issue_date desc, id desc
limit :limit;

-- name: list_invoices_by_due_date(after_key, after_id, limit, status, booking_id, work_package_id, overdue)
-- The client's issued invoices, due first first.
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
where
    (coalesce(due_date, 'infinity'), id) > (
        coalesce(:after_key::date, '-infinity'),
        coalesce(:after_id::bigint, 0)
    )
    and (:status::invoice_status is null or status = :status)
    and (:booking_id::bigint is null or booking_id = :booking_id)
    and (:work_package_id::bigint is null or work_package_id = :work_package_id)
    and (:overdue::boolean is null or coalesce(balance_due > 0 and due_date < studio_today(), false) = :overdue)
order by coalesce(due_date, 'infinity'), id
limit :limit;

-- name: list_invoices_by_due_date_desc(after_key, after_id, limit, status, booking_id, work_package_id, overdue)
-- The client's issued invoices, due last first.
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
where
    (coalesce(due_date, 'infinity'), id) < (
        coalesce(:after_key::date, 'infinity'),
        coalesce(:after_id::bigint, 9223372036854775807)
    )
    and (:status::invoice_status is null or status = :status)
    and (:booking_id::bigint is null or booking_id = :booking_id)
    and (:work_package_id::bigint is null or work_package_id = :work_package_id)
    and (:overdue::boolean is null or coalesce(balance_due > 0 and due_date < studio_today(), false) = :overdue)
order by coalesce(due_date, 'infinity') desc, id desc
limit :limit;

-- name: count_invoices(status, booking_id, work_package_id, overdue)$
-- How many rows these lists have in all.
select count(*)
from invoices
where
    (:status::invoice_status is null or status = :status)
    and (:booking_id::bigint is null or booking_id = :booking_id)
    and (:work_package_id::bigint is null or work_package_id = :work_package_id)
    and (:overdue::boolean is null or coalesce(balance_due > 0 and due_date < studio_today(), false) = :overdue);

-- name: get_invoice(invoice_id)^
-- One issued invoice of the client, whole: its items, its milestones, and the newest hundred of its payments and refunds.
select
    invoices.id,
    invoices.invoice_number,
    invoices.invoice_name,
    invoices.invoice_description,
    invoices.booking_id,
    invoices.work_package_id,
    invoices.issue_date,
    invoices.due_date,
    invoices.status,
    coalesce(invoices.balance_due > 0 and invoices.due_date < studio_today(), false) as is_overdue,
    invoices.balance_due > 0 as is_payable,
    invoices.currency,
    invoices.subtotal,
    invoices.discount_amount,
    invoices.tax_rate::float8 as tax_rate,
    invoices.tax_amount,
    invoices.total_amount,
    invoices.balance_due,
    invoices.overpaid_amount,
    invoices.paid_at,
    (
        select
            coalesce(
                json_agg(
                    json_build_object(
                        'id', invoice_items.id,
                        'position', invoice_items.position,
                        'name', invoice_items.name,
                        'quantity', invoice_items.quantity::float8,
                        'unitPrice', invoice_items.unit_price::text,
                        'amount', invoice_items.amount::text
                    )
                    order by invoice_items.position
                ),
                '[]'
            )
        from invoice_items
        where invoice_items.invoice_id = invoices.id
    ) as items,
    (
        select
            coalesce(
                json_agg(
                    json_build_object(
                        'id', invoice_milestones.id,
                        'position', invoice_milestones.position,
                        'label', invoice_milestones.label,
                        'description', invoice_milestones.description,
                        'expectedAmount', invoice_milestones.expected_amount::text,
                        'expectedDate', invoice_milestones.expected_date,
                        'paidAmount', invoice_milestones.paid_amount::text,
                        'status', invoice_milestones.status
                    )
                    order by invoice_milestones.position
                ),
                '[]'
            )
        from invoice_milestones
        where invoice_milestones.invoice_id = invoices.id
    ) as milestones,
    (
        select
            coalesce(
                json_agg(
                    json_build_object(
                        'id', newest.id,
                        'milestoneId', newest.milestone_id,
                        'amount', newest.amount::text,
                        'paidAt', rfc3339(newest.paid_at),
                        'method', newest.method
                    )
                    order by newest.paid_at desc, newest.id desc
                ),
                '[]'
            )
        from (
            select
                payments.id,
                payments.milestone_id,
                payments.amount,
                payments.paid_at,
                payments.method
            from payments
            where payments.invoice_id = invoices.id
            order by payments.paid_at desc, payments.id desc
            limit 100
        ) as newest
    ) as payments,
    (
        select
            coalesce(
                json_agg(
                    json_build_object(
                        'id', newest.id,
                        'paymentId', newest.payment_id,
                        'amount', newest.amount::text,
                        'reason', newest.reason,
                        'status', newest.status,
                        'refundedAt', rfc3339(newest.refunded_at)
                    )
                    order by newest.refunded_at desc, newest.id desc
                ),
                '[]'
            )
        from (
            select
                refunds.id,
                refunds.payment_id,
                refunds.amount,
                refunds.reason,
                refunds.status,
                refunds.refunded_at
            from payments
            inner join refunds on payments.id = refunds.payment_id
            where payments.invoice_id = invoices.id and refunds.status <> 'FAILED'
            order by refunds.refunded_at desc, refunds.id desc
            limit 100
        ) as newest
    ) as refunds,
    invoices.created_at,
    invoices.updated_at
from invoices
where invoices.id = :invoice_id;
