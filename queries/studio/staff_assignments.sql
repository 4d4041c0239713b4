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

-- name: exists_staff_assignment(booking_id, staff_id)$
-- Whether a person is on a booking already. The person is locked.
select exists (
    select
    from staff_assignments
    where booking_id = :booking_id and staff_id = :staff_id
);

-- name: list_booking_staff(booking_id)
-- Who is on a booking, and in which part, by id: the order in which people are locked.
select
    staff_id,
    role
from staff_assignments
where booking_id = :booking_id
order by staff_id
limit 100;

-- name: delete_other_staff_assignments(booking_id, staff_ids)!
-- Take off a booking whoever is not among these people.
delete from staff_assignments
where booking_id = :booking_id and staff_id <> all(:staff_ids::bigint []);

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
