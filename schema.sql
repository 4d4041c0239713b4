-- The whole database of Photolens. On an empty database (or an empty schema of one):
--
--     psql "$DATABASE_URL" -f schema.sql
--
-- PostgreSQL 14 to 18. Everything lands in the first schema of the search_path, in one transaction; where it is
-- already there, this file says so and changes nothing. It belongs to the role photolens_owner, which this file makes, as
-- it makes the two that the server runs with (schema/roles.sql): whoever runs it is a superuser, or may create roles.

\set ON_ERROR_STOP on
\set QUIET on
set client_min_messages = warning;

select exists (
    select
    from pg_class
    where relname = 'studio_settings' and relnamespace = quote_ident(current_schema())::regnamespace
) as is_installed \gset

\if :is_installed
    \echo 'The Photolens schema is already here: nothing was changed.'
    \quit
\endif

select current_schema() as schema \gset

begin;

\ir schema/roles.sql
\ir schema/extensions.sql

set local role photolens_owner;

\ir schema/procrastinate.sql
\ir schema/platform.sql
\ir schema/studios.sql
\ir schema/identity.sql
\ir schema/notifications.sql
\ir schema/support.sql
\ir schema/credits.sql
\ir schema/studio.sql
\ir schema/billing.sql
\ir schema/photos.sql
\ir schema/spaces.sql
\ir schema/classes.sql
\ir schema/audit.sql
\ir schema/webhooks.sql
\ir schema/details.sql
\ir schema/search.sql
\ir schema/visibility.sql
\ir schema/grants.sql
\ir schema/portal.sql
\ir schema/migrations.sql

commit;

\echo 'The Photolens schema is installed.'
