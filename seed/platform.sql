-- The studio's settings, and the calendar by which everything in the demo is dated.

-- Only a studio that has not chosen anything yet moves to New York, and works late on Saturdays.
with moved as (
    update studio_settings
    set
        time_zone = 'America/New_York',
        invoice_footer = 'Please pay to Hudson Community Bank, account ending in 4471, naming the invoice. Thank you.',
        company_name = 'Lumen Hall Photography',
        company_address = '214 Mercer Street, New York, NY 10012',
        company_email = 'studio@lumenhall.example',
        logo_url = 'https://images.example/lumenhall.svg',
        reminders_enabled = true,
        updated_at = now()
    where
        (currency, time_zone, invoice_prefix, default_due_days) = ('USD', 'UTC', 'INV-', 14)
        and company_name is null
        and not reminders_enabled
    returning id
)

update working_hours
set
    opens_at = '08:00',
    closes_at = '21:00'
from moved
where working_hours.weekday = 'SATURDAY' and (working_hours.opens_at, working_hours.closes_at) = ('09:00', '18:00');


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
