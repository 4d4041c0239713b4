-- name: list_studios()
-- The studios that share this database with the one whose schema this is, each with the hosts that it is asked for under.
select
    name,
    schema_name,
    created_at,
    array(select host from studio_hosts where studio_hosts.studio_name = studios.name order by host) as hosts
from studios
order by name
limit 10000;

-- name: list_studio_schemas()
-- The schemas of the studios of this database, served or being made; asked in one of those, its own is all there is.
select nspname as schema_name
from pg_namespace
where nspname ~ '^studio_' and nspowner = to_regrole('photolens_owner') and current_schema() !~ '^studio_'
order by schema_name
limit 10000;

-- name: insert_studio(name)!
-- A studio by its name, from which its schema follows.
insert into studios (name)
values (:name);

-- name: insert_studio_hosts(name, hosts)!
-- Under which hosts a studio is asked for.
insert into studio_hosts (host, studio_name)
select
    host,
    :name
from unnest(:hosts::text[]) as hosts (host);

-- name: delete_studio(name)!
-- That there is a studio; its schema stays.
delete from studios
where name = :name;

-- name: create_studio_schema(name)!
-- Make the schema of a studio.
call create_studio_schema(:name);

-- name: drop_studio_schema(name)!
-- Drop the schema of a studio. Locks: every table of it.
call drop_studio_schema(:name);
