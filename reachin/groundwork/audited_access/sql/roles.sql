-- Roles of the whole cluster; safe to run again. Run by whoever prepares databases (an administering login).
do $$ begin create role reachin_guard nologin; exception when duplicate_object then null; end $$;
do $$ begin create role reachin_retention nologin; exception when duplicate_object then null; end $$;
do $$ begin create role reachin_owner login; exception when duplicate_object then null; end $$;
do $$ begin create role reachin_app login; exception when duplicate_object then null; end $$;
do $$ begin
  if (select rolsuper from pg_roles where rolname = current_user) then
    alter role reachin_app nosuperuser nobypassrls nocreatedb nocreaterole noreplication;
    alter role reachin_owner nosuperuser nobypassrls nocreatedb nocreaterole noreplication;
    alter role reachin_guard nosuperuser nobypassrls nocreatedb nocreaterole noreplication;
    alter role reachin_retention nosuperuser nobypassrls nocreatedb nocreaterole noreplication;
  end if;
end $$;
do $$ begin
  if not pg_has_role('reachin_owner', 'reachin_guard', 'member') then grant reachin_guard to reachin_owner; end if;
  -- Nobody signs in as it: the one function that destroys belongs to it.
  if not pg_has_role('reachin_owner', 'reachin_retention', 'member') then grant reachin_retention to reachin_owner; end if;
  -- An administering login that is no superuser (managed PostgreSQL) has to be let act as the owner.
  if not pg_has_role(current_user, 'reachin_owner', 'set') or not pg_has_role(current_user, 'reachin_owner', 'usage') then
    execute format('grant reachin_owner to %I with set true, inherit true', current_user);
  end if;
end $$;
