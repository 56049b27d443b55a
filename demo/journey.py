"""The way of one invented request, step by step, each at its own moment and made by the product's own actions, as whoever takes it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from reachin.access.matching.rules import Asked
from reachin.access.matching.suggesting import suggestions_for
from reachin.access.referrals import actions as referrals
from reachin.access.referrals.enums import DeclineReason, Helped, ReferralOutcome, ReferralState, Shared
from reachin.access.referrals.models import Referral
from reachin.access.referrals.rules import Heard, heard_of
from reachin.access.requests_for_assistance import actions as requests
from reachin.access.requests_for_assistance import drafts
from reachin.access.requests_for_assistance.enums import AskedBy, Channel, ContactOutcome, NoteKind, Outcome, Stage
from reachin.access.requests_for_assistance.models import DangerAlert, RequestForAssistance, RequestNote, RequestPerson
from reachin.families.information_sharing.enums import Informed
from reachin.families.people.homes import Home
from reachin.groundwork.audited_access.context import Actor, acting, open_record
from reachin.groundwork.ids import new_id
from reachin.groundwork.notices.enums import MessageState
from reachin.groundwork.notices.models import Message
from reachin.partnership.accounts.models import Account

from .days import Days
from .partnership import Partnership, WayBack

STORY_AND_CONTACT = frozenset({Shared.STORY, Shared.CONTACT})


class CannotOpen(RuntimeError):
    """The story lets somebody open what the guards do not let them open: the story is wrong."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Which service is asked for help (by its name in services.json), what is shared with it, and the hub's own words."""

    service: str
    words: str = ""
    shares: frozenset[Shared] = STORY_AND_CONTACT


def _heard(held: RequestForAssistance, said: Mapping[str, str]) -> dict[UUID, Heard]:
    rows = RequestPerson.objects.filter(request_for_assistance=held).select_related("alias__person__details")
    words = {row.alias_id: said.get(row.alias.person.details.facts().known_as, "") for row in rows}
    return {alias: heard_of(Informed.AGREED, one) for alias, one in words.items()}


@dataclass(frozen=True, slots=True)
class Journey:
    """One invented request. Every step names who takes it (staff by their name) and when."""

    partnership: Partnership
    days: Days
    way_back: WayBack

    @property
    def id(self) -> UUID:
        """The request's own id: always the same for an invented family, so that what was told once is known again."""
        return self.way_back.request_id

    # Writing

    def begins(
        self, at: datetime, answers: Mapping[str, Any], *, asked_by: AskedBy, channel: Channel = Channel.ONLINE, writer: str = ""
    ) -> None:
        """A family (or the practitioner named) writes their first answers; a family chooses its phrase."""
        by = self._writer(writer)
        with acting(self._bearer(by), at=at) as now:
            drafts.start_draft(self.id, by=by, asked_by=asked_by, channel=channel, now=now, reference=self.way_back.reference)
            drafts.keep_answers(self.id, self._as_kept(answers), by=by, now=now)
            if self.way_back.phrase:
                drafts.choose_phrase(self.id, reference=self.way_back.reference, phrase=self.way_back.phrase, by=by, now=now)

    def goes_on(self, at: datetime, answers: Mapping[str, Any]) -> None:
        """The family comes back, perhaps on another day, and answers more."""
        with acting(Actor.family(self.id), at=at) as now:
            drafts.keep_answers(self.id, self._as_kept(answers), by=None, now=now)

    def sends(self, at: datetime, *, writer: str = "") -> None:
        by = self._writer(writer)
        with acting(self._bearer(by), at=at) as now:
            requests.send(self.id, by=by, now=now)

    def is_completed(self, at: datetime, answers: Mapping[str, Any], *, writer: str) -> None:
        """The practitioner adds what was missing."""
        with self._open(writer, at) as (by, held, now):
            requests.complete(held, self._as_kept(answers), by=by, now=now)

    # At the hub and at the duty desk

    def is_taken_on(self, at: datetime, *, worker: str) -> None:
        """A worker says: I will be in touch."""
        with self._open(worker, at) as (by, held, now):
            requests.take_on_contact(held, by=by, now=now)

    def is_contacted(self, at: datetime, outcome: ContactOutcome, words: str, *, worker: str) -> None:
        with self._open(worker, at) as (by, held, now):
            requests.record_contact(held, by=by, outcome=outcome, words=words, now=now)

    def is_asked(self, at: datetime, question: str, *, worker: str) -> None:
        with self._open(worker, at) as (by, held, now):
            requests.ask_family(held, by=by, question=question, now=now)

    def is_told_by_hand(self, at: datetime, *, worker: str) -> None:
        """A worker tells the family what waits to be told by a person: a call, or a letter."""
        with self._open(worker, at) as (by, held, now):
            waiting = Message.objects.filter(about_id=held.id, state=MessageState.BY_HAND, is_for_staff=False)
            for message in waiting.values_list("id", flat=True):
                requests.tell_by_hand(message, by=by, now=now)

    def is_decided(self, at: datetime, to: Stage, reason: str, *, worker: str, outcome: Outcome | None = None) -> None:
        with self._open(worker, at) as (by, held, now):
            requests.decide(held, to, by=by, reason=reason, outcome=outcome, now=now)

    def is_referred(self, at: datetime, *askings: Asking, worker: str, said: Mapping[str, str] | None = None) -> list[Referral]:
        """Help is asked for from one or several services, with the reasons that matching gave for them.

        `said`: what those said who were asked whether they agree, by what they are called. All do.
        """
        with self._open(worker, at) as (by, held, now):
            reasons, heard = self._reasons(held), _heard(held, said or {})
            sendings = []
            for asking in askings:
                service = self.partnership.service(asking.service)
                sendings.append(
                    referrals.Sending(
                        key=new_id(),
                        service=service,
                        receiver=referrals.agency_for(service.organisation, by=by, now=now),
                        shares=asking.shares,
                        match_reasons=reasons.get(service.id, ()),
                        words=asking.words,
                        heard=heard,
                    )
                )
            return referrals.send(held, sendings, by=by, now=now)

    def alert_is_taken(self, at: datetime, *, worker: str) -> None:
        """The duty worker takes the alert on."""
        by = self.partnership.staff[worker]
        with acting(by.actor(), at=at) as now:
            alert = DangerAlert.objects.get(request_for_assistance_id=self.id, duty_agency_id=by.agency_id)
            requests.take_alert(alert, by=by, now=now)

    # The agency that was asked

    def is_answered(
        self,
        at: datetime,
        referral: Referral,
        to: ReferralState,
        words: str = "",
        *,
        worker: str,
        decline_reason: DeclineReason | None = None,
        outcome: ReferralOutcome | None = None,
    ) -> None:
        """The agency accepts, declines with its reason, begins, or ends with its outcome. Where nobody signs in, the hub writes it down."""
        by = self.partnership.staff[worker]
        purpose = "support" if by.agency_id == referral.receiver_agency_id else "front_door"
        with self._opened(by.actor(), "referral", referral.id, purpose, at) as now:
            referrals.answer(referral, to, by=by, now=now, words=words, decline_reason=decline_reason, outcome=outcome)

    # The family

    def answers_question(self, at: datetime, words: str) -> None:
        """The family answers what it was asked last."""
        with self._opened(Actor.family(self.id), "request", self.id, "own_request", at) as now:
            asked = RequestNote.objects.filter(request_for_assistance_id=self.id, kind=NoteKind.QUESTION, answered_at=None)
            requests.answer_question(asked.latest("written_at"), by=self.id, words=words, now=now)

    def rates(self, at: datetime, referral: Referral, helped: Helped, words: str = "") -> None:
        """The family says whether it helped."""
        with self._opened(Actor.family(self.id), "request", self.id, "own_request", at) as now:
            referrals.rate(referral, by=self.id, helped=helped, words=words, now=now)

    def is_withdrawn(self, at: datetime, reason: str) -> None:
        """The family takes its request back."""
        with self._opened(Actor.family(self.id), "request", self.id, "own_request", at) as now:
            held = RequestForAssistance.objects.get(id=self.id)
            referrals.withdraw_all(held, by=None, reason=reason, now=now)

    # How a step is taken

    def _writer(self, name: str) -> Account | None:
        return self.partnership.staff[name] if name else None

    def _bearer(self, by: Account | None) -> Actor:
        if by is None:
            return Actor.family(self.id)
        return Actor.staff(user=by.id, agency=by.agency_id, role=by.role, scope=self.id)

    @staticmethod
    def _as_kept(answers: Mapping[str, Any]) -> dict[str, Any]:
        """People carry a key, as the pages give them."""
        people = answers.get("people")
        return dict(answers) if people is None else {**answers, "people": [{"key": str(new_id()), **person} for person in people]}

    @contextmanager
    def _open(self, worker: str, at: datetime) -> Iterator[tuple[Account, RequestForAssistance, datetime]]:
        by = self.partnership.staff[worker]
        with self._opened(by.actor(), "request", self.id, "front_door", at) as now:
            yield by, RequestForAssistance.objects.get(id=self.id), now

    @contextmanager
    def _opened(self, actor: Actor, kind: str, subject: UUID, purpose: str, at: datetime) -> Iterator[datetime]:
        opening = open_record(actor, kind, subject, purpose=purpose, reason="invented history of the demonstration")
        if opening is None:
            raise CannotOpen(f"{actor.role or actor.kind} may not open {kind} {subject} of {self.way_back.reference}")
        with acting(actor, opening=opening, at=at) as now:
            yield now

    def _reasons(self, held: RequestForAssistance) -> dict[UUID, list[dict[str, Any]]]:
        """Why matching suggests services for what was told, by the service's id."""
        told = requests.told_so_far(held)
        home = Home.of(told)
        asked = Asked(
            today=self.days.today(),
            needs=frozenset(told.get("help_with") or ()),
            ages=frozenset(0 if person.get("due_on") else person["age_years"] for person in told["people"] if _has_age(person)),
            area_codes=home.area_codes(),
            points=home.points(),
        )
        found = suggestions_for(asked, limit=100).suggestions
        return {one.service_id: [reason.as_record() for reason in one.reasons] for one in found}


def _has_age(person: Mapping[str, Any]) -> bool:
    return bool(person.get("due_on")) or person.get("age_years") is not None
