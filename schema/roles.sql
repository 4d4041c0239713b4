-- The three roles of a database of Photolens. They belong to the whole server: where they are there already, they stay.
--
--     photolens_owner   owns every object, and alone may change the schema; sees what the server does, to tell monitoring
--     photolens_app     reads and writes rows
--     photolens_portal  reads the rows of one client, in the columns that a portal shows (schema/portal.sql)
--
-- All may log in once they are given a password. The application's may act as the portal's, never the other way round,
-- and none of the portal's policies are its own.

do $$
declare
    role_name text;
begin
    foreach role_name in array array['photolens_owner', 'photolens_app', 'photolens_portal'] loop
        if not exists (select from pg_roles where rolname = role_name) then
            execute format('create role %I login noinherit', role_name);
        end if;
    end loop;
exception
    when duplicate_object or unique_violation then
        null;  -- another database of this server is being made at the same time
end;
$$;

do $$
begin
    if not pg_has_role('photolens_app', 'photolens_portal', 'member') then
        grant photolens_portal to photolens_app;
    end if;
    if not (select rolsuper from pg_roles where rolname = current_user) and current_user <> 'photolens_owner' then
        grant photolens_owner to current_user;
    end if;
exception
    when insufficient_privilege then
        null;  -- whoever made the roles has granted them; if not, the next statement says so
end;
$$;

-- For the functions that tell monitoring of everybody's sessions, and not what they say (schema/platform.sql). Whoever may
-- not grant it leaves them to tell of the owner's own. Before PostgreSQL 16, only who inherits has what is granted.
do $$
begin
    if not pg_has_role('photolens_owner', 'pg_read_all_stats', 'usage') then
        alter role photolens_owner inherit;
        grant pg_read_all_stats to photolens_owner;
    end if;
exception
    when insufficient_privilege then
        null;
end;
$$;

-- A schema of our own comes and goes with what is in it. As into "public", every login may look into it, and sees what it was
-- granted, or nothing.
do $$
begin
    if current_schema() not in ('public', 'extensions') then
        execute format('alter schema %I owner to photolens_owner', current_schema());
        execute format('grant usage on schema %I to public', current_schema());
    end if;
end;
$$;
grant usage, create on schema :"schema" to photolens_owner;
grant usage on schema :"schema" to photolens_app, photolens_portal;
-- Before PostgreSQL 15, everybody may create tables in "public"; and temporary ones anywhere.
revoke create on schema :"schema" from public;
revoke temporary on database :"DBNAME" from public;
-- Everybody may call any function, if nothing else is said. Of ours, only who is named: here, and in portal.sql.
alter default privileges for role photolens_owner revoke execute on functions from public;
alter default privileges for role photolens_owner grant execute on functions to photolens_app;
