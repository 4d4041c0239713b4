-- The studios that share this database, each in a schema of its own that is like this one. Those of the schema that the server
-- is told of (DATABASE_SCHEMA) are the ones there are; in their own schemas, these tables are empty.

create table studios (
    name text not null constraint studios_pkey primary key,
    schema_name text not null generated always as ('studio_' || replace(name, '-', '_')) stored,
    created_at timestamptz not null default now(),
    constraint studios_name_plain check (name ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$' and length(name) <= 40)
);
comment on table studios is 'Beside the one whose schema this is. Of every name the schema follows, and no two have the same.';

create table studio_hosts (
    host text not null constraint studio_hosts_pkey primary key,
    studio_name text not null constraint studio_hosts_studio_fkey references studios on delete cascade,
    constraint studio_hosts_host_plain check (host ~ '^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$' and length(host) <= 253)
);
comment on column studio_hosts.host is 'Under which the studio is asked for, in small letters and without a port.';

create index studio_hosts_studio_name_idx on studio_hosts (studio_name);


-- Makes the schema of a studio, as whoever calls it, who needs to be allowed to; there, it stays as it is.
create procedure create_studio_schema(studio_name text)
language plpgsql as $$
begin
    execute format('create schema if not exists %I authorization photolens_owner', 'studio_' || replace(studio_name, '-', '_'));
end;
$$;

-- Drops the schema of a studio with everything in it.
create procedure drop_studio_schema(studio_name text)
language plpgsql as $$
begin
    execute format('drop schema if exists %I cascade', 'studio_' || replace(studio_name, '-', '_'));
end;
$$;
