-- From here on, changes are told of in the audit trail again.

do $$
declare
    audited record;
begin
    for audited in select tgrelid::regclass as table_name, tgname from pg_trigger where tgname like '%\_audit' loop
        execute format('alter table %s enable trigger %I', audited.table_name, audited.tgname);
    end loop;
end;
$$;
