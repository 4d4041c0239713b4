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

-- An extension belongs to the whole database. Kept in "public", dropping one studio's schema never takes it away.
select current_schema() as schema \gset
select case when to_regnamespace('public') is null then current_schema() else 'public' end as extensions_schema \gset

begin;

create extension if not exists btree_gist with schema :"extensions_schema";
create extension if not exists pg_trgm with schema :"extensions_schema";

-- Operator classes are looked up by name: let the index definitions below find them wherever the extension is.
select set_config(
    'search_path',
    current_setting('search_path') || ', '
    || (select string_agg(distinct extnamespace::regnamespace::text, ', ') from pg_extension where extname in ('btree_gist', 'pg_trgm')),
    true
) as search_path \gset

\ir schema/roles.sql

set local role photolens_owner;

\ir schema/procrastinate.sql
\ir schema/platform.sql
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
