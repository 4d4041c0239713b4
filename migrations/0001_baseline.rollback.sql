-- Takes back 0001_baseline: everything in this schema that belongs to photolens_owner goes, with all its rows. Roles and
-- extensions stay, which are not this schema's alone.
do $$
declare
    statements text;
begin
    select string_agg(format('drop %s if exists %s cascade', kind, name), ';' order by place, name)
    into statements
    from (
        select
            1 as place,
            case pg_class.relkind when 'v' then 'view' when 'm' then 'materialized view' else 'table' end as kind,
            pg_class.oid::regclass::text as name,
            'pg_class'::regclass as catalogue,
            pg_class.oid as id
        from pg_class
        where
            pg_class.relkind in ('r', 'p', 'v', 'm')
            and pg_class.relnamespace = quote_ident(current_schema())::regnamespace
            and pg_class.relowner = 'photolens_owner'::regrole
        union all
        select
            2 as place,
            'routine' as kind,
            pg_proc.oid::regprocedure::text as name,
            'pg_proc'::regclass as catalogue,
            pg_proc.oid as id
        from pg_proc
        where
            pg_proc.pronamespace = quote_ident(current_schema())::regnamespace
            and pg_proc.proowner = 'photolens_owner'::regrole
        union all
        select
            3 as place,
            'sequence' as kind,
            pg_class.oid::regclass::text as name,
            'pg_class'::regclass as catalogue,
            pg_class.oid as id
        from pg_class
        where
            pg_class.relkind = 'S'
            and pg_class.relnamespace = quote_ident(current_schema())::regnamespace
            and pg_class.relowner = 'photolens_owner'::regrole
        union all
        select
            4 as place,
            'type' as kind,
            pg_type.oid::regtype::text as name,
            'pg_type'::regclass as catalogue,
            pg_type.oid as id
        from pg_type
        left join pg_class on pg_type.typrelid = pg_class.oid
        where
            (pg_type.typtype in ('e', 'd') or pg_type.typtype = 'c' and pg_class.relkind = 'c')
            and pg_type.typnamespace = quote_ident(current_schema())::regnamespace
            and pg_type.typowner = 'photolens_owner'::regrole
    ) as owned
    where
        not exists (
            select
            from pg_depend
            where pg_depend.classid = owned.catalogue and pg_depend.objid = owned.id and pg_depend.deptype = 'e'
        );
    if statements is not null then
        execute statements;
    end if;
end;
$$;
