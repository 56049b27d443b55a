from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions, GuardTable

OWN = "(select reachin.own_scope())"
"""The draft or request that a family bears, or that a member of staff began as a draft and is sending now."""
OF_FAMILY = "(select reachin.family_scope())"
SIGNER = "(select reachin.signer())"
AGENCY = "(select reachin.acting_agency())"
USER = "(select reachin.acting_user())"
SYSTEM = "(select reachin.acting_kind()) = 'system' and (select reachin.acting_role()) = 'closed_loop'"
AT_THE_HUB = "(select reachin.acting_role() in ('hub_worker', 'duty_worker'))"
CARD = (
    f"(holder_agency_id = {AGENCY} and {AT_THE_HUB}) or (duty_agency_id = {AGENCY} and {AT_THE_HUB})"
    f" or (sender_id = {USER} and sender_agency_id = {AGENCY}) or id = {OWN} or {SYSTEM}"
)
CHANGEABLE = (
    "holder_agency_id",
    "duty_agency_id",
    "display_name",
    "people_count",
    "area_code",
    "urgency",
    "stage",
    "stage_since",
    "waiting_for",
    "version",
    "contact_due_at",
    "contact_owner_id",
    "help_started_at",
    "help_started_by",
    "closed_at",
    "closed_by",
    "outcome",
)
"""What may change on a card. Who asked, by which way, who sent and received it: never."""
REQUEST = "requests_for_assistance_requestforassistance"
OF_A_CARD = f"exists (select 1 from {REQUEST} card where card.id = request_for_assistance_id)"
AS_ITS_CARD_SAYS = (
    f"exists (select 1 from {REQUEST} card where card.id = request_for_assistance_id and card.version = number and card.stage ="
    " requests_for_assistance_requestmove.stage)"
)
QUESTION = """
create function reachin.may_open_request(subject uuid, for_purpose text) returns reachin.permitted language plpgsql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
declare
  card public.requests_for_assistance_requestforassistance;
  everybody uuid[];
  answer reachin.permitted;
  own_words constant text[] := array['contact', 'story', 'plan', 'safety', 'protected_address'];
begin
  select * into card from public.requests_for_assistance_requestforassistance where id = subject;
  if not found then return null; end if;
  select coalesce(array_agg(a.person_id), '{}') into everybody
    from public.requests_for_assistance_requestperson p join public.people_personalias a on a.id = p.alias_id
    where p.request_for_assistance_id = subject;
  if reachin.family_scope() = subject then
    if card.asked_by = 'practitioner' then return (array['own'], '{}'::uuid[])::reachin.permitted; end if;
    return (array_append(own_words, 'own'), everybody)::reachin.permitted;
  end if;
  if reachin.acting_kind() = 'staff' and card.sender_id = reachin.acting_user() and card.sender_agency_id = reachin.acting_agency()
    and not reachin.shut_out(everybody, reachin.acting_agency()) then
    return (own_words, everybody)::reachin.permitted;
  end if;
  if reachin.acting_kind() = 'staff' and reachin.acting_role() in ('hub_worker', 'duty_worker') and for_purpose <> 'own_request'
    and reachin.acting_agency() in (card.holder_agency_id, card.duty_agency_id) then
    answer := reachin.in_circle(everybody, reachin.acting_agency());
    return answer;
  end if;
  return null;
end $$;
revoke execute on function reachin.may_open_request(uuid, text) from public;
insert into reachin.openable values ('request', 'reachin.may_open_request(uuid, text)')
"""
OWN_SCOPE = """
create function reachin.own_scope() returns uuid language plpgsql stable security definer set search_path = pg_catalog, reachin, pg_temp as $$
declare
  scope uuid := reachin.acting_scope();
begin
  if scope is null or reachin.acting_kind() = 'family' then return scope; end if;
  if reachin.acting_kind() = 'staff' and exists (
      select 1 from public.requests_for_assistance_draftrequest d where d.id = scope and d.started_by_id = reachin.acting_user()) then
    return scope;
  end if;
  return null;
end $$;
comment on function reachin.own_scope() is
  'What a family bears; for staff only a draft that they began, and only until it is sent: a scope that somebody chose opens nothing.';
revoke execute on function reachin.own_scope() from public;
grant execute on function reachin.own_scope() to reachin_app
"""
TAKEN = """
create function reachin.request_is_taken(wanted uuid) returns boolean language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as $$
  select exists (select 1 from public.requests_for_assistance_draftrequest d where d.id = wanted)
    or exists (select 1 from public.requests_for_assistance_requestforassistance r where r.id = wanted) $$;
comment on function reachin.request_is_taken(uuid) is
  'Whether an id is a draft or a request of somebody: whoever begins a draft bears its id, so nobody begins one that is there.';
revoke execute on function reachin.request_is_taken(uuid) from public;
grant execute on function reachin.request_is_taken(uuid) to reachin_app
"""
SLIP = """
create function reachin.keyed_slip(keyed uuid, out reference text, out received_at timestamptz, out contact_due_at timestamptz,
    out in_danger boolean, out has_phrase boolean)
  returns setof record language sql stable security definer set search_path = pg_catalog, reachin, pg_temp as $$
  select r.reference, r.received_at, r.contact_due_at, r.urgency = 0, exists (select 1 from public.requests_for_assistance_wayin w where w.id = keyed)
    from public.requests_for_assistance_requestforassistance r
    where r.id = keyed and r.received_by = reachin.acting_user() and r.sender_id is null and r.received_at > reachin.clock() - interval '1 day' $$;
comment on function reachin.keyed_slip(uuid) is
  'What a desk hands to the family whose form it keyed in, for a day and to whoever keyed it; nothing of what becomes of the request.';
revoke execute on function reachin.keyed_slip(uuid) from public;
grant execute on function reachin.keyed_slip(uuid) to reachin_app
"""
WAY_IN = """
create function reachin.way_in(digest bytea, out id uuid, out phrase_hash text) language sql stable security definer
  set search_path = pg_catalog, reachin, pg_temp as
  $$ select w.id, w.phrase_hash from public.requests_for_assistance_wayin w where w.reference_digest = digest $$;
comment on function reachin.way_in(bytea) is 'What a typed reference leads to; only by its exact digest, and useless without the phrase.';
revoke execute on function reachin.way_in(bytea) from public;
grant execute on function reachin.way_in(bytea) to reachin_app
"""


def opened(category: str) -> str:
    return f"request_for_assistance_id = (select reachin.opened('request', '{category}'))"


def telling(table: str, category: str) -> GuardTable:
    """What was told in one category: seen while that category is open, added with the request or while it is open."""
    return GuardTable(
        f"requests_for_assistance_{table}",
        see=opened(category),
        add=f"request_for_assistance_id = {OWN} or {opened(category)}",
        change=opened(category),
        changeable=("sealed",),
    )


NOTE_IS_TO_ME = (
    f"{opened('story')} and {AT_THE_HUB}"
    f" or {opened('story')} and (kind = 'what_is_missing' and {OF_FAMILY} is null or written_by = {SIGNER})"
    f" or {opened('own')} and kind in ('question', 'answer')"
)
"""Who may read a note: the hub all of them, the sender what is missing, the family what it is asked, everybody their own."""


class Migration(migrations.Migration):
    """Cards are seen by relationship; what was told, only under a committed opening of its category."""

    dependencies: ClassVar = [("requests_for_assistance", "0001_initial"), ("information_sharing", "0002_guard"), ("notices", "0002_guard")]
    operations: ClassVar = [
        GuardFunctions(OWN_SCOPE, "drop function reachin.own_scope()"),
        GuardFunctions(TAKEN, "drop function reachin.request_is_taken(uuid)"),
        GuardTable(
            "requests_for_assistance_draftrequest",
            see=f"id = {OF_FAMILY} or started_by_id = {USER}",
            add=f"(id = {OF_FAMILY} and started_by_id is null) or (started_by_id = {USER} and not reachin.request_is_taken(id))",
            change=f"id = {OF_FAMILY} or started_by_id = {USER}",
            remove=f"id = {OF_FAMILY} or started_by_id = {USER}",
            changeable=("asked_by", "sealed", "saw_danger_at", "changed_at"),
        ),
        GuardTable("requests_for_assistance_wayin", see=f"id = {OWN}", add=f"id = {OWN}", change=f"id = {OWN}", remove=f"id = {OWN}"),
        migrations.RunSQL(
            sql="revoke update on requests_for_assistance_wayintry from reachin_app; grant delete on requests_for_assistance_wayintry to reachin_app",
            reverse_sql=migrations.RunSQL.noop,
        ),
        GuardTable(
            REQUEST,
            see=CARD,
            add=f"id = {OWN} and received_by = {SIGNER} and (sender_id is null or sender_id = {USER} and sender_agency_id = {AGENCY})",
            change=CARD,
            changeable=CHANGEABLE,
        ),
        GuardTable(
            "requests_for_assistance_requestperson",
            see=f"{opened('contact')} or {SYSTEM}",
            add=f"(request_for_assistance_id = {OWN} or {opened('contact')}) and reachin.may_point_at(alias_id)",
            change=opened("contact"),
            changeable=("relation",),
        ),
        telling("storytold", "story"),
        telling("plantold", "plan"),
        telling("safetytold", "safety"),
        telling("placetold", "protected_address"),
        GuardTable(
            "requests_for_assistance_requestmove", see=OF_A_CARD, add=f"{AS_ITS_CARD_SAYS} and moved_by = coalesce({SIGNER}, moved_by)"
        ),
        GuardTable(
            "requests_for_assistance_requestnote",
            see=NOTE_IS_TO_ME,
            add=f"(request_for_assistance_id = {OWN} or {opened('story')}) and written_by = {SIGNER}",
            change=NOTE_IS_TO_ME,
            changeable=("answered_at", "answered_by"),
        ),
        GuardTable(
            "requests_for_assistance_contactattempt",
            see=f"{AT_THE_HUB} and {OF_A_CARD}",
            add=f"{opened('contact')} and tried_by_id = {USER}",
        ),
        GuardTable(
            "requests_for_assistance_dangeralert",
            see=f"(duty_agency_id = {AGENCY} and {AT_THE_HUB}) or {opened('safety')} or {SYSTEM}",
            add=SYSTEM,
            change=f"duty_agency_id = {AGENCY} and {AT_THE_HUB}",
            changeable=("taken_at", "taken_by_id"),
        ),
        GuardFunctions(SLIP, "drop function reachin.keyed_slip(uuid)"),
        GuardFunctions(WAY_IN, "drop function reachin.way_in(bytea)"),
        GuardFunctions(QUESTION, "delete from reachin.openable where kind = 'request'; drop function reachin.may_open_request(uuid, text)"),
    ]
