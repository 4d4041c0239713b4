-- Everything that a schema is made of, as PostgreSQL keeps it: a row each of what it is, its name, and how it is defined.
-- Of the first schema of the search_path; what belongs to an extension is the extension's. Where columns stand in their
-- table is left out: a migration can only add them at the end.
with
own_schema as materialized (
    select quote_ident(current_schema())::regnamespace::oid as id
),

foreign_objects as materialized (
    select
        classid,
        objid
    from pg_depend
    where deptype = 'e'
),

relations as materialized (
    select pg_class.*
    from pg_class
    inner join own_schema on pg_class.relnamespace = own_schema.id
    where (pg_class.tableoid, pg_class.oid) not in (select classid, objid from foreign_objects)
),

routines as materialized (
    select pg_proc.*
    from pg_proc
    inner join own_schema on pg_proc.pronamespace = own_schema.id
    where (pg_proc.tableoid, pg_proc.oid) not in (select classid, objid from foreign_objects)
),

types as materialized (
    select pg_type.*
    from pg_type
    inner join own_schema on pg_type.typnamespace = own_schema.id
    where
        (pg_type.tableoid, pg_type.oid) not in (select classid, objid from foreign_objects)
        and pg_type.typelem = 0
        and (pg_type.typrelid = 0 or (select relkind from pg_class where pg_class.oid = pg_type.typrelid) = 'c')
),

-- Who was granted what; what was never granted or revoked is as it is by default.
access as (
    select
        'column' as of_kind,
        relations.relname || '.' || pg_attribute.attname as of_name,
        pg_attribute.attacl as acl
    from relations
    inner join pg_attribute on relations.oid = pg_attribute.attrelid
    where not pg_attribute.attisdropped
    union all
    select
        case relations.relkind when 'S' then 'sequence' else 'relation' end as of_kind,
        relations.relname as of_name,
        coalesce(
            relations.relacl, acldefault(case relations.relkind when 'S' then 's' else 'r' end::"char", relations.relowner)
        ) as acl
    from relations
    where relations.relkind in ('r', 'p', 'v', 'm', 'S')
    union all
    select
        'routine' as of_kind,
        routines.oid::regprocedure::text as of_name,
        coalesce(routines.proacl, acldefault('f', routines.proowner)) as acl
    from routines
    union all
    select
        'type' as of_kind,
        types.typname as of_name,
        coalesce(types.typacl, acldefault('T', types.typowner)) as acl
    from types
    union all
    select
        'schema' as of_kind,
        'the schema itself' as of_name,
        coalesce(pg_namespace.nspacl, acldefault('n', pg_namespace.nspowner)) as acl
    from pg_namespace
    inner join own_schema on pg_namespace.oid = own_schema.id
    union all
    select
        'database' as of_kind,
        'the database itself' as of_name,
        coalesce(pg_database.datacl, acldefault('d', pg_database.datdba)) as acl
    from pg_database
    where pg_database.datname = current_database()
    union all
    select
        'default' as of_kind,
        concat_ws(
            ' ', pg_default_acl.defaclrole::regrole, pg_default_acl.defaclobjtype, pg_default_acl.defaclnamespace::regnamespace
        ) as of_name,
        pg_default_acl.defaclacl as acl
    from pg_default_acl
)

select
    'extension' as kind,
    extname::text as name,
    concat_ws(' ', 'in', extnamespace::regnamespace) as definition
from pg_extension
union all
select
    'relation' as kind,
    relations.relname as name,
    concat_ws(
        ' ', relations.relkind, relations.relpersistence, 'owned by', relations.relowner::regrole,
        'with', relations.reloptions::text, 'identity', relations.relreplident,
        case when relations.relrowsecurity then 'row security' end,
        case when relations.relforcerowsecurity then 'forced' end
    ) as definition
from relations
where relations.relkind in ('r', 'p', 'v', 'm', 'S', 'c')
union all
select
    'column' as kind,
    relations.relname || '.' || pg_attribute.attname as name,
    concat_ws(
        ' ', format_type(pg_attribute.atttypid, pg_attribute.atttypmod),
        case when pg_attribute.attnotnull then 'not null' end,
        'identity ' || nullif(pg_attribute.attidentity, '')::text,
        'generated ' || nullif(pg_attribute.attgenerated, '')::text,
        'default ' || pg_get_expr(pg_attrdef.adbin, pg_attrdef.adrelid),
        'collate ' || nullif(pg_attribute.attcollation, 0)::regcollation::text,
        'storage ' || pg_attribute.attstorage::text,
        'options ' || pg_attribute.attoptions::text,
        'statistics ' || nullif(pg_attribute.attstattarget, -1)
    ) as definition
from relations
inner join pg_attribute on relations.oid = pg_attribute.attrelid
left join pg_attrdef on pg_attribute.attrelid = pg_attrdef.adrelid and pg_attribute.attnum = pg_attrdef.adnum
where pg_attribute.attnum > 0 and not pg_attribute.attisdropped and relations.relkind in ('r', 'p', 'v', 'm', 'c')
union all
select
    'view' as kind,
    relations.relname as name,
    pg_get_viewdef(relations.oid, true) as definition
from relations
where relations.relkind in ('v', 'm')
union all
select
    'sequence' as kind,
    relations.relname as name,
    concat_ws(
        ' ', pg_sequence.seqtypid::regtype, 'from', pg_sequence.seqstart, 'by', pg_sequence.seqincrement,
        pg_sequence.seqmin, 'to', pg_sequence.seqmax, 'cache', pg_sequence.seqcache,
        case when pg_sequence.seqcycle then 'cycle' end,
        (
            select pg_depend.deptype::text || ' of ' || pg_describe_object(pg_depend.refclassid, pg_depend.refobjid, pg_depend.refobjsubid)
            from pg_depend
            where pg_depend.classid = 'pg_class'::regclass and pg_depend.objid = relations.oid and pg_depend.deptype in ('a', 'i')
        )
    ) as definition
from relations
inner join pg_sequence on relations.oid = pg_sequence.seqrelid
union all
select
    'constraint' as kind,
    coalesce(relations.relname, types.typname) || '.' || pg_constraint.conname as name,
    concat_ws(
        ' ', pg_get_constraintdef(pg_constraint.oid),
        case when not pg_constraint.convalidated then 'not validated' end
    ) as definition
from pg_constraint
inner join own_schema on pg_constraint.connamespace = own_schema.id
left join relations on pg_constraint.conrelid = relations.oid
left join types on pg_constraint.contypid = types.oid
where relations.oid is not null or types.oid is not null
union all
select
    'index' as kind,
    relations.relname as name,
    concat_ws(
        ' ', pg_get_indexdef(pg_index.indexrelid),
        case when not pg_index.indisvalid then 'invalid' end,
        case when pg_index.indisclustered then 'clustered' end,
        case when pg_index.indisreplident then 'identity' end
    ) as definition
from relations
inner join pg_index on relations.oid = pg_index.indexrelid
union all
select
    'statistics' as kind,
    pg_statistic_ext.stxname as name,
    pg_get_statisticsobjdef(pg_statistic_ext.oid) as definition
from pg_statistic_ext
inner join own_schema on pg_statistic_ext.stxnamespace = own_schema.id
union all
select
    'trigger' as kind,
    relations.relname || '.' || pg_trigger.tgname as name,
    concat_ws(' ', pg_get_triggerdef(pg_trigger.oid), 'enabled', pg_trigger.tgenabled) as definition
from relations
inner join pg_trigger on relations.oid = pg_trigger.tgrelid
where not pg_trigger.tgisinternal
union all
select
    'rule' as kind,
    relations.relname || '.' || pg_rewrite.rulename as name,
    pg_get_ruledef(pg_rewrite.oid) as definition
from relations
inner join pg_rewrite on relations.oid = pg_rewrite.ev_class
where pg_rewrite.rulename <> '_RETURN'
union all
select
    'policy' as kind,
    relations.relname || '.' || pg_policy.polname as name,
    concat_ws(
        ' ', case when pg_policy.polpermissive then 'permissive' else 'restrictive' end, 'for', pg_policy.polcmd,
        'to', (select string_agg(role::regrole::text, ', ' order by role::regrole::text) from unnest(pg_policy.polroles) as role),
        'using ' || pg_get_expr(pg_policy.polqual, pg_policy.polrelid),
        'check ' || pg_get_expr(pg_policy.polwithcheck, pg_policy.polrelid)
    ) as definition
from relations
inner join pg_policy on relations.oid = pg_policy.polrelid
union all
select
    'routine' as kind,
    routines.oid::regprocedure::text as name,
    concat_ws(
        ' ', 'owned by', routines.proowner::regrole,
        case when routines.prokind in ('f', 'p') then pg_get_functiondef(routines.oid) else 'aggregate or window' end
    ) as definition
from routines
union all
select
    'type' as kind,
    types.typname as name,
    concat_ws(
        ' ', types.typtype, 'owned by', types.typowner::regrole,
        'of ' || nullif(types.typbasetype, 0)::regtype::text, case when types.typnotnull then 'not null' end,
        'default ' || types.typdefault,
        (
            select 'labels ' || string_agg(pg_enum.enumlabel, ', ' order by pg_enum.enumsortorder)
            from pg_enum
            where pg_enum.enumtypid = types.oid
        )
    ) as definition
from types
union all
select
    'comment' as kind,
    identified.type || ' ' || identified.identity as name,
    pg_description.description as definition
from pg_description
cross join lateral pg_identify_object(pg_description.classoid, pg_description.objoid, pg_description.objsubid) as identified
where
    identified.schema = quote_ident(current_schema()) or identified.identity like quote_ident(current_schema()) || '.%'
    or identified.identity like '% on ' || quote_ident(current_schema()) || '.%'
union all
select
    'grant on ' || access.of_kind as kind,
    concat_ws(
        ' ', access.of_name, 'to',
        case granted.grantee when 0 then 'public' else granted.grantee::regrole::text end
    ) as name,
    string_agg(
        granted.privilege_type || case when granted.is_grantable then ' with grant option' else '' end,
        ', ' order by granted.privilege_type
    ) as definition
from access
cross join lateral aclexplode(access.acl) as granted
group by access.of_kind, access.of_name, granted.grantee
union all
-- What the schema brings with it, such as the one row of the settings.
select
    'rows' as kind,
    relations.relname as name,
    count_rows(relations.oid)::text as definition
from relations
where relations.relkind in ('r', 'p')
order by kind, name, definition;
