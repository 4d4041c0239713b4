-- name: insert_staff_assignments(booking_id, staff_ids, roles)!
-- Put people on a booking, for the booking's time. They are locked.
insert into staff_assignments (booking_id, staff_id, role, occupied)
select
    bookings.id,
    people.staff_id,
    people.role,
    bookings.occupied
from bookings
cross join unnest(:staff_ids::bigint [], :roles::text []) with ordinality as people (staff_id, role, position)
where bookings.id = :booking_id
order by people.position;

-- name: get_staff_assignment(booking_id, staff_id, viewer_id)^
-- One person's part in a booking, if the viewer is on it too.
select
    staff_assignments.staff_id,
    staff_members.name,
    staff_members.avatar_url,
    staff_assignments.role
from staff_assignments
inner join staff_members on staff_assignments.staff_id = staff_members.id
where
    staff_assignments.booking_id = :booking_id
    and staff_assignments.staff_id = :staff_id
    and (
        :viewer_id::bigint is null
        or exists (
            select
            from staff_assignments as viewers
            where viewers.booking_id = :booking_id and viewers.staff_id = :viewer_id
        )
    );

-- name: list_booking_staff_ids(booking_id)
-- Who is on a booking, by id: the order in which people are locked.
select staff_id
from staff_assignments
where booking_id = :booking_id
order by staff_id
limit 100;

-- name: delete_staff_assignment(booking_id, staff_id)!
-- Take a person off a booking.
delete from staff_assignments
where booking_id = :booking_id and staff_id = :staff_id;

-- name: delete_upcoming_staff_assignments(staff_id)!
-- Take a person off every booking that is still to come.
delete from staff_assignments
using bookings
where
    staff_assignments.staff_id = :staff_id
    and staff_assignments.booking_id = bookings.id
    and bookings.session_date > now()
    and bookings.status in ('PENDING', 'SCHEDULED');

-- name: exists_work_of_staff_member(staff_id)$
-- Whether a person is on any booking, past or to come, or has edited a job.
select
    exists (select from staff_assignments where staff_id = :staff_id)
    or exists (select from editing_jobs where editor_id = :staff_id);

-- name: list_booking_conflicts(staff_ids, session_date, ends_at, booking_id)
-- The bookings that already take these people in this time, other than the booking itself.
select
    bookings.id as booking_id,
    staff_members.id as staff_id,
    staff_members.name as staff_name,
    bookings.session_date,
    bookings.ends_at
from staff_assignments
inner join bookings on staff_assignments.booking_id = bookings.id
inner join staff_members on staff_assignments.staff_id = staff_members.id
where
    staff_assignments.staff_id = any(:staff_ids::bigint [])
    and staff_assignments.occupied && tstzrange(:session_date, :ends_at)
    and staff_assignments.booking_id <> :booking_id
order by bookings.session_date, bookings.id, staff_members.id
limit 20;
