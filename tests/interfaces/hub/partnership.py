"""A small invented partnership for the hub's pages: who works where, and requests sent by families and practitioners."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connections
from django.http import HttpResponse
from django.test import Client

from reachin.access.directory.models import Organisation, Service, Source
from reachin.access.requests_for_assistance import actions, drafts
from reachin.access.requests_for_assistance.enums import AskedBy, Channel
from reachin.access.requests_for_assistance.models import RequestForAssistance
from reachin.groundwork.audited_access.context import Actor, acting, open_record
from reachin.groundwork.ids import new_id
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.models import Agency
from reachin.partnership.places.rules import name_key
from tests import cast
from tests.groundwork.page_parts.reading_html import Page, problems_for_people

FAMILY_ANSWERS: Mapping[str, Any] = {
    "story": "Tam will not go to school any more. I am so tired.",
    "help_with": ["school", "feelings"],
    "wishes": "Somebody who comes to us.",
    "not_wanted": "No groups please.",
    "your_name": "Isla MacLeòid",
    "people": [{"known_as": "Tam", "age_years": 6, "relation": "child"}],
    "contact_way": "phone",
    "phone": "07700 900123",
    "may_leave_message": "no",
    "safe_times": "School hours",
    "cover_name": "Say the library",
    "first_contact": "school",
}
PRACTITIONER_ANSWERS: Mapping[str, Any] = {
    "story": "Ciara has been sleeping in class since August.",
    "help_with": ["school"],
    "people": [{"known_as": "Ciara", "age_years": 9, "relation": "child"}],
    "contact_way": "phone",
    "phone": "07700 900456",
    "family_knows": "agreed",
    "childs_view": "She says she is tired.",
    "tried": "Breakfast club.",
}


@dataclass(frozen=True, slots=True)
class Partnership:
    """Agencies and accounts by what they are."""

    hub: Agency
    duty: Agency
    school: Agency
    charity: Agency
    worker: Account
    colleague: Account
    duty_worker: Account
    teacher: Account
    supporter: Account


def make_partnership() -> Partnership:
    """Accounts and agencies are no part of what is tested here: they are simply there."""
    agencies, accounts = Agency.objects, Account.objects
    hub = agencies.create(slug="hub", name="Strathlennan family support hub", kind="hub")
    duty = agencies.create(
        slug="social-work", name="Strathlennan social work", kind="social_work", has_duty_desk=True, phone="01546 600000"
    )
    school = agencies.create(slug="school", name="Portlennan Primary", kind="school")
    charity = agencies.create(slug="lennan-together", name="Lennan Together", kind="charity")

    def account(name: str, agency: Agency, role: str) -> Account:
        return accounts.create(email=f"{name.split(maxsplit=1)[0].lower()}@reach-in.example", name=name, agency=agency, role=role)

    return Partnership(
        hub=hub,
        duty=duty,
        school=school,
        charity=charity,
        worker=account("Morag Innes", hub, "hub_worker"),
        colleague=account("Dougal Reid", hub, "hub_worker"),
        duty_worker=account("Shona Grant", duty, "duty_worker"),
        teacher=account("Ailsa Kerr", school, "practitioner"),
        supporter=account("Ravi Patel", charity, "support_worker"),
    )


def family_asks(asked_by: AskedBy = AskedBy.PARENT_OR_CARER, *, channel: Channel = Channel.ONLINE, **answers: Any) -> RequestForAssistance:
    """A family's request, written and sent as they would."""
    scope = new_id()
    return _sent(Actor.family(scope), scope, asked_by, channel, {**FAMILY_ANSWERS, **answers}, by=None)


def practitioner_asks(sender: Account, **answers: Any) -> RequestForAssistance:
    """A practitioner's request."""
    scope = new_id()
    actor = Actor.staff(user=sender.id, agency=sender.agency_id, role=sender.role, scope=scope)
    return _sent(actor, scope, AskedBy.PRACTITIONER, Channel.AGENCY, {**PRACTITIONER_ANSWERS, **answers}, by=sender)


def _sent(
    actor: Actor, scope: UUID, asked_by: AskedBy, channel: Channel, answers: Mapping[str, Any], *, by: Account | None
) -> RequestForAssistance:
    with acting(actor) as now:
        drafts.start_draft(scope, by=by, asked_by=asked_by, channel=channel, now=now)
        drafts.keep_answers(scope, answers, by=by, now=now)
    with acting(actor) as now:
        return actions.send(scope, by=by, now=now)


@contextmanager
def opened(account: Account, request_id: UUID) -> Iterator[datetime]:
    """As this account, with the request open."""
    opening = open_record(account.actor(), "request", request_id, purpose="front_door")
    with acting(account.actor(), opening=opening) as now:
        yield now


def card(request_id: UUID) -> RequestForAssistance:
    """The card as it is now, whoever may see it."""
    return RequestForAssistance.objects.using("owner").get(id=request_id)


def signed_in(account: Account) -> Client:
    """A browser in which this account has just signed in."""
    return cast.signed_in(account)


def make_service(name: str, *, agency: Agency | None = None, organisation: str = "", **told: Any) -> Service:
    """A service of the directory, open and taking requests; its organisation is the agency, or has none yet."""
    source, _made = Source.objects.get_or_create(name="Invented for tests")
    called = agency.name if agency else organisation or f"{name} Trust"
    whose, _made = Organisation.objects.get_or_create(
        source=source, source_key=called, defaults={"name": called, "agency": agency, "phone": "01546 600111"}
    )
    return Service.objects.create(
        organisation=whose, source=source, source_key=name, name=name, public_name={"en": name}, sort_key=name_key(name), **told
    )


MANY = """
insert into requests_for_assistance_requestforassistance
  (id, reference, form_version, asked_by, channel, holder_agency_id, display_name, people_count, area_code, urgency, stage, stage_since,
   waiting_for, version, received_at, received_by, closed_at, closed_by, outcome)
select gen_random_uuid(), 'X' || to_char(n, 'FM000000') || '-TEST', 1, 'parent_or_carer', 'online', %s,
  (array['Isla', 'Seonaidh', 'Zofia', 'Màiri', 'Calum'])[1 + n %% 5] || ' ' || (array['MacLeòid', 'Nowak', 'Reid', 'Khan'])[1 + n %% 4],
  1, 'S12000035', case when n %% 50 = 0 then 0 when n %% 10 = 0 then 1 else 2 end,
  stage.stage, now() - n * interval '17 minutes', stage.waiting_for, 1, now() - n * interval '17 minutes', gen_random_uuid(),
  case when stage.waiting_for = 'nobody' then now() end, case when stage.waiting_for = 'nobody' then gen_random_uuid() end,
  case when stage.stage = 'closed' then 'helped' else '' end
from generate_series(1, %s) n, lateral (select
  case when n %% 20 = 0 then 'to_be_contacted' when n %% 20 = 1 then 'ready_for_triage'
    when n %% 20 < 5 then 'matched' else 'closed' end stage,
  case when n %% 20 < 2 then 'hub' when n %% 20 < 5 then 'agency' else 'nobody' end waiting_for) stage
"""


def many_cards(partnership: Partnership, count: int) -> None:
    """So many requests at the hub, one in ten of them the hub's turn, made by the owner in one statement."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(MANY, [partnership.hub.id, count])
        cursor.execute("analyze requests_for_assistance_requestforassistance")


def read_page(response: HttpResponse, status: int = 200) -> str:
    """The page's HTML, after looking whether it would stand in anybody's way."""
    html = response.content.decode()
    assert response.status_code == status, html[-2000:]
    assert problems_for_people(Page(html)) == []
    return html


def words_of(html: str) -> str:
    """The words between the tags, in one line."""
    return " ".join(Page(html).all("body")[0].words.split())
