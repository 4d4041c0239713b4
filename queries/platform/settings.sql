-- name: get_settings()^
-- The studio's settings: currency, time zone, how invoices are numbered and when they fall due.
select
    currency,
    time_zone,
    invoice_prefix,
    default_due_days,
    updated_at
from studio_settings;

-- name: lock_settings()^
-- Locks: the settings' one row, alone.
select *
from studio_settings
for no key update;

-- name: update_settings(currency, time_zone, invoice_prefix, default_due_days)!
-- Replace the settings.
update studio_settings
set
    currency = :currency,
    time_zone = :time_zone,
    invoice_prefix = :invoice_prefix,
    default_due_days = :default_due_days,
    updated_at = now();

-- name: exists_time_zone(time_zone)$
-- Whether PostgreSQL knows a time zone of this IANA name.
select exists (
    select
    from pg_timezone_names
    where name = :time_zone
);
