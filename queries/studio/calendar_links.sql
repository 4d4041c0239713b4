-- name: get_calendar_link(staff_id)^
-- Whether a member's calendar can be subscribed to, and since when; never by which secret.
select
    staff_id,
    created_at
from calendar_links
where staff_id = :staff_id;

-- name: get_calendar_owner(staff_id, token, roles, is_demo_welcome)^
-- Whose calendar a secret opens, by its digest: nobody's who no longer works here, has no account in force, or a role that is
-- shown no bookings; nor by a link from before everything by which one comes in was ended.
select
    staff_members.id,
    staff_members.name,
    studio_settings.company_name
from calendar_links
inner join staff_members on calendar_links.staff_id = staff_members.id
cross join studio_settings
left join auth_users on staff_members.user_id = auth_users.id
where
    calendar_links.token = :token
    and calendar_links.staff_id = :staff_id
    and staff_members.status <> 'INACTIVE'
    and staff_members.role = any(:roles::user_role [])
    and (
        auth_users.id is null
        or (
            auth_users.status = 'ACTIVE'
            and calendar_links.created_at > coalesce(auth_users.access_ended_at, '-infinity')
            and (:is_demo_welcome or not auth_users.is_demo)
        )
    );

-- name: upsert_calendar_link(staff_id, token)^
-- Give a member a calendar link, by the digest of its secret, in place of the one before. The member is locked.
insert into calendar_links (staff_id, token)
values (:staff_id, :token)
on conflict (staff_id) do update set
    token = excluded.token,
    created_at = now()
returning
    staff_id,
    created_at;

-- name: delete_calendar_link(staff_id)!
-- Revoke a member's calendar link, at once. The member is locked.
delete from calendar_links
where staff_id = :staff_id;

-- name: list_calendar_sessions(viewer_id)
-- The sessions in a member's calendar, from ninety days ago on: those they are on that are not cancelled. By the time they
-- take, the index finds them that keeps people from being in two places.
select
    seen.id,
    seen.session_type_name,
    seen.client_name,
    seen.session_date,
    seen.ends_at,
    seen.room_name,
    seen.location,
    staff_assignments.role,
    seen.notes,
    seen.status,
    seen.created_at,
    seen.updated_at
from bookings_seen_by(:viewer_id) as seen
inner join staff_assignments on seen.id = staff_assignments.booking_id
where
    staff_assignments.staff_id = :viewer_id::bigint
    and staff_assignments.occupied && tstzrange((select studio_midnight(studio_today() - 90)), null)
    and seen.status <> 'CANCELLED'
    and seen.session_date >= (select studio_midnight(studio_today() - 90))
order by seen.session_date, seen.id
limit 2000;
