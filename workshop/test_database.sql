-- Run once in the template of the test databases, as superuser: the wipe after each test, and a clock that a test can set ahead.
create schema tests;
create schema baseline;

create table tests.clock (ahead interval not null);
grant usage on schema tests to public;
grant select on tests.clock to public;
create or replace function reachin.clock() returns timestamptz language sql volatile set search_path = pg_catalog, pg_temp as
  $$ select clock_timestamp() + coalesce((select sum(ahead) from tests.clock), interval '0') $$;

-- Every table that a test could write, with the statement that puts back the rows that migrations left there.
create table tests.wiped (place int generated always as identity, emptied text not null, restored text);

do $$
declare
  found_table record;
  columns text;
  has_rows boolean;
begin
  for found_table in
    select n.nspname as place, c.relname as name, c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and (n.nspname in ('public', 'reachin') or c.oid = 'tests.clock'::regclass)
      and c.relname <> 'django_migrations'
  loop
    execute format('select exists (select 1 from %I.%I)', found_table.place, found_table.name) into has_rows;
    if has_rows then
      select string_agg(quote_ident(attname), ', ' order by attnum) into columns from pg_attribute
        where attrelid = found_table.oid and attnum > 0 and not attisdropped and attgenerated = '';
      execute format('create table baseline.%I as table %I.%I',
        found_table.place || '.' || found_table.name, found_table.place, found_table.name);
    end if;
    insert into tests.wiped (emptied, restored) values (
      format('delete from %I.%I', found_table.place, found_table.name),
      case when has_rows then format('insert into %I.%I (%s) overriding system value select %s from baseline.%I',
        found_table.place, found_table.name, columns, columns, found_table.place || '.' || found_table.name) end);
  end loop;
end $$;

-- Triggers and foreign keys sleep meanwhile: even what the product lets nobody delete goes.
create function tests.wipe() returns void language plpgsql as $$
declare
  step record;
begin
  set local session_replication_role = replica;
  for step in select * from tests.wiped order by place loop
    execute step.emptied;
    if step.restored is not null then execute step.restored; end if;
  end loop;
end $$;
