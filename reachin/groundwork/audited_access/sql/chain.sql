-- The chain of what was done and what was opened: committed rows are linked by hash afterwards, never by whoever writes them.
-- Each link holds the digest of its row and of the link before it; the application may have rows linked, and neither reads nor changes links.
create table reachin.link (
  number bigint primary key check (number > 0),
  kind text not null check (kind in ('change', 'opening')),
  row_id uuid not null,
  shape smallint not null,
  linked_at timestamptz not null,
  row_digest bytea not null check (octet_length(row_digest) = 32),
  digest bytea not null check (octet_length(digest) = 32),
  unique (kind, row_id)
);

-- Every committed row of a transaction before this one has its link; later ones are looked through in each round.
create table reachin.chain_position (is_it boolean primary key default true check (is_it), linked_before xid8 not null);
insert into reachin.chain_position (linked_before) values ('0');
create index opening_transaction on reachin.opening (transaction);

-- Text that can be taken apart in one way only: each part with its length in bytes before it, `-` for null.
create function reachin.framed(variadic parts text[]) returns text language sql immutable set search_path = pg_catalog, pg_temp as
  $$ select coalesce(string_agg(coalesce(octet_length(part) || ':' || part, '-'), ',' order by place), '')
     from unnest(parts) with ordinality as p (part, place) $$;

create function reachin.moment(told timestamptz) returns text language sql immutable set search_path = pg_catalog, pg_temp as
  $$ select to_char(told at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') $$;

-- Links up to `most` rows in the order of their transactions; says how many. Null when somebody else is at it.
-- A row whose transaction commits late is not seen by this round's snapshot: the position stays before it, and a later round links it.
-- After a dump was loaded, transactions are counted anew: then, and when it is told to, everything is looked through again.
create function reachin.link_committed(most int, from_the_beginning boolean) returns int language plpgsql volatile security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
declare
  horizon xid8;
  position xid8;
  found_row record;
  last_link reachin.link;
  last_transaction xid8;
  linked int := 0;
  told text;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('reachin.link', 0)) then return null; end if;
  horizon := pg_snapshot_xmin(pg_current_snapshot());
  select p.linked_before into position from reachin.chain_position p;
  if from_the_beginning or position > horizon then position := '0'; end if;
  select * into last_link from reachin.link order by number desc limit 1;
  if not found then
    last_link.number := 0;
    last_link.digest := decode(repeat('00', 32), 'hex');
  end if;
  for found_row in
    select r.* from (
      select 'change' as kind, a.id as row_id, a.transaction,
        reachin.framed('change', '1', a.id::text, reachin.moment(a.happened_at), a.event, a.subject_kind, a.subject_id::text,
          reachin.framed(variadic a.fields::text[]), a.actor_kind, a.user_id::text, a.agency_id::text, a.scope_id::text, a.role,
          a.transaction::text) as said
      from public.audited_access_auditevent a where a.transaction >= position
      union all
      select 'opening', o.nonce, o.transaction,
        reachin.framed('opening', '1', o.nonce::text, o.kind, o.subject_id::text, o.actor_kind, o.user_id::text, o.agency_id::text,
          o.scope_id::text, o.role, o.purpose, o.reason, reachin.framed(variadic o.categories),
          reachin.framed(variadic o.people::text[]), reachin.moment(o.opened_at), o.transaction::text)
      from reachin.opening o where o.transaction >= position
    ) r
    where not exists (select from reachin.link l where l.kind = r.kind and l.row_id = r.row_id)
    order by r.transaction, r.row_id limit most
  loop
    last_transaction := found_row.transaction;
    linked := linked + 1;
    last_link.number := last_link.number + 1;
    last_link.linked_at := reachin.clock();
    last_link.row_digest := sha256(convert_to(found_row.said, 'UTF8'));
    told := reachin.framed(last_link.number::text, encode(last_link.digest, 'hex'), found_row.kind, found_row.row_id::text, '1',
      reachin.moment(last_link.linked_at), encode(last_link.row_digest, 'hex'));
    last_link.digest := sha256(convert_to(told, 'UTF8'));
    insert into reachin.link (number, kind, row_id, shape, linked_at, row_digest, digest)
      values (last_link.number, found_row.kind, found_row.row_id, 1, last_link.linked_at, last_link.row_digest, last_link.digest);
  end loop;
  if linked = most then horizon := least(horizon, last_transaction); end if;
  update reachin.chain_position set linked_before = horizon where linked_before is distinct from horizon;
  return linked;
end $$;

revoke execute on function reachin.framed(text[]), reachin.moment(timestamptz), reachin.link_committed(int, boolean) from public;
grant execute on function reachin.link_committed(int, boolean) to reachin_owner, reachin_app;
