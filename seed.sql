-- A demo studio, so that every screen and report has something to show: clients, a catalogue, a team, thirteen months
-- of shoots with their editing, invoices, payments and expenses; spaces that are let, and a month of classes; and a user for each role, whose passwords everybody
-- knows: not for a database that others reach. On a database that has schema.sql:
--
--     psql "$DATABASE_URL" -f seed.sql
--
-- Everything is dated relative to the day it runs, in the studio's time zone, and lands in one transaction; where the
-- demo studio is already there, this file says so and changes nothing. No row has an id written down: the files below
-- give bookings and invoices short codes (B01, B04a), kept in temporary tables, and look up the rest by natural key.

\set ON_ERROR_STOP on
\set QUIET on
\encoding UTF8

begin;

-- Of two runs at once, the second waits here and then finds what the first one made.
lock table clients in share row exclusive mode;

select exists (select from clients where lower(email) = 'amara@okafor.example') as is_seeded \gset

\if :is_seeded
    rollback;
    \echo 'The demo studio is already here: nothing was changed.'
    \quit
\endif

\ir seed/platform.sql
\ir seed/identity.sql
\ir seed/credits.sql
\ir seed/studio.sql
\ir seed/billing.sql
\ir seed/activities.sql
\ir seed/photos.sql
\ir seed/spaces.sql
\ir seed/space_bookings.sql
\ir seed/classes.sql
\ir seed/class_bookings.sql
\ir seed/support.sql

commit;

\echo 'The demo studio is in place.'
