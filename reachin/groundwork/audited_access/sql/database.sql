-- One database; safe to run again. Run inside it by an administering login, with :"db" replaced by its quoted name.
revoke all on database :"db" from public;
grant connect, temporary on database :"db" to reachin_owner;
grant connect on database :"db" to reachin_app;
grant create on database :"db" to reachin_guard;
revoke create on schema public from public;
grant usage, create on schema public to reachin_owner;
grant usage on schema public to reachin_app, reachin_guard, reachin_retention;
create extension if not exists pg_trgm;
create extension if not exists unaccent;
-- Nothing is deleted by default: closing is the rule. Tables where rows may go say so in their own migration.
alter default privileges for role reachin_owner in schema public grant select, insert, update on tables to reachin_app;
alter default privileges for role reachin_owner in schema public grant usage on sequences to reachin_app;
