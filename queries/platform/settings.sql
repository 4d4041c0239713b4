-- name: get_settings()^
-- The studio's settings, with its working hours from Monday on.
select
    currency,
    time_zone,
    invoice_prefix,
    default_due_days,
    invoice_footer,
    company_name,
    company_address,
    company_email,
    logo_url,
    reminders_enabled,
    reminder_interval_days,
    high_value_threshold,
    (
        select
            coalesce(
                json_agg(
                    json_build_object(
                        'weekday', working_hours.weekday,
                        'opensAt', to_char(working_hours.opens_at, 'HH24:MI'),
                        'closesAt', to_char(working_hours.closes_at, 'HH24:MI')
                    )
                    order by working_hours.weekday
                ),
                '[]'
            )
        from working_hours
    ) as working_hours,
    updated_at
from studio_settings;

-- name: lock_settings()^
-- Locks: the settings' one row, alone; whoever holds it may replace the working hours.
select *
from studio_settings
for no key update;

-- name: update_settings(currency, time_zone, invoice_prefix, default_due_days, invoice_footer, company_name, company_address, company_email, logo_url, reminders_enabled, reminder_interval_days, high_value_threshold)!
-- Replace the settings. They are locked.
update studio_settings
set
    currency = :currency,
    time_zone = :time_zone,
    invoice_prefix = :invoice_prefix,
    default_due_days = :default_due_days,
    invoice_footer = :invoice_footer,
    company_name = :company_name,
    company_address = :company_address,
    company_email = :company_email,
    logo_url = :logo_url,
    reminders_enabled = :reminders_enabled,
    reminder_interval_days = :reminder_interval_days,
    high_value_threshold = :high_value_threshold,
    updated_at = now();

-- name: exists_working_hours(weekdays, opening, closing)$
-- Whether the working hours are these, and no others. The settings are locked.
select not exists (
    select
    from
        unnest(:weekdays::text []::weekday [], :opening::time [], :closing::time [])
        as given (weekday, opens_at, closes_at)
    full join working_hours using (weekday, opens_at, closes_at)
    where given is null or working_hours is null
);

-- name: delete_working_hours()!
-- Close on every day of the week, to open anew. The settings are locked.
delete from working_hours;

-- name: insert_working_hours(weekdays, opening, closing)!
-- Open on these days of the week. The settings are locked.
insert into working_hours (weekday, opens_at, closes_at)
select
    given.weekday,
    given.opens_at,
    given.closes_at
from
    unnest(:weekdays::text []::weekday [], :opening::time [], :closing::time [])
    as given (weekday, opens_at, closes_at);

-- name: exists_time_zone(time_zone)$
-- Whether PostgreSQL knows a time zone of this IANA name.
select exists (
    select
    from pg_timezone_names
    where name = :time_zone
);
