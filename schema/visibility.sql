-- Who sees which rows. Everything that is read passes through these rules: a list, its total, a search, a single row. (The
-- total of bookings and the dashboard's number of them join less and repeat their rule; so do the queries that lock a job
-- or a photo, which a function cannot. Contracts name them all, and compare totals with lists.) A viewer of null sees all
-- rows; a staff member's id, only what is theirs; 0, none. The functions are plain selects, which PostgreSQL folds into
-- the statement around them: indexes are used as a view's are.

-- The bookings that a photographer is on.
create function bookings_seen_by(viewer_id bigint) returns setof booking_details
language sql stable parallel safe
begin atomic
    select booking_details.*
    from booking_details
    where
        viewer_id is null
        or exists (
            select
            from staff_assignments
            where staff_assignments.booking_id = booking_details.id and staff_assignments.staff_id = viewer_id
        );
end;


-- The clients of those bookings. A client's money is not the photographer's business; and of bookings and sessions, only
-- those that the photographer is on are counted.
create function clients_seen_by(viewer_id bigint) returns table (
    id bigint,
    name text,
    email text,
    phone text,
    notes text,
    avatar_url text,
    total_revenue numeric,
    total_sessions integer,
    total_bookings integer,
    outstanding_balance numeric,
    financial_status financial_status,
    archived_at timestamptz,
    erased_at timestamptz,
    created_at timestamptz,
    updated_at timestamptz
)
language sql stable parallel safe
begin atomic
    select
        clients.id,
        clients.name,
        clients.email,
        clients.phone,
        clients.notes,
        clients.avatar_url,
        case when viewer_id is null then clients.total_revenue end as total_revenue,
        case
            when viewer_id is null then clients.total_sessions
            else (
                select count(*)::integer
                from bookings
                inner join staff_assignments on bookings.id = staff_assignments.booking_id
                where
                    bookings.client_id = clients.id
                    and bookings.status = 'COMPLETED'
                    and staff_assignments.staff_id = viewer_id
            )
        end as total_sessions,
        (
            select count(*)::integer
            from bookings
            where
                bookings.client_id = clients.id
                and (
                    viewer_id is null
                    or exists (
                        select
                        from staff_assignments
                        where staff_assignments.booking_id = bookings.id and staff_assignments.staff_id = viewer_id
                    )
                )
        ) as total_bookings,
        case when viewer_id is null then (
            select coalesce(sum(invoices.balance_due), 0.00)
            from invoices
            where
                invoices.client_id = clients.id
                and invoices.balance_due > 0
                and invoices.status not in ('DRAFT', 'VOID')
        ) end as outstanding_balance,
        case when viewer_id is null then (
            case
                when exists (
                    select
                    from invoices
                    where
                        invoices.client_id = clients.id
                        and invoices.balance_due > 0
                        and invoices.status not in ('DRAFT', 'VOID')
                        and invoices.due_date < (select studio_today())
                ) then 'OVERDUE'
                when clients.total_revenue > (select studio_settings.high_value_threshold from studio_settings)
                    then 'HIGH_VALUE'
                else 'GOOD_STANDING'
            end
        )::financial_status end as financial_status,
        clients.archived_at,
        clients.erased_at,
        clients.created_at,
        clients.updated_at
    from clients
    where
        viewer_id is null
        or exists (
            select
            from bookings
            inner join staff_assignments on bookings.id = staff_assignments.booking_id
            where bookings.client_id = clients.id and staff_assignments.staff_id = viewer_id
        );
end;


-- The people at those clients.
create function client_contacts_seen_by(viewer_id bigint) returns setof client_contact_details
language sql stable parallel safe
begin atomic
    select client_contact_details.*
    from client_contact_details
    where
        viewer_id is null
        or exists (
            select
            from bookings
            inner join staff_assignments on bookings.id = staff_assignments.booking_id
            where bookings.client_id = client_contact_details.client_id and staff_assignments.staff_id = viewer_id
        );
end;


-- What was agreed with those clients: without the money, and of the bookings with the number of the viewer's own.
create function work_packages_seen_by(viewer_id bigint) returns table (
    id bigint,
    client_id bigint,
    client_name text,
    name text,
    description text,
    status work_package_status,
    starts_on date,
    ends_on date,
    booking_count integer,
    invoiced_amount numeric,
    paid_amount numeric,
    created_at timestamptz,
    updated_at timestamptz
)
language sql stable parallel safe
begin atomic
    select
        work_packages.id,
        work_packages.client_id,
        clients.name as client_name,
        work_packages.name,
        work_packages.description,
        work_packages.status,
        work_packages.starts_on,
        work_packages.ends_on,
        (
            select count(*)::integer
            from bookings
            where
                bookings.work_package_id = work_packages.id
                and (
                    viewer_id is null
                    or exists (
                        select
                        from staff_assignments
                        where staff_assignments.booking_id = bookings.id and staff_assignments.staff_id = viewer_id
                    )
                )
        ) as booking_count,
        case when viewer_id is null then billing.invoiced_amount end as invoiced_amount,
        case when viewer_id is null then billing.paid_amount end as paid_amount,
        work_packages.created_at,
        work_packages.updated_at
    from work_packages
    inner join clients on work_packages.client_id = clients.id
    cross join lateral (
        select
            coalesce(sum(invoices.total_amount), 0.00) as invoiced_amount,
            coalesce(sum(invoices.total_amount - invoices.balance_due + invoices.overpaid_amount), 0.00) as paid_amount
        from invoices
        where invoices.work_package_id = work_packages.id and invoices.status not in ('DRAFT', 'VOID')
    ) as billing
    where
        viewer_id is null
        or exists (
            select
            from bookings
            inner join staff_assignments on bookings.id = staff_assignments.booking_id
            where bookings.client_id = work_packages.client_id and staff_assignments.staff_id = viewer_id
        );
end;


-- The editing jobs of a photographer's bookings; and those that were given to an editor.
create function editing_jobs_seen_by(viewer_id bigint, viewing_editor_id bigint) returns setof editing_job_details
language sql stable parallel safe
begin atomic
    select editing_job_details.*
    from editing_job_details
    where
        (
            viewer_id is null
            or exists (
                select
                from staff_assignments
                where
                    staff_assignments.booking_id = editing_job_details.booking_id
                    and staff_assignments.staff_id = viewer_id
            )
        )
        and (viewing_editor_id is null or editing_job_details.editor_id = viewing_editor_id);
end;


-- The same jobs by themselves, where a total needs nothing of what a row shows. (The function above is not made of this
-- one: a second scan of the jobs would double the work of each list.)
create function editing_jobs_shown(viewer_id bigint, viewing_editor_id bigint) returns setof editing_jobs
language sql stable parallel safe
begin atomic
    select editing_jobs.*
    from editing_jobs
    where
        (
            viewer_id is null
            or exists (
                select
                from staff_assignments
                where
                    staff_assignments.booking_id = editing_jobs.booking_id
                    and staff_assignments.staff_id = viewer_id
            )
        )
        and (viewing_editor_id is null or editing_jobs.editor_id = viewing_editor_id);
end;


-- The photos that were chosen of a photographer's bookings; and of those whose job was given to an editor.
create function photo_selections_seen_by(viewer_id bigint, viewing_editor_id bigint) returns setof photo_selections
language sql stable parallel safe
begin atomic
    select photo_selections.*
    from photo_selections
    where
        (
            viewer_id is null
            or exists (
                select
                from staff_assignments
                where
                    staff_assignments.booking_id = photo_selections.booking_id
                    and staff_assignments.staff_id = viewer_id
            )
        )
        and (
            viewing_editor_id is null
            or exists (
                select
                from editing_jobs
                where
                    editing_jobs.booking_id = photo_selections.booking_id
                    and editing_jobs.editor_id = viewing_editor_id
            )
        );
end;


-- Deeds done to these kinds of subjects: of bookings, and of clients with their contacts and work packages, to the
-- viewer's; of editing jobs, to those that the two are shown, where an editor is shown their own.
create function activities_seen_by(subject_types text [], viewer_id bigint, viewing_editor_id bigint)
returns setof activities
language sql stable parallel safe
begin atomic
    select activities.*
    from activities
    where
        activities.subject_type = any(subject_types)
        and case
            when activities.subject_type = 'BOOKING' then
                viewer_id is null
                or exists (
                    select
                    from staff_assignments
                    where
                        staff_assignments.booking_id = activities.subject_id
                        and staff_assignments.staff_id = viewer_id
                )
            when activities.subject_type in ('CLIENT', 'CONTACT', 'WORK_PACKAGE') then
                viewer_id is null
                or exists (
                    select
                    from bookings
                    inner join staff_assignments on bookings.id = staff_assignments.booking_id
                    where bookings.client_id = activities.client_id and staff_assignments.staff_id = viewer_id
                )
            when activities.subject_type = 'EDITING_JOB' then
                case
                    when viewing_editor_id is not null then exists (
                        select
                        from editing_jobs
                        where editing_jobs.id = activities.subject_id and editing_jobs.editor_id = viewing_editor_id
                    )
                    else
                        viewer_id is null
                        or exists (
                            select
                            from editing_jobs
                            inner join staff_assignments on editing_jobs.booking_id = staff_assignments.booking_id
                            where editing_jobs.id = activities.subject_id and staff_assignments.staff_id = viewer_id
                        )
                end
            else true
        end;
end;


-- The bookings of spaces that a user has made, or that are made at branches of theirs.
create function space_bookings_seen_by(viewer_id uuid) returns setof space_booking_details
language sql stable parallel safe
begin atomic
    select space_booking_details.*
    from space_booking_details
    where
        space_bookings_seen_by.viewer_id is null
        -- Found once, each by its index: what it costs is by how many are theirs, and not by how many there are.
        or space_booking_details.id = any(
            array(
                select space_bookings.id
                from space_bookings
                where space_bookings.customer_id = space_bookings_seen_by.viewer_id
                union all
                select space_bookings.id
                from branches
                inner join vendor_services on branches.id = vendor_services.branch_id
                inner join space_bookings on vendor_services.id = space_bookings.vendor_service_id
                where branches.vendor_id = space_bookings_seen_by.viewer_id
            )
        );
end;


-- The classes at gyms that the public finds; and those that the viewer gives, wherever.
create function class_sessions_seen_by(viewer_id uuid) returns setof class_session_details
language sql stable parallel safe
begin atomic
    select class_session_details.*
    from class_session_details
    where
        class_sessions_seen_by.viewer_id is null
        or class_session_details.gym_status <> 'INACTIVE'
        or class_session_details.trainer_id = class_sessions_seen_by.viewer_id;
end;


-- The places in classes that a user has booked, or that are in classes of theirs.
create function session_bookings_seen_by(viewer_id uuid) returns setof session_booking_details
language sql stable parallel safe
begin atomic
    select session_booking_details.*
    from session_booking_details
    where
        session_bookings_seen_by.viewer_id is null
        -- Found once, each by its index, as above.
        or session_booking_details.id = any(
            array(
                select session_bookings.id
                from session_bookings
                where session_bookings.user_id = session_bookings_seen_by.viewer_id
                union all
                select session_bookings.id
                from class_sessions
                inner join session_bookings on class_sessions.id = session_bookings.session_id
                where class_sessions.trainer_id = session_bookings_seen_by.viewer_id
            )
        );
end;


-- The inductions of a user: those that they have asked for, those that they give, and those that wait for a trainer at gyms
-- where they are one.
create function inductions_seen_by(viewer_id uuid) returns setof induction_details
language sql stable parallel safe
begin atomic
    select induction_details.*
    from induction_details
    where
        inductions_seen_by.viewer_id is null
        -- Found once, each by its index.
        or induction_details.id = any(
            array(
                select inductions.id
                from inductions
                where inductions.user_id = inductions_seen_by.viewer_id
                union all
                select inductions.id
                from inductions
                where inductions.trainer_id = inductions_seen_by.viewer_id
                union all
                select inductions.id
                from gym_trainers
                inner join inductions on gym_trainers.gym_id = inductions.gym_id
                where
                    gym_trainers.trainer_id = inductions_seen_by.viewer_id
                    and gym_trainers.is_active
                    and inductions.status = 'PENDING'
                    and inductions.trainer_id is null
            )
        );
end;


-- The problems that a user has reported. Notes among the team are not counted for them, and who looks after it is shown by
-- name alone.
create function support_problems_seen_by(viewer_id uuid) returns table (
    id bigint,
    number text,
    user_id uuid,
    user_name text,
    type support_type,
    priority support_priority,
    status support_status,
    title text,
    description text,
    assignee_id uuid,
    assignee_name text,
    comment_count integer,
    resolved_at timestamptz,
    closed_at timestamptz,
    created_at timestamptz,
    updated_at timestamptz
)
language sql stable parallel safe
begin atomic
    select
        support_problems.id,
        support_problems.number,
        support_problems.user_id,
        users.name as user_name,
        support_problems.type,
        support_problems.priority,
        support_problems.status,
        support_problems.title,
        support_problems.description,
        case when viewer_id is null then support_problems.assignee_id end as assignee_id,
        assignees.name as assignee_name,
        (
            select count(*)::integer
            from support_comments
            where
                support_comments.problem_id = support_problems.id
                and (viewer_id is null or not support_comments.is_internal)
        ) as comment_count,
        support_problems.resolved_at,
        support_problems.closed_at,
        support_problems.created_at,
        support_problems.updated_at
    from support_problems
    -- There always is one; joined so, a total does without.
    left join auth_users as users on support_problems.user_id = users.id
    left join auth_users as assignees on support_problems.assignee_id = assignees.id
    where viewer_id is null or support_problems.user_id = viewer_id;
end;


-- What was said of those problems, to their user and by them: no note among the team, of anybody's.
create function support_comments_seen_by(viewer_id uuid) returns setof support_comment_details
language sql stable parallel safe
begin atomic
    select support_comment_details.*
    from support_comment_details
    where
        viewer_id is null
        or (
            not support_comment_details.is_internal
            and exists (
                select
                from support_problems
                where
                    support_problems.id = support_comment_details.problem_id
                    and support_problems.user_id = viewer_id
            )
        );
end;
