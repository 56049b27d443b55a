"""Who may see which row, said once more in plain Python from the specification, knowing nothing of how the database guards it.

Everything about a person hangs from the person and is seen through their circle: an agency, or one practitioner of it, for a purpose, in
some kinds of words, from when until when. A block beats every entry but one that rests on a decision to protect. What several people told
together is seen only as far as every one of their circles allows. Cards are seen by relationship; records only while they are open.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from workshop.proofs.families_facts import Facts, Row

REQUESTS, REFERRALS, SHARING = "requests_for_assistance_", "referrals_", "information_sharing_"
REQUEST, REFERRAL = f"{REQUESTS}requestforassistance", "referrals_referral"
ENTRY, DECISION = f"{SHARING}circleentry", f"{SHARING}sharingdecision"
ASKED = "information_requests_informationrequest"
AT_THE_HUB = frozenset({"hub_worker", "duty_worker"})
ANSWERS = frozenset({"practitioner", "support_worker", "duty_worker", "service_manager"})
JOINS = frozenset({"information_guardian", "data_officer"})
OWN_WORDS = frozenset({"contact", "story", "plan", "safety", "protected_address"})
OF_ONESELF = frozenset({"own", "contact", "plan", "health", "adults_matters", "safety", "protected_address"})
OF_A_COPY = frozenset({"contact", "story", "plan", "health", "adults_matters", "safety", "protected_address"})
TOLD = {"storytold": "story", "plantold": "plan", "safetytold": "safety", "placetold": "protected_address"}
ENTRIES_ARE_FOR = ("front_door", "protection", "support")


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who looks: staff of an agency in a role, a family by what it bears, a part of the system, or anybody."""

    name: str
    kind: str
    user: UUID | None = None
    agency: UUID | None = None
    scope: UUID | None = None
    role: str = ""

    @property
    def is_staff(self) -> bool:
        return self.kind == "staff"

    @property
    def bears(self) -> UUID | None:
        """The draft, request or account of their own that a family bears."""
        return self.scope if self.kind == "family" else None

    def is_system(self, *tasks: str) -> bool:
        return self.kind == "system" and self.role in tasks

    def is_staff_as(self, roles: Collection[str]) -> bool:
        return self.is_staff and self.role in roles

    def is_guardian(self) -> bool:
        return self.is_staff_as({"information_guardian"})


@dataclass(frozen=True, slots=True)
class Open:
    """A record that is open: of which kind, for which kinds of words, and the people whose names are open with it."""

    kind: str
    subject: UUID
    categories: frozenset[str]
    people: frozenset[UUID]

    def of(self, kind: str, category: str) -> UUID | None:
        """What is open, if it is of this kind and this category of words is open."""
        return self.subject if self.kind == kind and category in self.categories else None


NOTHING = Open("", UUID(int=0), frozenset(), frozenset())


class Oracle:
    """Answers from the facts: may they open this, and which rows do they see?"""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.kinds: Mapping[str, Callable[[Reader, UUID, str], Open | None]] = {
            "request": self._opens_request,
            "referral": self._opens_referral,
            "person": self._opens_person,
            "own_person": self._opens_own_person,
            "pair": self._opens_pair,
            "information_request": self._opens_information_request,
        }

    # What may be opened

    def opens(self, reader: Reader, kind: str, subject: UUID, purpose: str) -> Open | None:
        """What is open to this reader when they open it for a purpose; None where they may not, or nothing is there."""
        return self.kinds[kind](reader, subject, purpose)

    def circle(self, reader: Reader, people: Collection[UUID], purpose: str) -> tuple[frozenset[str], frozenset[UUID]]:
        """The kinds of words that every one of these people lets this reader's agency see, and those of them whose names it sees."""
        is_kept_out = self.is_kept_out(people, reader.agency)
        sees = {person: self._sees(reader, person, purpose, only_to_protect=is_kept_out) for person in people}
        shared = frozenset.intersection(*sees.values()) if sees else frozenset[str]()
        return shared, frozenset(person for person, kinds in sees.items() if "contact" in kinds)

    def _sees(self, reader: Reader, person: UUID, purpose: str, *, only_to_protect: bool) -> frozenset[str]:
        kinds: set[str] = set()
        for entry in self.facts.by(ENTRY, "person_id", person):
            is_theirs = entry.agency_id == reader.agency and entry.account_id in (None, reader.user)
            is_for_this = entry.purpose == purpose or (entry.purpose, purpose) == ("protection", "front_door")
            if is_theirs and is_for_this and self._is_in_force(entry) and (not only_to_protect or self._protects(entry)):
                kinds |= set(entry.categories)
        return frozenset(kinds)

    def _is_in_force(self, entry: Row) -> bool:
        now = self.facts.now
        return entry.ended_at is None and entry.starts_at <= now and (entry.until is None or entry.until > now)

    def _protects(self, entry: Row) -> bool:
        decision = self.facts.one(DECISION, entry.decision_id)
        return decision is not None and bool(decision.beats_block)

    def is_kept_out(self, people: Iterable[UUID], agency: UUID | None) -> bool:
        """Whether the agency is kept out of one of these records, or by the person or a worker on another record of the same person."""
        asked = list(people)
        return any(agency in self._kept_out.get(person, ()) for person in asked) or any(
            agency in self._kept_out_everywhere.get(record, ()) for person in asked for record in self.records(person)
        )

    @cached_property
    def _kept_out(self) -> Mapping[UUID, set[UUID]]:
        return self._blocks("self", "parent", "worker", "other")

    @cached_property
    def _kept_out_everywhere(self) -> Mapping[UUID, set[UUID]]:
        return self._blocks("self", "worker")

    def _blocks(self, *said_as: str) -> dict[UUID, set[UUID]]:
        found: dict[UUID, set[UUID]] = {}
        for block in self.facts.all(f"{SHARING}block"):
            if block.lifted_at is None and block.said_as in said_as:
                found.setdefault(block.person_id, set()).add(block.agency_id)
        return found

    def records(self, person: UUID) -> set[UUID]:
        """This record and all that are joined with it."""
        meant = {alias.stands_for_id for alias in self.facts.by("people_personalias", "person_id", person)}
        return {person, *(alias.person_id for alias in self.facts.by("people_personalias", "stands_for_id", *meant))}

    def people_of(self, request: UUID) -> list[UUID]:
        """Everybody whom a request names."""
        return self._persons(self.facts.by(f"{REQUESTS}requestperson", "request_for_assistance_id", request))

    def people_of_referral(self, referral: UUID) -> list[UUID]:
        """For whom help was asked."""
        return self._persons(self.facts.by("referrals_referralperson", "referral_id", referral))

    def _persons(self, rows: Iterable[Row]) -> list[UUID]:
        return [alias.person_id for row in rows for alias in self.facts.by("people_personalias", "id", row.alias_id)]

    def _by_circle(self, reader: Reader, kind: str, subject: UUID, people: Collection[UUID], purpose: str) -> Open | None:
        kinds, named = self.circle(reader, people, purpose)
        return Open(kind, subject, kinds, named) if kinds else None

    def _opens_person(self, reader: Reader, subject: UUID, purpose: str) -> Open | None:
        return self._by_circle(reader, "person", subject, [subject], purpose) if reader.is_staff else None

    def _opens_request(self, reader: Reader, subject: UUID, purpose: str) -> Open | None:
        card = self.facts.one(REQUEST, subject)
        if card is None:
            return None
        people = self.people_of(subject)
        whole = Open("request", subject, OWN_WORDS - self._home_that_is_kept(reader, people), frozenset(people))
        if reader.bears == subject:
            was_sent_by_family = card.asked_by != "practitioner"
            words, named = (OWN_WORDS | {"own"}, people) if was_sent_by_family else (frozenset({"own"}), [])
            return Open("request", subject, frozenset(words), frozenset(named))
        if not reader.is_staff:
            return None
        is_kept_out = self.is_kept_out(people, reader.agency)
        if purpose == "emergency":
            return whole if self._looks_first(reader, subject) and not is_kept_out else None
        entered_for = "front_door" if purpose == "own_request" else purpose
        if (card.sender_id, card.sender_agency_id) == (reader.user, reader.agency) and self.circle(reader, people, entered_for)[0]:
            return whole
        is_at_the_door = reader.role in AT_THE_HUB and reader.agency in (card.holder_agency_id, card.duty_agency_id)
        return self._by_circle(reader, "request", subject, people, purpose) if is_at_the_door and purpose != "own_request" else None

    def _home_that_is_kept(self, reader: Reader, people: Collection[UUID]) -> frozenset[str]:
        """A protected home is opened by a circle entry and by nothing else: neither by having sent a request nor in an emergency."""
        records = {record for person in people for record in self.records(person)}
        is_protected = any(mark.lifted_at is None for mark in self.facts.by("people_protectedhome", "person_id", *records))
        is_let_see = any("protected_address" in self.circle(reader, people, purpose)[0] for purpose in ENTRIES_ARE_FOR)
        return frozenset({"protected_address"} if is_protected and not is_let_see else ())

    def _looks_first(self, reader: Reader, subject: UUID) -> bool:
        accesses = self.facts.by(f"{SHARING}emergencyaccess", "subject_id", subject)
        whose = ("request", reader.user, reader.agency)
        return any((one.kind, one.account_id, one.agency_id) == whose and one.starts_at <= self.facts.now < one.until for one in accesses)

    def _opens_referral(self, reader: Reader, subject: UUID, purpose: str) -> Open | None:
        card = self.facts.one(REFERRAL, subject)
        if card is None:
            return None
        story = Open("referral", subject, frozenset({"story"}), frozenset())
        if reader.bears == card.request_for_assistance_id:
            request = self.facts.one(REQUEST, card.request_for_assistance_id)
            return story if request is not None and request.asked_by != "practitioner" else None
        is_readable = card.is_live or card.state == "completed"
        receives = reader.agency == card.receiver_agency_id and reader.is_staff_as(ANSWERS) and is_readable
        sent = reader.agency == card.sender_agency_id and reader.is_staff_as(AT_THE_HUB)
        if not (receives or sent):
            return None
        kinds = self.circle(reader, self.people_of_referral(subject), purpose)[0]
        return Open("referral", subject, story.categories | kinds & {"protected_address"}, frozenset()) if kinds else None

    def _opens_own_person(self, reader: Reader, subject: UUID, _purpose: str) -> Open | None:
        if reader.bears != subject:
            return None
        account = self.facts.one("own_accounts_ownaccount", subject)
        if account is not None and account.begun_at is not None and account.confirmed_at is not None and account.ended_at is None:
            return Open("own_person", subject, OF_ONESELF, frozenset({account.person_id}))
        card = self.facts.one(REQUEST, subject)
        rows = self.facts.by(f"{REQUESTS}requestperson", "request_for_assistance_id", subject)
        asked = self._persons(row for row in rows if row.is_contact)
        if card is None or card.asked_by == "practitioner" or not asked:
            return None
        return Open("own_person", subject, OF_ONESELF, frozenset(asked))

    def _opens_pair(self, reader: Reader, subject: UUID, purpose: str) -> Open | None:
        pair = self.facts.one("record_linkage_pair", subject)
        if pair is None or pair.agency_id != reader.agency or purpose != "record_linkage" or not reader.is_staff_as(JOINS):
            return None
        both = frozenset({pair.one_id, pair.other_id})
        controllers = {person.controller_id for person in self.facts.by("people_person", "id", *both)}
        is_kept_out = self.is_kept_out(both, reader.agency)
        return Open("pair", subject, frozenset({"contact"}), both) if controllers == {reader.agency} and not is_kept_out else None

    def _opens_information_request(self, reader: Reader, subject: UUID, purpose: str) -> Open | None:
        card = self.facts.one(ASKED, subject)
        if card is None or purpose != "information_request" or not reader.is_guardian() or card.controller_id != reader.agency:
            return None
        if card.state in ("released", "refused"):
            return Open("information_request", subject, frozenset({"contact"}), frozenset())
        if card.kind == "complaint":
            return Open("information_request", subject, frozenset({"contact"}), frozenset({card.person_id}))
        records = self.facts.by("people_person", "id", *self.records(card.person_id))
        theirs = frozenset(person.id for person in records if person.controller_id == reader.agency)
        return Open("information_request", subject, OF_A_COPY, theirs)

    # What is seen

    def sees(self, reader: Reader, now_open: Open | None = None) -> dict[str, set[UUID]]:
        """The keys of all rows that this reader sees, by table, with what is open to them."""
        return Sight(self, reader, now_open or NOTHING).tables()


class Sight:
    """What one reader sees with one thing open, table by table."""

    def __init__(self, oracle: Oracle, reader: Reader, now_open: Open) -> None:
        self.oracle, self.facts, self.reader, self.open = oracle, oracle.facts, reader, now_open
        self.is_loop = reader.is_system("closed_loop")
        self.is_at_the_hub = reader.is_staff_as(AT_THE_HUB)
        self.signs = reader.user or reader.scope
        self.own = next(iter(now_open.people), None) if now_open.kind == "own_person" else None

    def tables(self) -> dict[str, set[UUID]]:
        return {
            **self._people(),
            **self._sharing(),
            **self._requests(),
            **self._referrals(),
            **self._records(),
            **self._information(),
            **self._rest(),
        }

    def _all(self, table: str, *, when: bool) -> set[UUID]:
        return {row.id for row in self.facts.all(table)} if when else set()

    def _by(self, table: str, column: str, *values: UUID | None, when: bool = True) -> set[UUID]:
        return {row.id for row in self.facts.by(table, column, *values)} if when else set()

    def _people(self) -> dict[str, set[UUID]]:
        """People are seen while they are open; the closed loop finds how somebody is to be told."""
        return {
            "people_person": self._by("people_person", "id", *self.open.people),
            "people_personalias": self._by("people_personalias", "person_id", *self.open.people)
            | self._all("people_personalias", when=self.is_loop),
            "people_persondetails": self._by("people_persondetails", "id", *self.open.people),
            "people_contactinstruction": self._by("people_contactinstruction", "person_id", *self.open.people)
            | self._all("people_contactinstruction", when=self.is_loop),
            "people_protectedhome": self._by("people_protectedhome", "person_id", *self.open.people)
            | self._all("people_protectedhome", when=self.is_loop),
        }

    def _sharing(self) -> dict[str, set[UUID]]:
        """Staff see the circles of whoever is open; a person their own, but not what they were not told of."""
        reader, block, access = self.reader, f"{SHARING}block", f"{SHARING}emergencyaccess"
        named = self.open.people if reader.is_staff else ()
        told = {row.id for row in self.facts.by(DECISION, "person_id", self.own) if row.informed != "not_told"}
        entries = {row.id for row in self.facts.by(ENTRY, "person_id", self.own) if row.decision_id is None or row.decision_id in told}
        decided = [*self.facts.by(DECISION, "controller_id", reader.agency), *self._of_own_records()]
        to_review = {row.id for row in decided if row.review_due_at is not None}
        is_about_sharing = reader.is_staff or self.is_loop
        return {
            ENTRY: self._by(ENTRY, "person_id", *named) | entries | self._all(ENTRY, when=self.is_loop),
            block: self._by(block, "person_id", *self.open.people) | self._all(block, when=self.is_loop),
            f"{SHARING}sharingagreement": self._all(f"{SHARING}sharingagreement", when=is_about_sharing),
            f"{SHARING}agreementparty": self._all(f"{SHARING}agreementparty", when=is_about_sharing),
            DECISION: self._by(DECISION, "person_id", *named)
            | told
            | (to_review if reader.is_guardian() else set())
            | self._all(DECISION, when=self.is_loop),
            access: self._by(access, "account_id", reader.user)
            | self._by(access, "agency_id", reader.agency, when=reader.is_guardian())
            | self._by(access, "controller_id", reader.agency, when=reader.is_guardian()),
        }

    def _of_own_records(self) -> list[Row]:
        """What was decided in an emergency or above a block, about people for whose record the reader's agency answers."""
        people = [row.id for row in self.facts.by("people_person", "controller_id", self.reader.agency)]
        return [row for row in self.facts.by(DECISION, "person_id", *people) if row.review_due_at is not None]

    @cached_property
    def gathered(self) -> Mapping[str, frozenset[UUID]]:
        """The requests that tell of whoever asked for a copy, whoever holds them now, by the category that is open."""
        open_now = self.open
        if open_now.kind != "information_request":
            return {}
        aliases = self._by("people_personalias", "person_id", *open_now.people)
        rows = self.facts.by(f"{REQUESTS}requestperson", "alias_id", *aliases)
        told_of = frozenset(row.request_for_assistance_id for row in rows)
        return dict.fromkeys(open_now.categories - {"contact"}, told_of)

    @cached_property
    def cards(self) -> set[UUID]:
        """Requests: held here or alerted here, for whoever works at that door; sent oneself; one's own; what is open."""
        reader = self.reader
        sent = {row.id for row in self.facts.by(REQUEST, "sender_id", reader.user) if row.sender_agency_id == reader.agency}
        return (
            self._by(REQUEST, "holder_agency_id", reader.agency, when=self.is_at_the_hub)
            | self._by(REQUEST, "duty_agency_id", reader.agency, when=self.is_at_the_hub)
            | sent
            | self._by(REQUEST, "id", reader.bears, self.open.of("request", "contact"))
            | self.gathered.get("story", set())
            | self._all(REQUEST, when=self.is_loop)
        )

    def _requests(self) -> dict[str, set[UUID]]:
        """Cards by relationship, what was told only in the categories that are open, notes to whom they are written."""
        reader, of_request = self.reader, "request_for_assistance_id"
        story = self.open.of("request", "story")
        named, alert, draft = f"{REQUESTS}requestperson", f"{REQUESTS}dangeralert", f"{REQUESTS}draftrequest"
        contact, quarantine, attempt = self.open.of("request", "contact"), f"{REQUESTS}quarantine", f"{REQUESTS}contactattempt"
        held = self._by(REQUEST, "holder_agency_id", reader.agency, when=self.is_at_the_hub) & self.cards
        found = {
            REQUEST: self.cards,
            draft: self._by(draft, "id", reader.bears) | self._by(draft, "started_by_id", reader.user),
            f"{REQUESTS}wayin": self._by(f"{REQUESTS}wayin", "id", reader.bears),
            named: self._by(named, of_request, contact, *self.gathered.get("story", ())) | self._all(named, when=self.is_loop),
            f"{REQUESTS}requestmove": self._by(f"{REQUESTS}requestmove", of_request, *self.cards),
            f"{REQUESTS}requestnote": self._notes(story),
            attempt: self._by(attempt, of_request, *self.cards, when=self.is_at_the_hub)
            | self._by(attempt, of_request, *self.gathered.get("story", ())),
            alert: self._by(alert, "duty_agency_id", reader.agency, when=self.is_at_the_hub)
            | self._by(alert, of_request, self.open.of("request", "safety"), *self.gathered.get("safety", ()))
            | self._all(alert, when=self.is_loop),
            quarantine: self._by(quarantine, "id", *held) | self._all(quarantine, when=self.is_loop),
        }
        for table, category in TOLD.items():
            opened, gathered = self.open.of("request", category), self.gathered.get(category, ())
            found[f"{REQUESTS}{table}"] = self._by(f"{REQUESTS}{table}", "id", opened, *gathered)
        return found

    def _notes(self, story: UUID | None) -> set[UUID]:
        """The hub reads all notes of what is open, its sender what is missing, a family what it is asked; everybody their own."""
        note, is_family = f"{REQUESTS}requestnote", self.reader.kind == "family"

        def is_to_me(row: Row) -> bool:
            return self.is_at_the_hub or row.written_by == self.signs or (row.kind == "what_is_missing" and not is_family)

        mine = {row.id for row in self.facts.by(note, "request_for_assistance_id", story) if is_to_me(row)}
        asked = self.facts.by(note, "request_for_assistance_id", self.open.of("request", "own"))
        gathered = self._by(note, "request_for_assistance_id", *self.gathered.get("story", ()))
        return mine | {row.id for row in asked if row.kind in ("question", "answer")} | gathered

    def _received(self) -> set[UUID]:
        """Referrals in the inbox of whoever answers; somebody in them may have said since that this agency must not see."""
        asked = self._by(REFERRAL, "receiver_agency_id", self.reader.agency, when=self.reader.is_staff_as(ANSWERS))
        is_shut = self.oracle.is_kept_out
        return {key for key in asked if not is_shut(self.oracle.people_of_referral(key), self.reader.agency)}

    def _referrals(self) -> dict[str, set[UUID]]:
        """Cards for whoever was asked, whoever sent them, and the family; the copy that was shared, only while it is open."""
        reader, people, snapshot = self.reader, "referrals_referralperson", "referrals_snapshot"
        of_open_request = self._by(REFERRAL, "request_for_assistance_id", self.open.of("request", "story"), when=self.is_at_the_hub)
        gathered = self._by(REFERRAL, "request_for_assistance_id", *self.gathered.get("story", ()))
        sent = self.facts.by(REFERRAL, "request_sender_id", reader.user)
        cards = (
            self._received()
            | self._by(REFERRAL, "sender_agency_id", reader.agency, when=self.is_at_the_hub)
            | of_open_request
            | {row.id for row in sent if row.request_sender_agency_id == reader.agency}
            | self._by(REFERRAL, "request_for_assistance_id", reader.bears)
            | gathered
            | self._all(REFERRAL, when=self.is_loop)
        )
        opened = self.open.of("referral", "story")
        of_own = self._by(REFERRAL, "request_for_assistance_id", self.open.of("request", "own"), when=reader.bears is not None)
        return {
            REFERRAL: cards,
            people: self._by(people, "referral_id", *of_open_request, *gathered, *of_own) | self._all(people, when=self.is_loop),
            snapshot: self._by(snapshot, "id", opened, *gathered),
            "referrals_referralmove": self._by("referrals_referralmove", "referral_id", *cards),
            "referrals_referralnote": self._by("referrals_referralnote", "referral_id", opened, *of_open_request, *gathered),
        }

    def _records(self) -> dict[str, set[UUID]]:
        """Records that may be of one person, for those of their controller who join them."""
        merges = self._by("record_linkage_merge", "pair_id", self.open.of("pair", "contact"))
        return {
            "record_linkage_pair": self._by("record_linkage_pair", "agency_id", self.reader.agency, when=self.reader.is_staff_as(JOINS)),
            "record_linkage_merge": merges,
            "record_linkage_moved": self._by("record_linkage_moved", "merge_id", *merges),
        }

    def _information(self) -> dict[str, set[UUID]]:
        """What a person asked of what is held: they read the answer once it is given; the guardian, what is open."""
        words, entry, of_asked = "information_requests_informationwords", "information_requests_copyentry", "information_request_id"
        is_guardian = self.reader.is_guardian()
        opened = self.open.of("information_request", "contact") if is_guardian else None
        own = list(self.facts.by(ASKED, "person_id", self.own))
        readable = {"released": {"asked", "answer"}, "refused": {"asked", "refusal"}}
        told = {
            row.id for card in own for row in self.facts.by(words, of_asked, card.id) if row.kind in readable.get(card.state, {"asked"})
        }
        released = [card.id for card in own if card.state == "released"]
        given = {row.id for row in self.facts.by(entry, of_asked, *released) if not row.is_withheld}
        return {
            ASKED: {card.id for card in own} | self._by(ASKED, "controller_id", self.reader.agency, when=is_guardian),
            words: told | self._by(words, of_asked, opened),
            entry: given | self._by(entry, of_asked, opened),
            **self._carried_out([opened, *released]),
        }

    def _carried_out(self, answered: list[UUID | None]) -> dict[str, set[UUID]]:
        """What was erased or put right: a partner learns that there is something, and what it is only in the record that they have."""
        erased, notice, made_right = (f"information_requests_{name}" for name in ("erasureentry", "partnernotice", "correction"))
        of_asked, reader = "information_request_id", self.reader
        told = self._by(notice, "agency_id", reader.agency, when=reader.is_staff)
        received = self.open.of("referral", "story") if reader.is_staff else None
        about_it = {row.information_request_id for row in self.facts.by(notice, "id", *told) if row.subject_id == received}
        request = self.open.of("request", "story") if self.is_at_the_hub else None
        named = self.open.people if self.is_at_the_hub else ()
        of_people = [row for row in self.facts.by(made_right, "subject_id", *named) if row.what == "details"]
        corrected = [*of_people, *self.facts.by(made_right, of_asked, *about_it), *self.facts.by(made_right, "subject_id", request)]
        return {
            erased: self._by(erased, of_asked, *answered),
            notice: self._by(notice, of_asked, *answered) | told,
            made_right: self._by(made_right, of_asked, *answered) | {row.id for row in corrected if row.made_at is not None},
        }

    def _rest(self) -> dict[str, set[UUID]]:
        """Reviews and holds, accounts of one's own, messages, links, the audit and the brakes."""
        reader, account, message, link = self.reader, "own_accounts_ownaccount", "notices_message", "one_time_links_onetimelink"
        named = self.open.people if reader.is_staff else ()
        about = self.facts.by(message, "about_id", self.open.of("request", "contact"))
        gathered = self.facts.by(message, "about_id", *self.gathered.get("story", ()))
        is_guardian, review, hold = reader.is_guardian(), "retention_destructionreview", "retention_legalhold"
        audit, brake = "audited_access_auditevent", "audited_access_openingbrake"
        return {
            review: self._by(review, "controller_id", reader.agency, when=is_guardian)
            | self._all(review, when=reader.is_system("retention")),
            hold: self._by(hold, "agency_id", reader.agency, when=reader.is_staff) | self._all(hold, when=reader.is_system("retention")),
            account: self._by(account, "id", reader.bears) | self._by(account, "person_id", self.own, *named),
            message: {row.id for row in about if self.is_at_the_hub and not row.is_for_staff}
            | {row.id for row in gathered if not row.is_for_staff}
            | self._all(message, when=reader.is_system("closed_loop", "delivery")),
            link: self._by(link, "made_by", self.signs)
            | self._by(link, "agency_id", reader.agency)
            | self._all(link, when=reader.is_system("one_time_links", "clearing")),
            audit: self._by(audit, "agency_id", reader.agency, when=is_guardian),
            brake: self._by(brake, "user_id", reader.user) | self._by(brake, "agency_id", reader.agency, when=is_guardian),
        }
