"""A fact that its person asked to have put right: proposed by one guardian, made by a second, and told to whoever had received it.

What stood there before is kept with the correction, marked as corrected: what was decided then was decided on that.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from reachin.access.requests_for_assistance.enums import AskedBy
from reachin.access.requests_for_assistance.models import PlanTold, RequestForAssistance, RequestPerson, SafetyTold, StoryTold, Telling
from reachin.access.requests_for_assistance.notices import WORK_SUBJECT, WORK_WORDS
from reachin.access.requests_for_assistance.questions import questions_for
from reachin.families.information_requests.actions import NoSuchMove, under_lock
from reachin.families.information_requests.enums import AskedFor, Corrected, NoticeOf, State
from reachin.families.information_requests.models import Correction, InformationRequest, PartnerNotice
from reachin.families.information_sharing.models import CircleEntry
from reachin.families.people.actions import correct_details
from reachin.families.people.models import Person, PersonDetails
from reachin.families.people.rules import PersonFacts, facts_from_answers, facts_to_answers
from reachin.groundwork.audited_access.audit import record
from reachin.groundwork.audited_access.context import Actor, handing_over
from reachin.groundwork.notices.actions import queue_message
from reachin.groundwork.notices.rules import StaffContact
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.models import Agency

from .models import Referral

TELLINGS: tuple[type[Telling], ...] = (StoryTold, PlanTold, SafetyTold)
OLDEST_AGE = 120
THE_LOOP = Actor.system("closed_loop")


class NotAFact(ValueError):
    """It is not among what can be put right, says nothing new, or cannot be read as a fact of its kind."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact that can be put right: what it is, whose row, its code, in words, and what stands there now."""

    what: Corrected
    subject_id: UUID
    code: str
    label: str
    said: str

    @property
    def key(self) -> str:
        """By what a form names it."""
        return f"{self.what}:{self.subject_id}:{self.code}"


def detail_labels() -> dict[str, str]:
    """The details of a person, in words."""
    return {"known_as": _("Name"), "born_on": _("Birthday"), "age_years": _("Age in years"), "due_on": _("Due date")}


def label_of(correction: Correction) -> str:
    """What was put right, in words: a detail, or the question that was asked. The request has to be open for the exact words."""
    if correction.what == Corrected.DETAILS:
        return detail_labels().get(correction.code, correction.code)
    card = RequestForAssistance.objects.filter(id=correction.subject_id).first()
    asked_by = AskedBy(card.asked_by) if card is not None else AskedBy.PARENT_OR_CARER
    question = questions_for(card.form_version if card is not None else 1, asked_by).get(correction.code)
    return str(question.words_to(asked_by)) if question is not None else _("What was told")


def facts_of(asked: InformationRequest) -> list[Fact]:
    """What stands about whoever asked, as far as whoever acts has it open: their details, and each answer in words."""
    return [*_details(asked), *_told(asked)]


def _details(asked: InformationRequest) -> Iterator[Fact]:
    details = PersonDetails.objects.filter(person_id=asked.person_id).first()
    if details is not None:
        for code, said in facts_to_answers(details.facts()).items():
            yield Fact(Corrected.DETAILS, asked.person_id, code, detail_labels()[code], str(said) if said is not None else "")


def _told(asked: InformationRequest) -> Iterator[Fact]:
    named = RequestPerson.objects.filter(alias__person_id=asked.person_id).select_related("request_for_assistance")
    for card in {row.request_for_assistance_id: row.request_for_assistance for row in named}.values():
        asked_by = AskedBy(card.asked_by)
        questions = questions_for(card.form_version, asked_by)
        for telling in TELLINGS:
            kept = telling.objects.filter(request_for_assistance=card).first()
            for code, said in (kept.answers() if kept is not None else {}).items():
                if isinstance(said, str) and said and code in questions and not questions[code].choices:
                    yield Fact(Corrected.TOLD, card.id, code, str(questions[code].words_to(asked_by)), said)


def propose(asked: InformationRequest, key: str, after: str, *, by: Account, now: datetime) -> Correction:
    """One guardian proposes what has to stand there. The same fact again takes the place of the earlier proposal.

    Raises PermissionDenied, NoSuchMove, NotAFact.
    """
    held = under_lock(asked, by=by)
    if held.kind != AskedFor.CORRECTION or held.state not in (State.ASKED, State.ACKNOWLEDGED):
        raise NoSuchMove("a correction is proposed before the answer is prepared")
    fact = next((one for one in facts_of(held) if one.key == key), None)
    if fact is None or fact.said == after.strip():
        raise NotAFact
    if fact.what == Corrected.DETAILS:
        _read(fact.code, after.strip())
    Correction.objects.filter(information_request=held, subject_id=fact.subject_id, code=fact.code, made_at=None).delete()
    made = Correction(
        information_request=held, what=fact.what, subject_id=fact.subject_id, code=fact.code, proposed_at=now, proposed_by=by.id
    )
    made.keep(before=fact.said, after=after.strip())
    made.save(force_insert=True)
    record("correction.proposed", subject_kind="information_request", subject_id=held.id)
    return made


def _read(code: str, said: str) -> Any:
    """A detail as its kind has it; None where nothing is said. Raises NotAFact."""
    try:
        if code == "known_as":
            return said
        if not said:
            return None
        if code == "age_years":
            age = int(said)
            if 0 <= age <= OLDEST_AGE:
                return age
            raise NotAFact
        return date.fromisoformat(said)
    except ValueError as error:
        raise NotAFact from error


def take_back(correction: Correction, *, by: Account, now: datetime) -> None:
    """Whoever proposed it takes it back. Raises PermissionDenied, NoSuchMove."""
    held = under_lock(correction.information_request, by=by)
    gone, _rows = Correction.objects.filter(id=correction.id, made_at=None, proposed_by=by.id).delete()
    if not gone or held.state not in (State.ASKED, State.ACKNOWLEDGED):
        raise NoSuchMove("it was handed on")
    record("correction.taken_back", subject_kind="information_request", subject_id=held.id)


def make(asked: InformationRequest, *, by: Account, now: datetime) -> list[Correction]:
    """Makes what was proposed, in the transaction in which the second guardian gives the answer.

    Where the fact is not what it was when it was proposed, nothing is made: raises NotAFact, and leave the transaction then.
    Raises PermissionDenied, NoSuchMove.
    """
    held = under_lock(asked, by=by)
    if held.kind != AskedFor.CORRECTION or held.state != State.RELEASED or held.reviewed_by != by.id:
        raise NoSuchMove("a correction is made with its answer")
    proposed = list(Correction.objects.filter(information_request=held, made_at=None).order_by("proposed_at", "id"))
    there = {fact.key: fact for fact in facts_of(held)}
    for one in proposed:
        fact, told = there.get(f"{one.what}:{one.subject_id}:{one.code}"), one.facts()
        if fact is None or fact.said != told["before"]:
            raise NotAFact
        if one.what == Corrected.DETAILS:
            _put_details_right(one, told, now=now)
        else:
            _put_telling_right(one, told)
        one.made_at, one.made_by = now, by.id
        one.save(update_fields=["made_at", "made_by"])
        record(
            "fact.corrected",
            subject_kind="person" if one.what == Corrected.DETAILS else "request",
            subject_id=one.subject_id,
            fields=[one.code],
        )
    return proposed


def _put_details_right(one: Correction, told: dict[str, Any], *, now: datetime) -> None:
    details = PersonDetails.objects.select_for_update().get(person_id=one.subject_id)
    before = details.facts()
    answers = facts_to_answers(before) | {one.code: None}
    if one.code in ("born_on", "age_years"):
        answers |= {"born_on": None, "age_years": None}
    facts: PersonFacts = replace(facts_from_answers({**answers, "known_as": before.known_as}), **{one.code: _read(one.code, told["after"])})
    correct_details(Person(id=one.subject_id), facts, now=now)
    if one.code == "known_as" and before.known_as:
        _rename(one.subject_id, before.known_as, facts.known_as)


def _rename(person_id: UUID, before: str, after: str) -> None:
    """On the cards on which the name stood."""
    with handing_over(THE_LOOP):
        named = RequestPerson.objects.filter(alias__person_id=person_id).values_list("request_for_assistance_id", flat=True)
        for card in RequestForAssistance.objects.select_for_update().filter(id__in=sorted(set(named))).order_by("id"):
            _rename_card(card, before, after)
            for referral in Referral.objects.select_for_update().filter(request_for_assistance=card).order_by("id"):
                _rename_card(referral, before, after)


def _rename_card(card: RequestForAssistance | Referral, before: str, after: str) -> None:
    names = [after if name == before else name for name in card.display_name.split(", ")]
    first, *more = names[-1].split(" +")
    if first == before:
        names[-1] = " +".join([after, *more])
    shown = ", ".join(names)[:80]
    if shown != card.display_name and shown:
        card.display_name = shown
        card.save(update_fields=["display_name"])


def _put_telling_right(one: Correction, told: dict[str, Any]) -> None:
    for telling in TELLINGS:
        kept = telling.objects.select_for_update().filter(request_for_assistance_id=one.subject_id).first()
        if kept is not None and kept.answers().get(one.code) == told["before"]:
            kept.keep(kept.answers() | {one.code: told["after"]})
            kept.save(force_update=True, update_fields=["sealed"])
            return
    raise NotAFact


@dataclass(frozen=True, slots=True)
class Received:
    """An agency that had received something, and as what."""

    agency: Agency
    kind: str
    subject_id: UUID


def who_received(asked: InformationRequest, requests: Collection[UUID] | None = None) -> list[Received]:
    """Which other agencies received what is known of whoever asked: with a referral, or by their circle.

    `requests`: only what went with these requests, and nobody by the circle. Ask before anything is deleted.
    """
    with handing_over(THE_LOOP):
        named = RequestPerson.objects.filter(alias__person_id=asked.person_id).values_list("request_for_assistance_id", flat=True)
        wanted = sorted(set(named) if requests is None else set(named) & set(requests))
        sent = Referral.objects.filter(request_for_assistance_id__in=wanted).select_related("receiver_agency").order_by("sent_at")
        found = [Received(one.receiver_agency, "referral", one.id) for one in sent]
        if requests is None:
            by_referral = {one.agency.id for one in found}
            shared = CircleEntry.objects.filter(person_id=asked.person_id, decision__isnull=False).exclude(agency_id__in=by_referral)
            agencies = {entry.agency_id: entry.agency for entry in shared.select_related("agency").order_by("starts_at", "id")}
            found += [Received(agency, "person", asked.person_id) for agency in agencies.values()]
    return [one for one in found if one.agency.id != asked.controller_id]


def tell_partners(
    asked: InformationRequest, received: Collection[Received], of: NoticeOf, *, by: Account, now: datetime
) -> list[PartnerNotice]:
    """Tells them that there is a correction, or that something was deleted; what it is stands in no message. Raises PermissionDenied."""
    held = under_lock(asked, by=by)
    told = []
    for one in received:
        notice = PartnerNotice(
            information_request=held, agency=one.agency, of=of, kind=one.kind, subject_id=one.subject_id, told_at=now, told_by=by.id
        )
        notice.save(force_insert=True)
        if one.agency.uses_reach_in and one.agency.email:
            to = StaffContact(one.agency.email)
            queue_message(notice.id, to=to, event=f"partner.told_{of}", subject=str(WORK_SUBJECT), words=str(WORK_WORDS), now=now)
        told.append(notice)
    if told:
        record("partners.told", subject_kind="information_request", subject_id=held.id)
    return told


def see_notice(notice: PartnerNotice, *, by: Account, now: datetime) -> PartnerNotice:
    """Somebody of the agency that was told has seen it. Twice is once."""
    held = PartnerNotice.objects.select_for_update().get(id=notice.id, agency_id=by.agency_id)
    if held.seen_at is None:
        held.seen_at, held.seen_by = now, by.id
        held.save(update_fields=["seen_at", "seen_by"])
        record("partner_notice.seen", subject_kind="partner_notice", subject_id=held.id)
    return held
