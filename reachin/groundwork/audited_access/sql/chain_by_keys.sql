-- As in chain.sql, but that the rows of a round are chosen by their keys first: what was waiting is not put into words again and again.
-- Links up to `most` rows in the order of their transactions; says how many. Null when somebody else is at it.
-- A row whose transaction commits late is not seen by this round's snapshot: the position stays before it, and a later round links it.
-- After a dump was loaded, transactions are counted anew: then, and when it is told to, everything is looked through again.
create or replace function reachin.link_committed(most int, from_the_beginning boolean) returns int language plpgsql volatile security definer
  set plan_cache_mode = force_custom_plan set search_path = pg_catalog, reachin, pg_temp as $$
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
    select k.kind, k.row_id, k.transaction, case k.kind
      when 'change' then (
        select reachin.framed('change', '1', a.id::text, reachin.moment(a.happened_at), a.event, a.subject_kind, a.subject_id::text,
          reachin.framed(variadic a.fields::text[]), a.actor_kind, a.user_id::text, a.agency_id::text, a.scope_id::text, a.role,
          a.transaction::text)
        from public.audited_access_auditevent a where a.id = k.row_id)
      else (
        select reachin.framed('opening', '1', o.nonce::text, o.kind, o.subject_id::text, o.actor_kind, o.user_id::text, o.agency_id::text,
          o.scope_id::text, o.role, o.purpose, o.reason, reachin.framed(variadic o.categories),
          reachin.framed(variadic o.people::text[]), reachin.moment(o.opened_at), o.transaction::text)
        from reachin.opening o where o.nonce = k.row_id) end as said
    from (
      select r.* from (
        select 'change' as kind, a.id as row_id, a.transaction from public.audited_access_auditevent a where a.transaction >= position
        union all
        select 'opening', o.nonce, o.transaction from reachin.opening o where o.transaction >= position
      ) r
      where not exists (select from reachin.link l where l.kind = r.kind and l.row_id = r.row_id)
      order by r.transaction, r.row_id limit most
    ) k order by k.transaction, k.row_id
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
