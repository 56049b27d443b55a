from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions, GuardTable

ASKED, WORDS, ENTRY = (f"information_requests_{name}" for name in ("informationrequest", "informationwords", "copyentry"))
AGENCY = "(select reachin.acting_agency())"
SIGNER = "(select reachin.signer())"
OWN = "person_id = (select reachin.opened_own())"
IS_GUARDIAN = "(select reachin.acting_kind()) = 'staff' and (select reachin.acting_role()) = 'information_guardian'"
OPEN = "(select reachin.opened('information_request', 'contact'))"
OF_OPEN = f"information_request_id = {OPEN} and {IS_GUARDIAN}"


def of_own(which: str) -> str:
    """A row that belongs to what this person asked, where the card says so."""
    return f"exists (select 1 from {ASKED} card where card.id = information_request_id and card.{OWN} and {which})"


READABLE = "(kind = 'asked' or kind = 'refusal' and card.state = 'refused' or kind = 'answer' and card.state = 'released')"
SECOND_LOOK = (
    "(is_withheld or not (is_others_words or is_childs_confidence)"
    f" or exists (select 1 from {ASKED} card where card.id = information_request_id and card.state = 'prepared' and card.prepared_by <> {SIGNER}))"
)
"""What others said and what a child told in confidence is put into a copy by the second person alone."""
ASKED_BY_ME = f"card.asked_by = {SIGNER}"
IS_RELEASED = "card.state = 'released'"
WORDS_KIND = READABLE.replace("kind", f"{WORDS}.kind")
QUESTION = """
create function reachin.may_open_information_request(subject uuid, for_purpose text) returns reachin.permitted language plpgsql stable
  security definer set search_path = pg_catalog, reachin, pg_temp as $$
declare
  card public.information_requests_informationrequest;
begin
  select * into card from public.information_requests_informationrequest where id = subject and controller_id = reachin.acting_agency();
  if not found or for_purpose <> 'information_request' or reachin.acting_kind() <> 'staff'
    or reachin.acting_role() is distinct from 'information_guardian' then
    return null;
  end if;
  if card.state in ('released', 'refused') then return (array['contact'], '{}'::uuid[])::reachin.permitted; end if;
  if card.kind = 'complaint' then return (array['contact'], array[card.person_id])::reachin.permitted; end if;
  return (array['contact', 'story', 'plan', 'health', 'adults_matters', 'safety', 'protected_address'],
    array(select p.id from public.people_person p where p.controller_id = card.controller_id and p.id = any (reachin.joined(array[card.person_id]))
      order by p.id))::reachin.permitted;
end $$;
comment on function reachin.may_open_information_request(uuid, text) is
  'A guardian of the agency that answers for it opens what a person asked, and what is held of them, until it is answered. A complaint opens no more than who it is.';
revoke execute on function reachin.may_open_information_request(uuid, text) from public;
insert into reachin.openable values ('information_request', 'reachin.may_open_information_request(uuid, text)')
"""
NO_QUESTION = """
delete from reachin.openable where kind = 'information_request'; drop function reachin.may_open_information_request(uuid, text)
"""


class Migration(migrations.Migration):
    """A person asks and reads on their own page; a guardian of the controller sees the cards, and the words of the one that is open."""

    dependencies: ClassVar = [
        ("information_requests", "0001_initial"),
        ("information_sharing", "0004_guard_decisions"),
        ("people", "0004_aliases_move"),
    ]
    operations: ClassVar = [
        GuardTable(
            ASKED,
            see=f"({OWN}) or ({IS_GUARDIAN} and controller_id = {AGENCY})",
            add=f"{OWN} and asked_by = {SIGNER} and state = 'asked'"
            f" and exists (select 1 from people_person p where p.id = person_id and p.controller_id = {ASKED}.controller_id)",
            change=f"{IS_GUARDIAN} and controller_id = {AGENCY} and id = {OPEN}",
            changeable=(
                "state",
                "acknowledged_at",
                "acknowledged_by",
                "prepared_at",
                "prepared_by",
                "reviewed_at",
                "reviewed_by",
            ),
        ),
        GuardTable(
            WORDS,
            see=f"({OF_OPEN}) or {of_own(WORDS_KIND)}",
            add=f"written_by = {SIGNER} and (({OF_OPEN} and kind <> 'asked') or ({WORDS}.kind = 'asked' and {of_own(ASKED_BY_ME)}))",
        ),
        GuardTable(
            ENTRY,
            see=f"({OF_OPEN}) or (not is_withheld and {of_own(IS_RELEASED)})",
            add=f"{OF_OPEN} and gathered_by = {SIGNER} and (is_withheld or not (is_others_words or is_childs_confidence))",
            change=f"{OF_OPEN} and {SECOND_LOOK}",
            changeable=("is_withheld", "decided_at", "decided_by"),
        ),
        GuardFunctions(QUESTION, NO_QUESTION),
    ]
