"""One invented request written as rows, as the product's own actions would leave them: a test compares both and keeps this true."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from random import Random
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, override

from reachin.access.directory.models import masked_name
from reachin.access.requests_for_assistance.actions import NOTED_IN, RECORDS
from reachin.access.requests_for_assistance.enums import AskedBy, ContactOutcome, Mover, NoteKind, Outcome, Stage, Urgency, WaitingFor
from reachin.access.requests_for_assistance.models import RequestNote
from reachin.access.requests_for_assistance.notices import NEWS_SUBJECT, NEWS_WORDS, URGENT_SUBJECT, URGENT_WORDS, WORK_SUBJECT, WORK_WORDS
from reachin.access.requests_for_assistance.questions import NEWEST_VERSION, questions_for
from reachin.access.requests_for_assistance.rules import (
    HUB_SEES,
    SENDER_SEES,
    SENDER_SEES_FOR,
    WAITS_FOR,
    Named,
    because_of_danger,
    contact_due,
    display_name,
    keeps_out_as,
    people_of,
    pre_triage,
    whom_to_ask,
    writes_in,
)
from reachin.families.information_sharing.enums import Basis, Category, CircleRole, Purpose
from reachin.families.information_sharing.models import SharingDecision
from reachin.families.information_sharing.rules import LASTS, SevenThings
from reachin.families.people.enums import Relation
from reachin.families.people.homes import Home, says_protected
from reachin.families.people.models import ContactInstruction, PersonDetails
from reachin.families.people.rules import facts_from_answers, facts_to_answers
from reachin.groundwork.field_encryption import blind_index
from reachin.groundwork.ids import READABLE, REFERENCE_LENGTH, written
from reachin.groundwork.notices.enums import ContactWay, MessageState
from reachin.groundwork.notices.models import Message
from reachin.groundwork.notices.rules import SafeContact, StaffContact, first_state, safe_contact
from reachin.partnership.agencies.models import Agency

from .bulk import CARD, FALSE, NULL, TRUE, Bulk, Ids, array, as_bytes, as_json, plain
from .generator import InventedFamily
from .scene import Hand, Scene, Worker

HUB_CATEGORIES = array(sorted(HUB_SEES))
SENDER_CATEGORIES = array(sorted(SENDER_SEES))
WORK, URGENT = (str(WORK_SUBJECT), str(WORK_WORDS)), (str(URGENT_SUBJECT), str(URGENT_WORDS))
ENDS = {stage for stage, waiting in WAITS_FOR.items() if waiting == WaitingFor.NOBODY}


@cache
def _table_of(category: Category) -> tuple[str, str]:
    """The table that keeps what was told in one category, and the code of its field."""
    return RECORDS[category]._meta.db_table, RECORDS[category].FIELD


@cache
def _categories(asked_by: AskedBy) -> Mapping[str, Category]:
    """The category of every question that this asker is asked, by its code."""
    return {code: question.category for code, question in questions_for(NEWEST_VERSION, asked_by).items()}


@cache
def _news(language: str) -> tuple[str, str]:
    """What a family is told, in its own language."""
    with override(language):
        return str(NEWS_SUBJECT), str(NEWS_WORDS)


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment as rows write it, and its milliseconds for ids."""

    at: datetime
    text: str
    milliseconds: int

    @classmethod
    def of(cls, at: datetime) -> "Moment":
        return cls(at, at.isoformat(), int(at.timestamp() * 1000))


@dataclass(frozen=True, slots=True)
class Filling:
    """What all requests of a filling share."""

    bulk: Bulk
    scene: Scene
    chance: Random
    ids: Ids


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a written request names."""

    id: str
    alias: str
    told: dict[str, Any]
    relation: str


class WrittenRequest:
    """One request on its way. Every method writes what one action would; `finish` writes the card as it then stands.

    `with_trail`: its messages and its audit rows too. `sender`: who writes it, for a practitioner's request.
    """

    def __init__(self, filling: Filling, family: InventedFamily, at: Moment, *, with_trail: bool, sender: Worker | None = None) -> None:
        self.filling, self.bulk, self.scene, self.family = filling, filling.bulk, filling.scene, family
        self.with_trail, self.received, self.since = with_trail, at, at
        self.id = filling.ids.at(at.milliseconds)
        self.reference = written("".join(filling.chance.choices(READABLE, k=REFERENCE_LENGTH)))
        by_staff = family.asked_by == AskedBy.PRACTITIONER
        self.sender = (sender or filling.chance.choice(filling.scene.practitioners)) if by_staff else None
        self.hand = Hand.of_worker(self.sender, scope=self.id) if self.sender else Hand.of_family(self.id)
        self.answers = family.answers_at(filling.scene.agencies)
        self.stage, self.version, self.outcome, self.has_spoken = Stage.RECEIVED, 1, "", False
        self.duty_desk = self.owner = self.help_started_at = self.help_started_by = self.closed_at = self.closed_by = NULL
        self.urgency = self._urgency()
        self.people: list[Person] = []
        self.contact: SafeContact | None = None
        self._send(at)

    def _urgency(self) -> Urgency:
        """As the product's rule finds it; the rule itself reads every word, which takes too long here."""
        if self.family.is_in_danger:
            return Urgency.DANGER
        is_soon = self.answers["in_danger"] == "not_sure" or self.family.asked_by == AskedBy.EXPECTING
        return Urgency.SOON if is_soon else Urgency.ORDINARY

    # Sending

    def _send(self, at: Moment) -> None:
        self.audit("draft.started", "draft", self.id, at, by=self.hand)
        self.audit("draft.changed", "draft", self.id, at, by=self.hand, fields=array(sorted(self.answers)))
        if self.sender is None:
            self._choose_phrase(at)
        self._note_move(Mover.SENDER if self.sender else Mover.FAMILY, at, by=self.hand)
        self.audit("request.sent", "request", self.id, at, by=self.hand, fields=array(sorted(self.answers)))
        contact = self._keep_what_was_told()
        named = people_of(self.answers, asked_by=self.family.asked_by)
        self.display_name, self.people_count = display_name(named), len(named)
        for place, person in enumerate(named):
            self._record_person(place, facts_to_answers(person.facts), str(person.relation), at)
        self._ask_the_others(named, at)
        self._tell_contact(contact, at)
        self._sort(at)

    def _ask_the_others(self, named: Sequence[Named], at: Moment) -> None:
        """The hub reads whom to ask themselves who must not see them."""
        day, names = at.at.date(), list[str]()
        for place, person in enumerate(named):
            if keeps_out_as(self.family.asked_by, person, is_asker=place == 0, day=day) is None:
                names.append(person.facts.known_as)
        if names and self.answers.get("blocked_agencies"):
            shown = [_shown(self.bulk.using, agency) for agency in self.answers["blocked_agencies"]]
            with override(NOTED_IN):
                self.note(NoteKind.WORKING_NOTE, whom_to_ask(shown, names), at, by=self.hand)

    def _choose_phrase(self, at: Moment) -> None:
        digest = blind_index(self.reference, field="requests.way_in")
        self.bulk.add("requests_for_assistance_wayin", self.id, as_bytes(digest), self.scene.phrase_hash, at.text, NULL)
        self.audit("phrase.chosen", "request", self.id, at, by=self.hand)

    def _keep_what_was_told(self) -> dict[str, Any]:
        """Each category's words in their own table, as the product's rule parts them; gives how to be in touch."""
        parts: dict[Category, dict[str, Any]] = {}
        categories = _categories(self.family.asked_by)
        for code, answer in self.answers.items():
            if code in categories and code != "people":
                parts.setdefault(categories[code], {})[code] = answer
        contact = {
            **parts.pop(Category.CONTACT, {}),
            "address": parts.get(Category.PROTECTED_ADDRESS, {}).pop("address", ""),
            "written_in": writes_in(self.answers.get("language") or "", pages=None if self.sender else get_language()),
        }
        for category, told in parts.items():
            table, code = _table_of(category)
            street = [self._street(told)] if category == Category.PROTECTED_ADDRESS else []
            self.bulk.add(table, self.id, self.bulk.sealed(as_json(told), code, self.id), *street)
        return contact

    def _street(self, told: dict[str, Any]) -> str:
        digest = Home.of({**self.answers, **told}).street_digest()
        return NULL if digest is None else as_bytes(digest)

    def _record_person(self, place: int, told: dict[str, Any], relation: str, at: Moment) -> None:
        person, add = Person(self.new(at), self.new(at), told, relation), self.bulk.add
        self.people.append(person)
        add("people_person", person.id, self.scene.hub, at.text, self.hand.id)
        add("people_personalias", person.alias, person.id, person.id)
        add("people_persondetails", person.id, self.bulk.sealed(as_json(told), PersonDetails.FIELD, person.id))
        add("requests_for_assistance_requestperson", self.new(at), self.id, person.alias, relation, str(place), FALSE if place else TRUE)
        self.audit("person.recorded", "person", person.id, at, by=self.hand, fields="{known_as,born_on,age_years,due_on}")
        entry = (CircleRole.FRONT_DOOR, NULL, Purpose.FRONT_DOOR, HUB_CATEGORIES, Basis.PUBLIC_TASK)
        self._let_see(person.id, self.scene.hub, entry, at, by=self.hand)
        if self.sender is not None:
            entry = (CircleRole.SERVICE, NULL, Purpose.FRONT_DOOR, SENDER_CATEGORIES, Basis.PUBLIC_TASK)
            until = (at.at + SENDER_SEES_FOR).isoformat()
            self._let_see(person.id, self.sender.agency, entry, at, by=self.hand, only=self.sender.id, until=until)
        named = Named(facts_from_answers(told), Relation(relation))
        said_as = keeps_out_as(self.family.asked_by, named, is_asker=place == 0, day=at.at.date())
        if said_as is not None:
            for agency in self.answers.get("blocked_agencies", []):
                add("information_sharing_block", self.new(at), person.id, agency, at.text, self.hand.id, said_as, NULL, NULL)
                self.audit("circle.blocked", "person", person.id, at, by=self.hand)
        if says_protected(self.answers):
            add("people_protectedhome", self.new(at), person.id, at.text, self.hand.id, NULL, NULL, NULL)
            self.audit("home.protected", "person", person.id, at, by=self.hand)

    def _tell_contact(self, told: dict[str, Any], at: Moment) -> None:
        person, instruction = self.people[0].id, self.new(at)
        words = self.bulk.sealed(as_json(told), ContactInstruction.FIELD, instruction)
        self.bulk.add("people_contactinstruction", instruction, person, words, at.text, self.hand.id, NULL, NULL, NULL, NULL)
        self.audit("contact.told", "person", person, at, by=self.hand, fields=array(sorted(told)))
        self.contact = safe_contact(told, told_at=at.at)
        if self.contact is not None and self.contact.way == ContactWay.LETTER and says_protected(self.answers):
            self.contact = replace(self.contact, address="")

    def _sort(self, at: Moment) -> None:
        """Pre-triage at once, by the product's own table; then danger, and the first word to the family."""
        stage, gaps = pre_triage(self.answers, asked_by=self.family.asked_by, version=NEWEST_VERSION)
        if self.urgency == Urgency.DANGER and stage == Stage.RETURNED:
            stage = Stage.READY_FOR_TRIAGE
        self.moved(stage, Mover.PRE_TRIAGE, at, by=self.hand, reason="gaps" if gaps else "complete")
        if gaps:
            self.note(NoteKind.WHAT_IS_MISSING, "", at, by=self.hand, questions=[gap.question for gap in gaps])
        if stage == Stage.RETURNED:
            self.tell_sender("request.returned", at, by=self.hand)
        if self.urgency == Urgency.DANGER:
            self._raise_alert(at)
        if self.sender is None:
            self.tell_family("request.received", at, by=self.hand)

    def _raise_alert(self, at: Moment) -> None:
        """The one duty desk, unless the family kept it out: then whoever holds the request. After a day somebody has taken it on."""
        scene, loop = self.scene, self.hand.in_the_loop()
        desk, email, taker = scene.hub, scene.hub_email, scene.hub_workers[0]
        if scene.duty_desk not in self.answers.get("blocked_agencies", []):
            desk, email, taker = self.duty_desk, _, _ = scene.duty_desk, scene.duty_email, scene.duty_worker
            for person in self.people:
                self.share(person.id, desk, because_of_danger(), at, by=self.hand, role=CircleRole.DUTY_DESK, acting=loop)
        taken = (at.text, taker.id) if self.is_old(at) else (NULL, NULL)
        self.bulk.add("requests_for_assistance_dangeralert", self.new(at), self.id, desk, at.text, *taken)
        if email:
            self.message(self.id, StaffContact(email), "danger.alerted", URGENT, at, by=self.hand)
        self.audit("danger.alerted", "request", self.id, at, by=loop)

    # Afterwards

    def spoken_with(self, at: Moment, worker: Worker) -> None:
        """A worker took it on and spoke with the family; who was to be contacted goes on to triage."""
        by = Hand.of_worker(worker)
        self.owner, self.has_spoken = worker.id, True
        self.version += 1
        self.audit("contact.taken_on", "request", self.id, at, by=by, fields="{contact_owner}")
        self.bulk.add("requests_for_assistance_contactattempt", self.new(at), self.id, ContactOutcome.SPOKE, at.text, worker.id)
        self.audit("contact.attempted", "request", self.id, at, by=by, fields="{outcome}")
        if self.stage == Stage.TO_BE_CONTACTED:
            self.moved(Stage.READY_FOR_TRIAGE, Mover.HUB, at, by=by, reason="spoke")
        self.version += 1

    def decided(self, to: Stage, at: Moment, worker: Worker, *, words: str, outcome: Outcome | None = None) -> None:
        """A hub worker's decision with its reason."""
        by = Hand.of_worker(worker)
        self.moved(to, Mover.HUB, at, by=by, reason="decided", outcome=outcome or "")
        self.note(NoteKind.DECISION, words, at, by=by)
        if to == Stage.CLOSED:
            self.tell_family("request.closed", at, by=by)
            self.tell_sender("request.closed", at, by=by)

    def withdrawn(self, at: Moment) -> None:
        """The family takes it back; a practitioner's request, its sender."""
        by = Hand.of_worker(self.sender) if self.sender else self.hand
        self.moved(Stage.WITHDRAWN, Mover.SENDER if self.sender else Mover.FAMILY, at, by=by, reason="withdrawn")

    # What every step writes

    def new(self, at: Moment) -> str:
        """A fresh row id of that moment."""
        return self.filling.ids.at(at.milliseconds)

    def is_old(self, at: Moment) -> bool:
        """Whether by now a message of that moment has gone out, and an alert was taken on."""
        return (self.scene.now - at.at).days >= 1

    def moved(self, to: Stage, mover: Mover, at: Moment, *, by: Hand, reason: str = "", outcome: str = "") -> None:
        """One move with its row; the card follows in `finish`."""
        self.version += 1
        self.stage, self.since, self.outcome = to, at, outcome
        self.closed_at, self.closed_by = (at.text, by.id) if to in ENDS else (NULL, NULL)
        self._note_move(mover, at, by=by, reason=reason)
        self.audit("request.moved", "request", self.id, at, by=by, fields="{stage}")

    def _note_move(self, mover: Mover, at: Moment, *, by: Hand, reason: str = "") -> None:
        row = (self.new(at), self.id, str(self.version), self.stage, mover, reason, at.text, by.id)
        self.bulk.add("requests_for_assistance_requestmove", *row)

    def share(
        self,
        person: str,
        agency: str,
        things: SevenThings,
        at: Moment,
        *,
        by: Hand,
        role: CircleRole = CircleRole.SERVICE,
        acting: Hand | None = None,
        end: str = "",
    ) -> None:
        """A decision to share, and the agency in a person's circle; `end`: when and by whom it was ended, as COPY reads the two."""
        decision, kinds = self.new(at), array(sorted(things.categories))
        self.bulk.add(
            *("information_sharing_sharingdecision", decision, person, self.scene.hub, agency, things.decision, things.purpose, kinds),
            *(self._words_of(things, column, decision) for column in ("why", "views", "necessity")),
            things.informed,
            self._words_of(things, "not_told_why", decision) if things.not_told_why else NULL,
            *(things.basis, things.special_condition, things.criminal_condition, things.statutory_power, NULL, FALSE, FALSE),
            *(at.text, by.id, NULL, NULL, NULL, "", NULL, NULL, NULL, NULL, NULL),
        )
        self.audit("sharing.decided", "person", person, at, by=acting or by, fields=kinds)
        until = (at.at + LASTS[things.purpose]).isoformat()
        self._let_see(person, agency, (role, decision, things.purpose, kinds, things.basis), at, by=by, acting=acting, end=end, until=until)

    def _words_of(self, things: SevenThings, column: str, decision: str) -> str:
        return self.bulk.sealed(getattr(things, column), f"{SharingDecision.FIELD}.{column}", decision)

    def _let_see(
        self,
        person: str,
        agency: str,
        entry: tuple[str, str, str, str, str],
        at: Moment,
        *,
        by: Hand,
        acting: Hand | None = None,
        end: str = "",
        only: str = NULL,
        until: str = NULL,
    ) -> None:
        """An agency, or `only` one practitioner of it, in a person's circle; `entry`: its role, decision, purpose, kinds of words and
        basis, as COPY reads them."""
        row = (self.new(at), person, agency, only, *entry, at.text, until, at.text, by.id, end or f"{NULL}\t{NULL}")
        self.bulk.add("information_sharing_circleentry", *row)
        self.audit("circle.extended", "person", person, at, by=acting or by, fields=entry[3])

    def note(self, kind: NoteKind, words: str, at: Moment, *, by: Hand, questions: list[str] | None = None) -> None:
        """A note beside the request."""
        row = self.new(at)
        self.bulk.add(
            *("requests_for_assistance_requestnote", row, self.id, kind, self.bulk.sealed(words, RequestNote.FIELD, row)),
            *(as_json(questions or []), at.text, by.id, NULL, NULL),
        )

    def tell_family(self, event: str, at: Moment, *, by: Hand) -> None:
        if self.contact is not None:
            self.message(self.id, self.contact, event, _news(self.contact.written_in or settings.LANGUAGE_CODE), at, by=by)

    def tell_sender(self, event: str, at: Moment, *, by: Hand) -> None:
        if self.sender is not None:
            self.message(self.id, StaffContact(self.sender.email), event, WORK, at, by=by)

    def message(self, about: str, to: SafeContact | StaffContact, event: str, words: tuple[str, str], at: Moment, *, by: Hand) -> None:
        """A message in the outbox; after a day it has gone out, or a person has told it."""
        if not self.with_trail:
            return
        row, state, settled = self.new(at), first_state(to), (NULL, NULL)
        is_for_staff = isinstance(to, StaffContact)
        way = ContactWay.EMAIL if isinstance(to, StaffContact) else to.way
        if self.is_old(at):
            state = MessageState.SENT if state == MessageState.QUEUED else MessageState.TOLD
            settled = (at.text, str(way))
        told = self.bulk.sealed(as_json({"address": to.address, "subject": words[0], "words": words[1]}), Message.FIELD, row)
        named = (row, about, event, TRUE if is_for_staff else FALSE, way, told, state, "0", at.text, by.id, at.text, *settled)
        self.bulk.add("notices_message", *named)

    def audit(self, event: str, kind: str, subject: str, at: Moment, *, by: Hand, fields: str = "{}") -> None:
        """The row that says who did it."""
        if self.with_trail:
            self.bulk.add("audited_access_auditevent", self.new(at), at.text, event, kind, subject, fields, *by.acted)

    def finish(self) -> None:
        """The card as it stands now."""
        due = NULL
        if self.sender is None and not self.has_spoken:
            due = contact_due(self.received.at, self.urgency).isoformat()
        sender = (self.sender.id, self.sender.agency) if self.sender else (NULL, NULL)
        area = "" if self.family.has_secret_home() else self.scene.area_of(self.answers.get("place", ""))
        self.bulk.add(
            *(CARD, self.id, self.reference, str(NEWEST_VERSION), self.family.asked_by, self.family.channel, *sender, self.scene.hub),
            *(self.duty_desk, plain(self.display_name), str(self.people_count), area, str(self.urgency.value), self.stage, self.since.text),
            *(WAITS_FOR[self.stage], str(self.version), self.received.text, self.hand.id, due, self.owner),
            *(self.help_started_at, self.help_started_by, self.closed_at, self.closed_by, self.outcome, NULL),
        )


@cache
def _shown(using: str, agency_id: str) -> str:
    """An agency's name as it may stand in a note."""
    agency = Agency.objects.using(using).get(id=agency_id)
    return masked_name() if agency.is_masked else agency.name
