-- name: get_booking_series(series_id)^
-- One series: its rule, and the bookings made by it.
select
    booking_series.id,
    booking_series.client_id,
    booking_series.frequency,
    booking_series.every,
    booking_series.weekdays::text [] as weekdays,
    booking_series.starts_on,
    to_char(booking_series.starts_at, 'HH24:MI') as starts_at,
    booking_series.occurrences,
    booking_series.until,
    booking_series.created_at,
    (
        select
            coalesce(
                json_agg(
                    json_build_object(
                        'bookingId', bookings.id,
                        'sessionDate', rfc3339(bookings.session_date),
                        'endsAt', rfc3339(bookings.ends_at),
                        'status', bookings.status
                    )
                    order by bookings.session_date, bookings.id
                ),
                '[]'
            )
        from bookings
        where bookings.series_id = booking_series.id
    ) as bookings
from booking_series
where booking_series.id = :series_id;

-- name: insert_booking_series(client_id, frequency, every, weekdays, starts_on, starts_at, occurrences, until)$
-- Keep the rule of bookings that recur; gives its id.
insert into booking_series (client_id, frequency, every, weekdays, starts_on, starts_at, occurrences, until)
values (
    :client_id,
    :frequency,
    :every,
    :weekdays::weekday [],
    :starts_on,
    :starts_at::time,
    :occurrences,
    :until
)
returning id;

-- name: lock_client_of_booking_series(series_id)^
-- Locks: the client whose series it is (a series never changes its client). Before its bookings: see lock_client.
select clients.id
from clients
where clients.id = (select booking_series.client_id from booking_series where booking_series.id = :series_id)
for no key update;

-- name: lock_upcoming_bookings_of_series(series_id)
-- Locks: the series' bookings that are still to come, by id, after their client.
select *
from bookings
where series_id = :series_id and session_date > now() and status in ('PENDING', 'SCHEDULED')
order by id
limit 1000
for no key update;

-- name: mark_bookings_cancelled(booking_ids)!
-- Call bookings off; the time of their people and rooms is free again. They are locked.
update bookings
set
    status = 'CANCELLED',
    updated_at = now()
where id = any(:booking_ids::bigint []);

-- name: list_booking_names(booking_ids)
-- What bookings go by in the feed. They are locked, or new.
select
    bookings.id,
    bookings.client_id,
    bookings.series_id,
    session_packages.name as session_type_name,
    clients.name as client_name
from bookings
inner join clients on bookings.client_id = clients.id
inner join session_packages on bookings.session_type_id = session_packages.id
where bookings.id = any(:booking_ids::bigint [])
order by bookings.id
limit 1000;
