from importlib import import_module
from typing import ClassVar

from django.db import migrations

from reachin.groundwork.audited_access.guarding import GuardFunctions

before = import_module("reachin.access.requests_for_assistance.migrations.0012_protected_homes")
OPENS = "create or replace function reachin.may_open_request"
AS_BEFORE = before.QUESTION[before.QUESTION.index(OPENS) : before.QUESTION.index("create function reachin.home_of_request")]
AS_BEFORE = AS_BEFORE.rstrip().removesuffix(";")
BY_NAME = "and not reachin.shut_out(everybody, reachin.acting_agency()) then\n    return (reachin.but_for_the_home(own_words, everybody), everybody)"
SENDS = "card.sender_id = reachin.acting_user() and card.sender_agency_id = reachin.acting_agency()\n    "
BY_CIRCLE = (
    "and (reachin.in_circle(everybody, reachin.acting_agency(),\n"
    "      case for_purpose when 'own_request' then 'front_door' else for_purpose end)).categories is not null then\n"
    "    return (reachin.but_for_the_home(own_words, everybody), everybody)"
)
QUESTION = AS_BEFORE.replace(SENDS + BY_NAME, SENDS + BY_CIRCLE)
assert QUESTION != AS_BEFORE
ENTER = """
insert into information_sharing_circleentry
  (id, person_id, agency_id, account_id, role, purpose, categories, basis, starts_at, until, recorded_at, recorded_by)
select gen_random_uuid(), a.person_id, r.sender_agency_id, r.sender_id, 'service', 'front_door', array['contact', 'plan', 'safety', 'story'],
  case when g.kind in ('hub', 'council', 'social_work', 'school', 'health', 'police', 'housing') then 'public_task' else 'legitimate_interests' end,
  r.received_at, greatest(r.received_at + interval '1 year', now() + interval '90 days'), r.received_at, r.sender_id
from requests_for_assistance_requestforassistance r
  join requests_for_assistance_requestperson p on p.request_for_assistance_id = r.id
  join people_personalias a on a.id = p.alias_id
  join agencies_agency g on g.id = r.sender_agency_id
where r.sender_id is not null
"""


class Migration(migrations.Migration):
    """Whoever sends a request stands in the circle of those whom they name, by name and until a day, and reads it by that and no longer."""

    dependencies: ClassVar = [
        ("requests_for_assistance", "0017_guard_the_sending"),
        ("agencies", "0001_initial"),
    ]
    operations: ClassVar = [
        migrations.RunSQL(ENTER, migrations.RunSQL.noop),
        GuardFunctions(QUESTION, AS_BEFORE),
    ]
