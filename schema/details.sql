-- The rows the API shows, each defined once: what a screen needs of its neighbours is joined here, so that no list
-- costs a query per row. They stand last because they look across the domains.

create view client_contact_details as
select
    client_contacts.id,
    client_contacts.client_id,
    clients.name as client_name,
    client_contacts.user_id,
    client_contacts.name,
    client_contacts.title,
    client_contacts.email,
    client_contacts.phone,
    client_contacts.is_primary,
    client_contacts.is_active,
    client_contacts.activated_at,
    contact_invites.created_at as invited_at,
    contact_invites.expires_at as invite_expires_at,
    client_contacts.created_at,
    client_contacts.updated_at
from client_contacts
inner join clients on client_contacts.client_id = clients.id
left join contact_invites on client_contacts.id = contact_invites.contact_id;


create view session_package_details as
select
    session_packages.id,
    session_packages.category_id,
    session_categories.name as category_name,
    session_packages.name,
    session_packages.description,
    session_packages.price,
    session_packages.duration_minutes,
    session_packages.inclusions,
    session_packages.is_active,
    session_packages.created_at,
    session_packages.updated_at
from session_packages
inner join session_categories on session_packages.category_id = session_categories.id;


create view booking_details as
select
    bookings.id,
    bookings.client_id,
    clients.name as client_name,
    clients.avatar_url as client_avatar_url,
    bookings.session_type_id,
    session_packages.name as session_type_name,
    session_packages.category_id,
    session_categories.name as category_name,
    bookings.session_date,
    bookings.ends_at,
    bookings.room_id,
    rooms.name as room_name,
    bookings.series_id,
    bookings.work_package_id,
    work_packages.name as work_package_name,
    bookings.location,
    bookings.price,
    bookings.status,
    bookings.notes,
    (
        select
            coalesce(
                json_agg(
                    json_build_object(
                        'staffId', staff_members.id,
                        'name', staff_members.name,
                        'avatarUrl', staff_members.avatar_url,
                        'role', staff_assignments.role
                    )
                    order by staff_assignments.id
                ),
                '[]'
            )
        from staff_assignments
        inner join staff_members on staff_assignments.staff_id = staff_members.id
        where staff_assignments.booking_id = bookings.id
    ) as assigned_staff,
    (
        select count(*)::integer
        from photo_selections
        where photo_selections.booking_id = bookings.id
    ) as photo_selection_count,
    editing_jobs.id as editing_job_id,
    invoice.id as invoice_id,
    invoice.invoice_number,
    bookings.created_at,
    bookings.updated_at
from bookings
inner join clients on bookings.client_id = clients.id
inner join session_packages on bookings.session_type_id = session_packages.id
inner join session_categories on session_packages.category_id = session_categories.id
left join rooms on bookings.room_id = rooms.id
left join work_packages on bookings.work_package_id = work_packages.id
left join editing_jobs on bookings.id = editing_jobs.booking_id
-- A booking may have been invoiced again after a void: the newest invoice that still counts is the one to show.
left join lateral (
    select
        invoices.id,
        invoices.invoice_number
    from invoices
    where invoices.booking_id = bookings.id and invoices.status <> 'VOID'
    order by invoices.id desc
    limit 1
) as invoice on true;


create view editing_job_details as
select
    editing_jobs.id,
    editing_jobs.booking_id,
    bookings.client_id,
    clients.name as client_name,
    session_packages.name as session_type_name,
    bookings.session_date,
    editing_jobs.editor_id,
    staff_members.name as editor_name,
    editing_jobs.stage_id,
    editing_stages.name as stage_name,
    editing_jobs.status,
    editing_jobs.priority,
    editing_jobs.due_date,
    editing_jobs.notes,
    editing_jobs.drive_folder_url,
    editing_jobs.photographer_notes,
    editing_jobs.uploaded_at,
    editing_jobs.revision_count,
    editing_jobs.delivered_at,
    editing_jobs.created_at,
    editing_jobs.updated_at
from editing_jobs
inner join bookings on editing_jobs.booking_id = bookings.id
inner join clients on bookings.client_id = clients.id
inner join session_packages on bookings.session_type_id = session_packages.id
inner join editing_stages on editing_jobs.stage_id = editing_stages.id
left join staff_members on editing_jobs.editor_id = staff_members.id;


create view expense_details as
select
    expenses.id,
    expenses.booking_id,
    bookings.client_id,
    clients.name as client_name,
    expenses.category,
    expenses.description,
    expenses.amount,
    expenses.incurred_at,
    expenses.notes,
    expenses.payment_account_id,
    payment_accounts.name as payment_account_name,
    invoice_items.id as billed_invoice_item_id,
    invoice_items.invoice_id as billed_invoice_id,
    expenses.created_at,
    expenses.updated_at
from expenses
left join bookings on expenses.booking_id = bookings.id
left join clients on bookings.client_id = clients.id
left join payment_accounts on expenses.payment_account_id = payment_accounts.id
left join invoice_items on expenses.id = invoice_items.expense_id;


create view invoice_summaries as
select
    invoices.id,
    invoices.invoice_number,
    invoices.client_id,
    clients.name as client_name,
    clients.email as client_email,
    clients.avatar_url as client_avatar_url,
    invoices.booking_id,
    invoices.work_package_id,
    invoices.invoice_name,
    invoices.invoice_description,
    invoices.issue_date,
    invoices.due_date,
    invoices.status,
    invoices.currency,
    invoices.subtotal,
    invoices.discount_amount,
    invoices.tax_rate::float8 as tax_rate,
    invoices.tax_amount,
    invoices.total_amount,
    invoices.balance_due,
    invoices.overpaid_amount,
    -- Told by the calendar, also before the daily task has changed the status.
    coalesce(
        invoices.status not in ('DRAFT', 'VOID') and invoices.balance_due > 0 and invoices.due_date < studio_today(),
        false
    ) as is_overdue,
    invoices.paid_at,
    invoices.paid_by_contact_id,
    client_contacts.name as paid_by_contact_name,
    invoices.needs_review,
    invoices.last_reminder_at,
    invoices.created_at,
    invoices.updated_at
from invoices
inner join clients on invoices.client_id = clients.id
left join client_contacts on invoices.paid_by_contact_id = client_contacts.id;


create view invoice_item_details as
select
    invoice_items.id,
    invoice_items.invoice_id,
    invoice_items.position,
    invoice_items.name,
    invoice_items.quantity::float8 as quantity,
    invoice_items.unit_price,
    invoice_items.amount,
    invoice_items.expense_id
from invoice_items;


create view invoice_milestone_details as
select
    invoice_milestones.id,
    invoice_milestones.invoice_id,
    invoice_milestones.position,
    invoice_milestones.label,
    invoice_milestones.description,
    invoice_milestones.expected_amount,
    invoice_milestones.expected_date,
    invoice_milestones.paid_amount,
    invoice_milestones.status
from invoice_milestones;


create view payment_details as
select
    payments.id,
    payments.invoice_id,
    payments.milestone_id,
    payments.amount,
    payments.currency,
    payments.paid_at,
    payments.method,
    payments.notes,
    payments.payment_account_id,
    payment_accounts.name as payment_account_name,
    (
        select coalesce(sum(refunds.amount), 0.00)
        from refunds
        where refunds.payment_id = payments.id and refunds.status <> 'FAILED'
    ) as refunded_amount,
    -- As it was split when it was booked: what was refunded is not taken off here.
    (
        select
            coalesce(
                json_agg(
                    json_build_object(
                        'milestoneId', payment_allocations.milestone_id,
                        'amount', payment_allocations.amount::text
                    )
                    order by payment_allocations.id
                ),
                '[]'
            )
        from payment_allocations
        where payment_allocations.payment_id = payments.id and payment_allocations.refund_id is null
    ) as allocations,
    payments.paid_by_contact_id,
    client_contacts.name as paid_by_contact_name,
    payments.stripe_session_id,
    payments.stripe_payment_intent_id,
    payments.recorded_by,
    payments.created_at
from payments
left join payment_accounts on payments.payment_account_id = payment_accounts.id
left join client_contacts on payments.paid_by_contact_id = client_contacts.id;


create view refund_details as
select
    refunds.id,
    refunds.payment_id,
    payments.invoice_id,
    refunds.amount,
    payments.currency,
    refunds.reason,
    refunds.status,
    refunds.stripe_refund_id,
    refunds.refunded_at,
    refunds.recorded_by,
    refunds.created_at
from refunds
inner join payments on refunds.payment_id = payments.id;


create view staff_member_details as
select
    staff_members.id,
    staff_members.user_id,
    staff_members.name,
    staff_members.role,
    staff_members.email,
    staff_members.phone,
    staff_members.avatar_url,
    staff_members.status,
    auth_users.last_login_at,
    staff_members.created_at,
    staff_members.updated_at
from staff_members
left join auth_users on staff_members.user_id = auth_users.id;


create view user_details as
select
    auth_users.id,
    auth_users.name,
    auth_users.email,
    auth_users.email_verified is not null as is_email_verified,
    auth_users.image,
    auth_users.phone_number,
    auth_users.phone_verified is not null as is_phone_verified,
    auth_users.role,
    auth_users.status,
    auth_users.last_login_at,
    auth_users.created_at,
    auth_users.updated_at
from auth_users;


-- How an invoice is being paid online, or was to be: without the page, which is whoever pays there's.
create view checkout_details as
select
    checkout_sessions.id,
    checkout_sessions.invoice_id,
    checkout_sessions.milestone_id,
    checkout_sessions.contact_id,
    client_contacts.name as contact_name,
    checkout_sessions.expected_amount_minor,
    checkout_sessions.currency,
    checkout_sessions.status,
    checkout_sessions.stripe_session_id,
    checkout_sessions.stripe_payment_intent_id,
    checkout_sessions.stripe_customer_id,
    checkout_sessions.expires_at,
    checkout_sessions.created_at,
    checkout_sessions.updated_at
from checkout_sessions
inner join client_contacts on checkout_sessions.contact_id = client_contacts.id;


create view purchase_details as
select
    id,
    user_id,
    product_credits,
    quantity,
    amount,
    currency,
    credits_purchased,
    status,
    needs_review,
    stripe_session_id,
    case when status = 'PENDING' and expires_at > now() then url end as url,
    expires_at,
    completed_at,
    created_at,
    updated_at
from purchases;


-- What a booking brought and cost. What was paid on an issued invoice is what is no longer due of it, and what was
-- overpaid.
create view booking_profits as
select
    bookings.id,
    bookings.session_date,
    bookings.client_id,
    clients.name as client_name,
    bookings.session_type_id,
    session_packages.name as session_type_name,
    bookings.status,
    bookings.price,
    billing.invoiced,
    billing.paid,
    spending.expenses,
    billing.invoiced - spending.expenses as profit,
    round(100 * (billing.invoiced - spending.expenses) / nullif(billing.invoiced, 0), 2)::float8 as margin_percent,
    billing.invoices + spending.receipts > 0 as has_money
from bookings
inner join clients on bookings.client_id = clients.id
inner join session_packages on bookings.session_type_id = session_packages.id
cross join lateral (
    select
        count(*) as invoices,
        coalesce(sum(invoices.total_amount), 0.00) as invoiced,
        coalesce(sum(invoices.total_amount - invoices.balance_due + invoices.overpaid_amount), 0.00) as paid
    from invoices
    where invoices.booking_id = bookings.id and invoices.status not in ('DRAFT', 'VOID')
) as billing
cross join lateral (
    select
        count(*) as receipts,
        coalesce(sum(expenses.amount), 0.00) as expenses
    from expenses
    where expenses.booking_id = bookings.id
) as spending;


-- When each editing job was delivered for the first time.
create view first_deliveries as
select
    deliveries.editing_job_id,
    deliveries.changed_at as delivered_at
from editing_status_logs as deliveries
where
    deliveries.status = 'DELIVERED'
    and not exists (
        select
        from editing_status_logs as earlier
        where
            earlier.editing_job_id = deliveries.editing_job_id
            and earlier.status = 'DELIVERED'
            and earlier.id < deliveries.id
    );


-- Those that their users have not hidden. Who is shown which, the queries say: a user their own, administrators the demos.
create view photo_job_details as
select
    photo_jobs.id,
    photo_jobs.user_id,
    photo_jobs.booking_id,
    photo_jobs.prompt,
    photo_jobs.group_name,
    photo_jobs.status,
    (
        select count(*)::integer
        from photo_job_photos
        where photo_job_photos.job_id = photo_jobs.id and photo_job_photos.done_at is not null
    ) as done,
    photo_jobs.photo_count as total,
    photo_jobs.free_photos,
    photo_jobs.unit_price,
    photo_jobs.cost,
    photo_jobs.failure,
    photo_jobs.result_bytes,
    case
        when photo_jobs.status = 'COMPLETED' then '/api/v1/photo-jobs/' || photo_jobs.id || '/download'
    end as download_url,
    photo_jobs.started_at,
    photo_jobs.finished_at,
    photo_jobs.created_at,
    photo_jobs.updated_at
from photo_jobs
where photo_jobs.hidden_at is null;


create view space_booking_details as
select
    space_bookings.id,
    space_bookings.booking_number,
    space_bookings.customer_id,
    auth_users.name as customer_name,
    branches.vendor_id,
    vendor_services.branch_id,
    branches.name as branch_name,
    branches.time_zone,
    space_bookings.vendor_service_id,
    vendor_services.label,
    services.name as service_name,
    space_bookings.booking_date,
    space_bookings.last_date,
    to_char(space_bookings.start_time, 'HH24:MI') as start_time,
    to_char(space_bookings.end_time, 'HH24:MI') as end_time,
    space_bookings.starts_at,
    space_bookings.ends_at,
    space_bookings.quantity,
    space_bookings.unit_price,
    space_bookings.price_unit,
    space_bookings.duration::double precision as duration,
    space_bookings.total_price,
    space_bookings.currency,
    space_bookings.free_cancel_hours,
    space_bookings.late_refund_percent,
    vendor_services.cancellation_policy,
    space_bookings.status,
    space_bookings.payment_status,
    space_bookings.payment_method,
    space_bookings.hold_expires_at,
    space_bookings.refund_amount,
    space_bookings.needs_refund,
    space_bookings.cancelled_at,
    space_bookings.created_at,
    space_bookings.updated_at
from space_bookings
inner join vendor_services on space_bookings.vendor_service_id = vendor_services.id
inner join services on vendor_services.service_id = services.id
inner join branches on vendor_services.branch_id = branches.id
inner join auth_users on space_bookings.customer_id = auth_users.id;


create view branch_details as
select
    branches.id,
    branches.vendor_id,
    auth_users.name as vendor_name,
    branches.name,
    branches.description,
    branches.city,
    branches.address,
    branches.latitude::float8 as latitude,
    branches.longitude::float8 as longitude,
    branches.time_zone,
    branches.status,
    (
        select
            coalesce(
                json_agg(
                    json_build_object('id', facilities.id, 'name', facilities.name)
                    order by lower(facilities.name), facilities.id
                ),
                '[]'
            )
        from branch_facilities
        inner join facilities on branch_facilities.facility_id = facilities.id
        where branch_facilities.branch_id = branches.id
    ) as facilities,
    branches.created_at,
    branches.updated_at
from branches
inner join auth_users on branches.vendor_id = auth_users.id;


create view vendor_service_details as
select
    vendor_services.id,
    vendor_services.branch_id,
    branches.name as branch_name,
    vendor_services.service_id,
    services.name as service_name,
    vendor_services.label,
    vendor_services.max_capacity,
    vendor_services.price_per_unit,
    vendor_services.price_unit,
    vendor_services.min_booking_duration,
    vendor_services.max_booking_duration,
    vendor_services.cancellation_policy,
    vendor_services.free_cancel_hours,
    vendor_services.late_refund_percent,
    vendor_services.auto_accept,
    vendor_services.is_active,
    (
        select
            coalesce(
                json_agg(
                    json_build_object('id', features.id, 'name', features.name)
                    order by lower(features.name), features.id
                ),
                '[]'
            )
        from service_features
        inner join features on service_features.feature_id = features.id
        where service_features.vendor_service_id = vendor_services.id
    ) as features,
    vendor_services.created_at,
    vendor_services.updated_at
from vendor_services
inner join branches on vendor_services.branch_id = branches.id
inner join services on vendor_services.service_id = services.id;


create view availability_details as
select
    availability.id,
    availability.vendor_service_id,
    availability.date,
    to_char(availability.start_time, 'HH24:MI') as start_time,
    to_char(availability.end_time, 'HH24:MI') as end_time,
    availability.starts_at,
    availability.ends_at,
    availability.total_units,
    availability.available_units,
    availability.is_blocked
from availability;


-- Who has decided, the feed tells those whom it is for.
create view approval_request_details as
select
    approval_requests.id,
    approval_requests.kind,
    approval_requests.branch_id,
    branches.name as branch_name,
    branches.vendor_id,
    auth_users.name as vendor_name,
    approval_requests.vendor_service_id,
    vendor_services.label as vendor_service_label,
    vendor_services.max_capacity,
    approval_requests.requested_capacity,
    approval_requests.reason,
    approval_requests.status,
    approval_requests.review_note,
    approval_requests.decided_at,
    approval_requests.created_at
from approval_requests
inner join branches on approval_requests.branch_id = branches.id
inner join auth_users on branches.vendor_id = auth_users.id
left join vendor_services on approval_requests.vendor_service_id = vendor_services.id;


-- What each offering of a vendor's, or of everybody's, came to on these dates: bookings that begin on them and came about,
-- and what was paid for those that begin on them, less what went back, in the studio's currency; the hours of its units,
-- and those of them that are sold. What is blocked is not to be had, but for what was sold of it before.
create function space_figures(of_vendor_id uuid, first_date date, last_date date) returns table (
    vendor_service_id bigint,
    booking_count bigint,
    revenue numeric,
    published_hours float8,
    sold_hours float8,
    occupancy_percent float8
)
language sql stable parallel safe
begin atomic
    select
        vendor_services.id as vendor_service_id,
        sold.booking_count,
        sold.revenue,
        slots.published_hours,
        slots.sold_hours,
        round((100 * slots.sold_hours / nullif(slots.published_hours, 0))::numeric, 1)::float8 as occupancy_percent
    from vendor_services
    inner join branches on vendor_services.branch_id = branches.id
    cross join lateral (
        select
            count(*) filter (where space_bookings.status <> 'CANCELLED') as booking_count,
            coalesce(sum(paid.amount), 0.00) as revenue
        from space_bookings
        cross join lateral (
            select sum(space_payments.amount - space_payments.refunded_amount) as amount
            from space_payments
            where
                space_payments.booking_id = space_bookings.id
                and space_payments.status = 'PAID'
                and space_bookings.currency = (select studio_settings.currency from studio_settings)
        ) as paid
        where
            space_bookings.vendor_service_id = vendor_services.id
            and space_bookings.booking_date between first_date and last_date
    ) as sold
    cross join lateral (
        select
            coalesce(sum(
                slot.hours * case when slot.is_blocked then slot.total_units - slot.available_units else slot.total_units end
            ), 0)::float8 as published_hours,
            coalesce(sum(slot.hours * (slot.total_units - slot.available_units)), 0)::float8 as sold_hours
        from (
            select
                availability.is_blocked,
                availability.total_units,
                availability.available_units,
                extract(epoch from availability.ends_at - availability.starts_at) / 3600 as hours
            from availability
            where
                availability.vendor_service_id = vendor_services.id
                and availability.date between first_date and last_date
        ) as slot
    ) as slots
    where of_vendor_id is null or branches.vendor_id = of_vendor_id;
end;


create view space_payment_details as
select
    space_payments.*,
    space_bookings.booking_number
from space_payments
inner join space_bookings on space_payments.booking_id = space_bookings.id;


create view class_session_details as
select
    class_sessions.id,
    class_sessions.title,
    class_sessions.description,
    class_sessions.gym_id,
    gyms.name as gym_name,
    gyms.status as gym_status,
    gyms.time_zone,
    class_sessions.trainer_id,
    auth_users.name as trainer_name,
    class_sessions.start_time,
    class_sessions.end_time,
    class_sessions.status,
    class_sessions.capacity,
    class_sessions.capacity - class_sessions.places_taken - class_sessions.places_offered as places_left,
    class_sessions.waitlist_capacity,
    class_sessions.waiting,
    class_sessions.credit_cost,
    class_sessions.requires_parq,
    gyms.requires_induction,
    gyms.cancel_hours,
    gyms.subscriber_cancel_hours,
    round(class_sessions.rating_sum::numeric / nullif(class_sessions.rating_count, 0), 1)::float8 as rating_average,
    class_sessions.rating_count,
    class_sessions.moved_at,
    class_sessions.created_at,
    class_sessions.updated_at
from class_sessions
inner join gyms on class_sessions.gym_id = gyms.id
left join auth_users on class_sessions.trainer_id = auth_users.id;


-- Until when a place is given up for nothing: in time, or once its class was put at another time, until that starts.
create view session_booking_details as
select
    session_bookings.id,
    session_bookings.session_id,
    class_sessions.title,
    class_sessions.gym_id,
    gyms.name as gym_name,
    gyms.time_zone,
    class_sessions.trainer_id,
    session_bookings.user_id,
    auth_users.name as user_name,
    session_bookings.start_time,
    session_bookings.end_time,
    session_bookings.status,
    session_bookings.credit_cost,
    case
        when session_bookings.created_at <= class_sessions.moved_at then session_bookings.start_time
        else session_bookings.start_time - make_interval(hours => session_bookings.cancel_hours)
    end as free_cancel_until,
    exists (
        select
        from credit_transactions
        where
            credit_transactions.session_booking_id = session_bookings.id
            and credit_transactions.kind = 'REFUND'
    ) as is_refunded,
    session_bookings.is_from_waitlist,
    session_bookings.checked_in_at,
    session_bookings.cancelled_at,
    session_bookings.created_at,
    session_bookings.updated_at
from session_bookings
inner join class_sessions on session_bookings.session_id = class_sessions.id
inner join gyms on class_sessions.gym_id = gyms.id
inner join auth_users on session_bookings.user_id = auth_users.id;


-- A gym, as lists show it. Of its address each key is there, whether or not anything was said.
create view gym_details as
select
    gyms.id,
    gyms.name,
    gyms.description,
    jsonb_build_object(
        'line1', gyms.address ->> 'line1',
        'line2', gyms.address ->> 'line2',
        'city', gyms.address ->> 'city',
        'region', gyms.address ->> 'region',
        'postalCode', gyms.address ->> 'postalCode',
        'country', gyms.address ->> 'country'
    ) as address,
    gyms.amenities,
    gyms.time_zone,
    gyms.status,
    gyms.requires_induction,
    gyms.subscriber_cancel_hours,
    gyms.cancel_hours,
    (
        select
            coalesce(
                json_agg(
                    json_build_object(
                        'weekday', gym_opening_hours.weekday,
                        'opensAt', to_char(gym_opening_hours.opens_at, 'HH24:MI'),
                        'closesAt', to_char(gym_opening_hours.closes_at, 'HH24:MI')
                    )
                    order by gym_opening_hours.weekday
                ),
                '[]'
            )
        from gym_opening_hours
        where gym_opening_hours.gym_id = gyms.id
    ) as opening_hours,
    round(gyms.rating_sum::numeric / nullif(gyms.rating_count, 0), 1)::float8 as rating_average,
    gyms.rating_count,
    gyms.created_at,
    gyms.updated_at
from gyms;


-- Who gives classes at a gym, by their own id. How they are rated is told of all their gyms together. The public is shown
-- those who are on.
create view gym_trainer_details as
select
    gym_trainers.trainer_id as id,
    gym_trainers.gym_id,
    auth_users.name,
    auth_users.image,
    user_profiles.bio,
    gym_trainers.is_active,
    gym_trainers.is_active and auth_users.status = 'ACTIVE' as is_on,
    round(everywhere.rating_sum::numeric / nullif(everywhere.rating_count, 0), 1)::float8 as rating_average,
    everywhere.rating_count,
    gym_trainers.created_at,
    gym_trainers.updated_at
from gym_trainers
inner join auth_users on gym_trainers.trainer_id = auth_users.id
left join user_profiles on auth_users.id = user_profiles.user_id
cross join lateral (
    select
        sum(rated.rating_count) as rating_count,
        sum(rated.rating_sum) as rating_sum
    from gym_trainers as rated
    where rated.trainer_id = gym_trainers.trainer_id
) as everywhere;


-- What was said of a class: of who said it, the public is told the first name.
create view session_review_details as
select
    session_reviews.id,
    session_reviews.session_id,
    session_reviews.rating,
    session_reviews.comment,
    split_part(auth_users.name, ' ', 1) as author_name,
    session_reviews.created_at,
    session_reviews.updated_at
from session_reviews
inner join session_bookings on session_reviews.booking_id = session_bookings.id
inner join auth_users on session_bookings.user_id = auth_users.id;


-- Of what somebody has said of their health only the newest counts; by the one rule, at the moment it is read.
create view parq_details as
select
    parqs.id,
    parqs.user_id,
    auth_users.name as user_name,
    parqs.answers,
    parqs.clearance,
    parqs.clearance_note,
    parqs.decided_at,
    parqs.valid_until,
    has_valid_parq(parqs.user_id) and not exists (
        select
        from parqs as later
        where later.user_id = parqs.user_id and later.id > parqs.id
    ) as is_valid,
    parqs.created_at
from parqs
inner join auth_users on parqs.user_id = auth_users.id;


create view induction_details as
select
    inductions.id,
    inductions.gym_id,
    gyms.name as gym_name,
    gyms.time_zone,
    inductions.user_id,
    auth_users.name as user_name,
    inductions.trainer_id,
    trainers.name as trainer_name,
    inductions.start_time,
    inductions.end_time,
    inductions.status,
    inductions.created_at,
    inductions.updated_at
from inductions
inner join gyms on inductions.gym_id = gyms.id
inner join auth_users on inductions.user_id = auth_users.id
left join auth_users as trainers on inductions.trainer_id = trainers.id;


-- What somebody has subscribed to: without the page, which is whoever pays there's.
create view subscription_details as
select
    subscriptions.id,
    subscriptions.user_id,
    auth_users.name as user_name,
    subscriptions.plan_id,
    subscription_plans.name as plan_name,
    subscriptions.source,
    subscriptions.status,
    subscriptions.price,
    subscriptions.currency,
    subscriptions.interval,
    subscriptions.credits_per_period,
    subscriptions.current_period_start,
    subscriptions.current_period_end,
    subscriptions.ends_with_period,
    subscriptions.needs_review,
    subscriptions.stripe_subscription_id,
    subscriptions.ended_at,
    subscriptions.created_at,
    subscriptions.updated_at
from subscriptions
inner join subscription_plans on subscriptions.plan_id = subscription_plans.id
inner join auth_users on subscriptions.user_id = auth_users.id;


create view subscription_grant_details as
select
    subscription_grants.*,
    credit_transactions.id as transaction_id
from subscription_grants
inner join credit_transactions on subscription_grants.id = credit_transactions.subscription_grant_id;


create view notification_details as
select
    notifications.id,
    notifications.user_id,
    notifications.number,
    notifications.type,
    notifications.title,
    notifications.body,
    notifications.subject_type,
    notifications.subject_id,
    notifications.read_at,
    notifications.created_at
from notifications;


create view support_comment_details as
select
    support_comments.id,
    support_comments.problem_id,
    support_comments.author_id,
    auth_users.name as author_name,
    support_comments.author_id <> support_problems.user_id as is_from_team,
    support_comments.is_internal,
    support_comments.body,
    support_comments.created_at
from support_comments
inner join support_problems on support_comments.problem_id = support_problems.id
inner join auth_users on support_comments.author_id = auth_users.id;
