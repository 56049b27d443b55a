-- The guard: functions that row policies ask. Its role owns them, nobody signs in as it, and the application cannot read its tables.
create schema reachin;

create function reachin.clock() returns timestamptz language sql volatile set search_path = pg_catalog, pg_temp as
  $$ select clock_timestamp() $$;

-- The signing key, kept as key xor ipad and key xor opad, so that sha256 alone makes a true HMAC.
create table reachin.signing_key (id int primary key, inner_pad bytea not null, outer_pad bytea not null);

-- What can be opened: each room above registers its kind with the function that answers "may they?".
create table reachin.openable (kind text primary key, question regprocedure not null);

create table reachin.opening (
  nonce uuid primary key default gen_random_uuid(),
  kind text not null references reachin.openable,
  subject_id uuid not null,
  actor_kind text not null,
  user_id uuid,
  agency_id uuid,
  scope_id uuid,
  role text not null,
  purpose text not null check (purpose <> ''),
  reason text not null default '',
  categories text[] not null,
  people uuid[] not null,
  opened_at timestamptz not null default reachin.clock(),
  expires_at timestamptz not null default reachin.clock() + interval '5 minutes',
  transaction xid8 not null default pg_current_xact_id()
);
create index opening_subject on reachin.opening (subject_id, opened_at);
create index opening_user on reachin.opening (user_id, opened_at);

-- Context: kind|user|agency|scope|role|opening|expiry|mac. Loud when missing: silence would look like "no rows".
create function reachin.context(part int) returns text language plpgsql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
declare
  said text := current_setting('reachin.context', true);
  parts text[];
  key reachin.signing_key;
  body text;
begin
  if said is null or said = '' then
    raise exception 'no context: rows about families are read inside acting()' using errcode = 'insufficient_privilege';
  end if;
  parts := string_to_array(said, '|');
  select * into key from reachin.signing_key where id = 1;
  body := array_to_string(parts[1:7], '|');
  if array_length(parts, 1) is distinct from 8
    or parts[8] is distinct from encode(sha256(key.outer_pad || sha256(key.inner_pad || convert_to(body, 'UTF8'))), 'hex')
    or parts[7]::bigint < extract(epoch from reachin.clock()) then
    raise exception 'context refused' using errcode = 'insufficient_privilege';
  end if;
  return nullif(parts[part], '');
end $$;

create function reachin.acting_kind() returns text language sql stable set search_path = pg_catalog, pg_temp as
  $$ select reachin.context(1) $$;
create function reachin.acting_user() returns uuid language sql stable set search_path = pg_catalog, pg_temp as
  $$ select reachin.context(2)::uuid $$;
create function reachin.acting_agency() returns uuid language sql stable set search_path = pg_catalog, pg_temp as
  $$ select reachin.context(3)::uuid $$;
create function reachin.acting_scope() returns uuid language sql stable set search_path = pg_catalog, pg_temp as
  $$ select reachin.context(4)::uuid $$;
create function reachin.acting_role() returns text language sql stable set search_path = pg_catalog, pg_temp as
  $$ select reachin.context(5) $$;

-- The request or draft that a family bears; null for everybody else, whatever scope their context names.
create function reachin.family_scope() returns uuid language sql stable set search_path = pg_catalog, pg_temp as
  $$ select case when reachin.context(1) = 'family' then reachin.context(4)::uuid end $$;

-- By whom something is done, as rows keep it: the account, or the request's own id for a family. Null where nobody signs.
create function reachin.signer() returns uuid language sql stable set search_path = pg_catalog, pg_temp as
  $$ select coalesce(reachin.context(2), reachin.context(4))::uuid $$;

-- The opening that this context names: only the same actor's, unexpired, and written by an earlier, committed transaction.
create function reachin.current_opening() returns reachin.opening language plpgsql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
declare
  found_opening reachin.opening;
  named uuid := reachin.context(6)::uuid;
begin
  if named is null then return null; end if;
  select o.* into found_opening from reachin.opening o
    where o.nonce = named
      and o.actor_kind = reachin.context(1)
      and o.role = coalesce(reachin.context(5), '')
      and o.user_id is not distinct from reachin.context(2)::uuid
      and o.agency_id is not distinct from reachin.context(3)::uuid
      and o.scope_id is not distinct from reachin.context(4)::uuid
      and o.expires_at > reachin.clock()
      and o.transaction is distinct from pg_current_xact_id_if_assigned();
  return found_opening;
end $$;

-- The id that is open for reading in one category of words; null when that kind or category is not open.
create function reachin.opened(of_kind text, category text) returns uuid language sql stable
  set search_path = pg_catalog, pg_temp as
  $$ select o.subject_id from reachin.current_opening() o where o.kind = of_kind and category = any (o.categories) $$;
create function reachin.opened_people(category text) returns uuid[] language sql stable
  set search_path = pg_catalog, pg_temp as
  $$ select o.people from reachin.current_opening() o where category = 'contact' and category = any (o.categories) $$;

-- What a room's question answers: which categories of the subject's own records, and the people whose names and contact are open; no row means no.
create type reachin.permitted as (categories text[], people uuid[]);

-- Writes the trace and gives its nonce; null when it may not be opened or does not exist (the two look alike).
create function reachin.open(context text, of_kind text, subject uuid, for_purpose text, because text) returns uuid
  language plpgsql volatile security definer set search_path = pg_catalog, reachin, pg_temp as $$
declare
  question regprocedure;
  permitted reachin.permitted;
  given uuid;
begin
  perform set_config('reachin.context', context, true);
  perform reachin.context(1);
  select o.question into question from reachin.openable o where o.kind = of_kind;
  if question is null then return null; end if;
  execute format('select p.categories, p.people from %s($1, $2) p', question::oid::regproc) into permitted using subject, for_purpose;
  if permitted.categories is null then return null; end if;
  insert into reachin.opening (kind, subject_id, actor_kind, user_id, agency_id, scope_id, role, purpose, reason, categories, people)
    values (of_kind, subject, reachin.context(1), reachin.context(2)::uuid, reachin.context(3)::uuid, reachin.context(4)::uuid,
            coalesce(reachin.context(5), ''), for_purpose, because, permitted.categories, coalesce(permitted.people, '{}'))
    returning nonce into given;
  return given;
end $$;

revoke all on all tables in schema reachin from public;
revoke execute on all functions in schema reachin from public;
grant usage on schema reachin to reachin_owner, reachin_app;
grant execute on all functions in schema reachin to reachin_owner, reachin_app;
alter default privileges for role reachin_guard in schema reachin revoke execute on functions from public;
