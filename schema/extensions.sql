-- The extensions are the whole database's, and in a schema with nothing else in it: whoever is in one studio's schema finds
-- what they bring, and never the tables of another. Those that are there already stay where they are.

create schema if not exists extensions authorization photolens_owner;
grant usage on schema extensions to public;
create extension if not exists btree_gist with schema extensions;
create extension if not exists pg_trgm with schema extensions;

-- Operator classes are looked up by name: let the index definitions below find them.
do $$
declare
    elsewhere text;
begin
    select string_agg(format('alter extension %I set schema extensions', extname), '; ')
    into elsewhere
    from pg_extension
    where
        extname in ('btree_gist', 'pg_trgm')
        and extnamespace not in ('extensions'::regnamespace, quote_ident(current_schema())::regnamespace);
    if elsewhere is not null then
        raise exception 'Extensions are in a schema where Photolens does not look for them.' using hint = elsewhere;
    end if;
    perform set_config('search_path', quote_ident(current_schema()) || ', extensions', true);
end;
$$;
