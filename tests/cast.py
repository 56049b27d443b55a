"""The one invented cast for tests: agencies, staff, drafts, requests and referrals, made by the real actions in a few words.

Everything needs the `db` fixture. Whoever is asked for twice is the same one (agencies by slug, accounts by e-mail address), so a test
may say `hub_worker()` wherever it needs her. What a family answers is FAMILY_ANSWERS unless a test says otherwise; an answer given as
None is left out.
"""

import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client

from reachin.access.directory.enums import Need
from reachin.access.directory.models import Organisation, Service, Source
from reachin.access.referrals import actions as referrals
from reachin.access.referrals.enums import DeclineReason, ReferralOutcome, ReferralState, Shared
from reachin.access.referrals.models import Referral
from reachin.access.referrals.rules import Heard, heard_of
from reachin.access.requests_for_assistance import actions as requests
from reachin.access.requests_for_assistance import drafts, quarantine
from reachin.access.requests_for_assistance.enums import AskedBy, Channel, Outcome, Stage, Suspicion
from reachin.access.requests_for_assistance.models import DraftRequest, RequestForAssistance, RequestPerson
from reachin.families.information_sharing.enums import Informed
from reachin.families.own_accounts import actions as own_accounts
from reachin.families.own_accounts.enums import Ground
from reachin.groundwork.audited_access.context import Actor, acting, open_record
from reachin.groundwork.clock import now
from reachin.groundwork.ids import new_id
from reachin.groundwork.languages.text import TextInLanguages
from reachin.groundwork.permissions.enums import Role
from reachin.interfaces.family.who import OWN_SCOPE
from reachin.interfaces.practitioner.signing_in_visits import FRESH_AT, USED_AT
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.enums import AgencyKind
from reachin.partnership.agencies.models import Agency

PASSWORD = "heron over the harbour"
PHRASE = "blue boat at the pier"
FAMILY_ANSWERS: Mapping[str, Any] = {
    "story": "I am tired and Tam will not sleep. I would like somebody to talk with.",
    "help_with": ["feelings", "behaviour"],
    "wishes": "A quiet hour, and somebody who knows about sleep.",
    "in_danger": "no",
    "your_name": "Rowan",
    "people": [{"known_as": "Tam", "age_years": 6, "relation": "child"}],
    "contact_way": "text",
    "phone": "07700 900123",
    "may_leave_message": "yes",
    "safe_times": "School hours",
    "first_contact": "hub",
    "place": "PA34 4AA",
}
PRACTITIONER_ANSWERS: Mapping[str, Any] = {
    "story": "Skye is often late, and looks after her mum before school.",
    "help_with": ["caring", "school"],
    "people": [{"known_as": "Skye", "age_years": 13, "relation": "other"}],
    "in_danger": "no",
    "contact_way": "phone",
    "phone": "01632 960123",
    "family_knows": "agreed",
    "childs_view": "Skye says: I want help for mum, not for me.",
    "tried": "Breakfast at school, which she liked.",
    "reach_me": "01632 960100, after three",
}


# Agencies


def agency(slug: str, *, kind: AgencyKind = AgencyKind.CHARITY, **fields: Any) -> Agency:
    """The agency of that slug; made when it is not there yet."""
    return Agency.objects.get_or_create(slug=slug, defaults={"name": slug.replace("-", " ").title(), "kind": kind, **fields})[0]


def hub() -> Agency:
    return agency("family-hub", kind=AgencyKind.HUB, name="Strathlennan Family Hub")


def social_work() -> Agency:
    """Has the duty desk."""
    return agency("social-work", kind=AgencyKind.SOCIAL_WORK, has_duty_desk=True, email="duty@social-work.example")


def school() -> Agency:
    return agency("portlennan-primary", kind=AgencyKind.SCHOOL, name="Portlennan Primary")


def health() -> Agency:
    return agency("nhs-lennan", kind=AgencyKind.HEALTH, name="NHS Lennan")


def charity() -> Agency:
    return agency("harbour-families", name="Harbour Families")


def other_charity() -> Agency:
    """A charity that has nothing to do with anything."""
    return agency("hill-and-glen", name="Hill and Glen")


def charity_by_phone() -> Agency:
    """Nobody signs in there: the hub writes their answers down."""
    return agency("knitting-circle", name="Balnashee Knitting Circle", uses_reach_in=False)


def womens_aid() -> Agency:
    """Masked: never shown by name."""
    return agency("womens-aid", name="Strathlennan Women's Aid", is_masked=True)


# Staff


@cache
def _password_hash() -> str:
    return make_password(PASSWORD)


def account(role: Role, at: Agency, name: str = "") -> Account:
    """The member of staff of that name in that part; made when not there yet. Everybody's password is PASSWORD."""
    shown = name or f"{role.label} at {at.name}"
    email = f"{'.'.join(shown.casefold().replace(chr(39), '').split())}@{at.slug}.example"
    return Account.objects.get_or_create(
        email=email, defaults={"name": shown[:120], "agency": at, "role": role, "password": _password_hash(), "job_title": str(role.label)}
    )[0]


def hub_worker(name: str = "Morag Keir") -> Account:
    return account(Role.HUB_WORKER, hub(), name)


def second_hub_worker() -> Account:
    return hub_worker("Samir Aslam")


def duty_worker() -> Account:
    return account(Role.DUTY_WORKER, social_work(), "Ailsa Brock")


def teacher() -> Account:
    return account(Role.PRACTITIONER, school(), "Fraser Weir")


def desk_worker() -> Account:
    return account(Role.DESK_WORKER, school(), "Una Lamont")


def health_visitor() -> Account:
    return account(Role.PRACTITIONER, health(), "Catriona Rae")


def support_worker() -> Account:
    return account(Role.SUPPORT_WORKER, charity(), "Joan Pirie")


def stranger() -> Account:
    """A practitioner of an agency that nobody shared anything with."""
    return account(Role.SUPPORT_WORKER, other_charity(), "Neil Orr")


def everyone() -> list[Account]:
    """One account for every role, each where that role works, and one stranger."""
    elsewhere = {
        Role.HUB_WORKER: hub_worker,
        Role.DUTY_WORKER: duty_worker,
        Role.PRACTITIONER: teacher,
        Role.DESK_WORKER: desk_worker,
        Role.SUPPORT_WORKER: support_worker,
    }
    return [elsewhere[role]() if role in elsewhere else account(role, hub()) for role in Role] + [stranger()]


# Services


def service(run_by: Agency | None = None, name: str = "A friendly ear", **fields: Any) -> Service:
    """An open service that takes requests; the organisation is the agency itself (Harbour Families unless said)."""
    runs = run_by or charity()
    source = Source.objects.get_or_create(name="cast", defaults={"is_invented": True})[0]
    organisation = Organisation.objects.get_or_create(source=source, source_key=runs.slug, defaults={"name": runs.name, "agency": runs})[0]
    defaults = {
        "organisation": organisation,
        "name": name,
        "public_name": TextInLanguages.of(name),
        "sort_key": name.casefold(),
        "needs": [Need.FEELINGS, Need.BEHAVIOUR],
        "is_masked": runs.is_masked,
        **fields,
    }
    return Service.objects.get_or_create(source=source, source_key=f"{runs.slug}/{name}", defaults=defaults)[0]


# Requests


def bearer(scope: UUID, by: Account | None = None) -> Actor:
    """Who writes a request: the family that bears its id, or a member of staff who writes it (with them, or from paper)."""
    return Actor.family(scope) if by is None else Actor.staff(user=by.id, agency=by.agency_id, role=by.role, scope=scope)


def draft(
    *,
    asked_by: AskedBy = AskedBy.PARENT_OR_CARER,
    channel: Channel = Channel.ONLINE,
    by: Account | None = None,
    phrase: str = PHRASE,
    scope: UUID | None = None,
    **answers: Any,
) -> DraftRequest:
    """A draft with these answers (and no others), and the phrase to come back with where a family writes it."""
    scope = scope or new_id()
    if "people" in answers:
        answers["people"] = [{"key": str(new_id()), **person} for person in answers["people"]]
    with acting(bearer(scope, by)) as now:
        drafts.start_draft(scope, by=by, asked_by=asked_by, channel=channel, now=now)
        kept = drafts.keep_answers(scope, answers, by=by, now=now)
        if phrase and asked_by != AskedBy.PRACTITIONER:
            drafts.choose_phrase(scope, reference=kept.reference, phrase=phrase, by=by, now=now)
    return kept


def send(written: DraftRequest, *, by: Account | None = None) -> RequestForAssistance:
    """Sends a draft. An agency to hold it and a duty desk are there."""
    hub(), social_work()
    with acting(bearer(written.id, by)) as now:
        return requests.send(written.id, by=by, now=now)


def family_request(*, asked_by: AskedBy = AskedBy.PARENT_OR_CARER, phrase: str = PHRASE, **answers: Any) -> RequestForAssistance:
    """A family's own request: FAMILY_ANSWERS with these instead (None leaves one out). Complete, so it is ready for triage."""
    return send(draft(asked_by=asked_by, phrase=phrase, **_with(FAMILY_ANSWERS, answers)))


def call_list_request(**answers: Any) -> RequestForAssistance:
    """A family's request in which something is missing, so that it is on the call list. It is reachable by text all the same."""
    return family_request(story=None, **answers)


def young_persons_request(**answers: Any) -> RequestForAssistance:
    return family_request(
        asked_by=AskedBy.YOUNG_PERSON,
        **{"your_name": "Skye", "people": [{"known_as": "Skye", "age_years": 13, "relation": "self"}], **answers},
    )


def danger_request(**answers: Any) -> RequestForAssistance:
    """A family's request that tells of danger: an alert is open at the duty desk."""
    return family_request(in_danger="yes", **answers)


def quarantined_request(**answers: Any) -> RequestForAssistance:
    """A family's request that looks automatic: the hub has to check it."""
    sent = family_request(**answers)
    with acting(Actor.family(sent.id)) as now:
        quarantine.hold(sent, [Suspicion.FILLED_TRAP, Suspicion.TOO_FAST], now=now)
    return RequestForAssistance.objects.using("owner").get(id=sent.id)


def practitioner_request(by: Account | None = None, **answers: Any) -> RequestForAssistance:
    """The teacher's complete request, ready for triage."""
    who = by or teacher()
    written = draft(asked_by=AskedBy.PRACTITIONER, channel=Channel.AGENCY, by=who, **_with(PRACTITIONER_ANSWERS, answers))
    return send(written, by=who)


def returned_request(by: Account | None = None, **answers: Any) -> RequestForAssistance:
    """The teacher's request without a way to be in touch: back with the teacher at once."""
    return practitioner_request(by, contact_way=None, phone=None, **answers)


def keyed_request(
    by: Account | None = None, channel: Channel = Channel.PAPER, phrase: str = PHRASE, **answers: Any
) -> RequestForAssistance:
    """A family's request that was keyed in from paper by the school's desk, which keeps no hold of it."""
    who, scope = by or desk_worker(), new_id()
    hub(), social_work()
    with acting(who.actor()) as now:
        given = _with(FAMILY_ANSWERS, answers)
        requests.key_in(scope, given, by=who, asked_by=AskedBy.PARENT_OR_CARER, channel=channel, phrase=phrase, now=now)
    with acting(Actor.family(scope), read_only=True):
        return RequestForAssistance.objects.get(id=scope)


def discussed_request(**answers: Any) -> RequestForAssistance:
    """A family's request that the hub is talking over."""
    return decide(family_request(**answers), Stage.IN_DISCUSSION)


def closed_request(**answers: Any) -> RequestForAssistance:
    return decide(family_request(**answers), Stage.CLOSED, outcome=Outcome.ADVICE_GIVEN)


def decide(
    request_for_assistance: RequestForAssistance,
    to: Stage,
    *,
    by: Account | None = None,
    reason: str = "We talked it over.",
    outcome: Outcome | None = None,
) -> RequestForAssistance:
    """A hub worker's decision."""
    who = by or hub_worker()
    with opened(who, request_for_assistance) as now:
        return requests.decide(request_for_assistance, to, by=who, reason=reason, outcome=outcome, now=now)


def _with(usual: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    return {code: answer for code, answer in {**usual, **said}.items() if answer is not None}


# Looking


@contextmanager
def opened(
    who: Account, request_for_assistance: RequestForAssistance | UUID, *, purpose: str = "front_door", read_only: bool = False
) -> Iterator[datetime]:
    """Inside, this member of staff acts with the request open; gives the moment. Fails the test when they may not open it."""
    subject = request_for_assistance if isinstance(request_for_assistance, UUID) else request_for_assistance.id
    with _opened(who.actor(), "request", subject, purpose, read_only) as now:
        yield now


@contextmanager
def opened_referral(who: Account, referral: Referral, *, purpose: str = "support", read_only: bool = False) -> Iterator[datetime]:
    """Inside, this member of staff acts with the referral open."""
    with _opened(who.actor(), "referral", referral.id, purpose, read_only) as now:
        yield now


@contextmanager
def opened_person(who: Account, person_id: UUID, *, purpose: str = "support", read_only: bool = False) -> Iterator[datetime]:
    """Inside, this member of staff acts with somebody's record open."""
    with _opened(who.actor(), "person", person_id, purpose, read_only) as now:
        yield now


@contextmanager
def as_family(
    request_for_assistance: RequestForAssistance | UUID, *, purpose: str = "own_request", read_only: bool = False
) -> Iterator[datetime]:
    """Inside, the family acts with their own request open."""
    subject = request_for_assistance if isinstance(request_for_assistance, UUID) else request_for_assistance.id
    with _opened(Actor.family(subject), "request", subject, purpose, read_only) as now:
        yield now


@contextmanager
def _opened(actor: Actor, kind: str, subject: UUID, purpose: str, read_only: bool) -> Iterator[datetime]:
    opening = open_record(actor, kind, subject, purpose=purpose)
    assert opening is not None, f"{actor.kind} {actor.role} may not open this {kind}"
    with acting(actor, opening=opening, read_only=read_only) as now:
        yield now


USUAL_PURPOSES = {"referral": "support", "person": "support"}


def may_open(who: Account | Actor, kind: str, subject: UUID, *, purpose: str = "") -> bool:
    """Whether they may open it, usually to help with a referral and at the front door with a request; it leaves a trace as always."""
    purpose = purpose or USUAL_PURPOSES.get(kind, "front_door")
    actor = who.actor() if isinstance(who, Account) else who
    return open_record(actor, kind, subject, purpose=purpose) is not None


# Referrals


def all_agree(request_for_assistance: RequestForAssistance) -> dict[UUID, Heard]:
    """As if a worker had asked everybody of the request, and all agreed."""
    rows = RequestPerson.objects.using("owner").filter(request_for_assistance=request_for_assistance)
    return dict.fromkeys(rows.values_list("alias_id", flat=True), heard_of(Informed.AGREED, "Yes, they may know."))


def sent_referral(
    request_for_assistance: RequestForAssistance | None = None,
    *,
    to: Service | None = None,
    receiver: Agency | None = None,
    by: Account | None = None,
    shares: Collection[Shared] = (Shared.STORY, Shared.CONTACT),
    people: Collection[UUID] = (),
    words: str = "",
    heard: Mapping[UUID, Heard] | None = None,
) -> Referral:
    """A referral of the request (a new one unless given) to the service (Harbour Families' unless given) by a hub worker.

    Unless `heard` says otherwise, everybody agrees who had to be asked.
    """
    held, who, asked = request_for_assistance or family_request(), by or hub_worker(), to or service(receiver)
    takes = receiver or asked.organisation.agency
    assert takes is not None
    sending = referrals.Sending(
        key=new_id(),
        service=asked,
        receiver=takes,
        shares=frozenset(shares),
        people=frozenset(people),
        words=words,
        heard=all_agree(held) if heard is None else heard,
    )
    with opened(who, held) as now:
        return referrals.send(held, [sending], by=who, now=now)[0]


def answered(
    referral: Referral,
    *states: ReferralState,
    by: Account | None = None,
    words: str = "",
    decline_reason: DeclineReason = DeclineReason.FULL,
    outcome: ReferralOutcome = ReferralOutcome.AS_HOPED,
) -> Referral:
    """The receiver (Joan at Harbour Families unless said) makes these moves one after the other."""
    who = by or support_worker()
    for state in states:
        with opened_referral(who, referral) as now:
            referral = referrals.answer(
                referral,
                state,
                by=who,
                now=now,
                words=words,
                decline_reason=decline_reason if state == ReferralState.DECLINED else None,
                outcome=outcome if state == ReferralState.COMPLETED else None,
            )
    return referral


def accepted_referral(**told: Any) -> Referral:
    return answered(sent_referral(**told), ReferralState.ACCEPTED)


def started_referral(**told: Any) -> Referral:
    """Help has started: the family may rate it."""
    return answered(sent_referral(**told), ReferralState.ACCEPTED, ReferralState.IN_PROGRESS)


def declined_referral(**told: Any) -> Referral:
    return answered(sent_referral(**told), ReferralState.DECLINED)


def completed_referral(**told: Any) -> Referral:
    return answered(sent_referral(**told), ReferralState.ACCEPTED, ReferralState.IN_PROGRESS, ReferralState.COMPLETED)


# Pages of one's own


def own_account(
    request_for_assistance: RequestForAssistance,
    person_id: UUID,
    ground: Ground = Ground.GROWN_UP,
    *,
    why: str = "",
    phrase: str = PHRASE,
    checked: str = "I asked whoever asked for help, alone: it is safe.",
) -> tuple[UUID, str]:
    """A page of their own for somebody of this request: offered by Morag, begun, and made sure of by Samir; its id and its code."""
    offers, makes_sure = hub_worker(), second_hub_worker()
    with opened(offers, request_for_assistance) as now:
        account, _token = own_accounts.invite(person_id, by=offers, ground=ground, why=why, phrase="two red mugs", checked=checked, now=now)
    with acting(Actor.family(account.id)) as now:
        code = own_accounts.begin(account.id, phrase=phrase, now=now)
    with opened(makes_sure, request_for_assistance) as now:
        own_accounts.confirm(account.id, by=makes_sure, now=now)
    return account.id, code


# Browsers


def signed_in(who: Account) -> Client:
    """A browser in which this member of staff has just signed in."""
    client = Client()
    client.force_login(who, backend="reachin.partnership.accounts.backend.StaffBackend")
    session = client.session
    session[FRESH_AT], session[USED_AT] = now().timestamp(), time.time()
    session.save()
    return client


def came_in(request_for_assistance: RequestForAssistance | DraftRequest | UUID) -> Client:
    """A browser in which the family is where their own draft or request is."""
    client = Client()
    session = client.session
    session[OWN_SCOPE] = str(request_for_assistance if isinstance(request_for_assistance, UUID) else request_for_assistance.id)
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
    return client


def moment(year: int, month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    """An aware moment (UTC)."""
    return datetime(year, month, day, hour, minute, tzinfo=UTC)
