-- The studio's settings, and the calendar by which everything in the demo is dated.

-- Only a studio that has not chosen anything yet moves to New York.
update studio_settings
set
    time_zone = 'America/New_York',
    updated_at = now()
where (currency, time_zone, invoice_prefix, default_due_days) = ('USD', 'UTC', 'INV-', 14);


-- Shoots count from the Monday of this week, so that weddings fall on Saturdays whichever day this runs; the opening
-- hour of today is what clients, staff and catalogue count back from. What has happened lies before today's midnight.
create temporary table demo_calendar on commit drop as
select
    studio_today() as today,
    studio_today() + 1 - extract(isodow from studio_today())::integer as monday,
    (studio_today() + time '09:40') at time zone time_zone as opening,
    time_zone,
    currency,
    invoice_prefix
from studio_settings;
