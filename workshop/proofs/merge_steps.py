"""Records that are joined, parted and otherwise changed, beside a plain reckoning of what has to come of it.

Needs Django to be set up on a database that may be filled, as the application's role with `owner` beside it.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from itertools import combinations
from random import Random
from uuid import UUID

import psycopg
from django.db import connections, transaction

from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestPerson
from reachin.families.information_sharing.actions import block, end_sharing, lift_block, share
from reachin.families.information_sharing.enums import Basis, Category, Decision, Informed, Purpose
from reachin.families.information_sharing.models import Block, CircleEntry
from reachin.families.information_sharing.rules import SevenThings
from reachin.families.people.actions import correct_details, lift_protection, protect_home, tell_contact
from reachin.families.people.enums import Relation
from reachin.families.people.models import Person, ProtectedHome
from reachin.families.people.moving import MovingKey
from reachin.families.people.register import OnMerge, PersonKey, all_keys, keys_that
from reachin.families.people.rules import PersonFacts
from reachin.families.record_linkage import actions
from reachin.families.record_linkage.models import Merge
from reachin.groundwork.audited_access.context import acting, ask, open_record, signed
from reachin.groundwork.audited_access.guarding import guard_sql
from reachin.groundwork.ids import new_id
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.models import Agency

NOTE = "proof_note"
"""A table of the proof's own whose rows move with their person, as those of a later room may."""
OPEN_FOR_SECONDS = 200.0
"""How long an opening is used again; the database lets it be for five minutes."""
HISTORY = ("record_linkage_", "audited_access_", "reachin.")
"""Tables that merging itself writes, and traces: they only grow."""
CONTACT = {"contact_way": "email"}
PROTECTS = (
    (
        "select person_id, null::uuid from people_protectedhome where lifted_at is null and person_id = any (%s::uuid[])",
        "select p, null::uuid from unnest(%s::uuid[]) p where reachin.protected(array[p]) and cardinality(%s::uuid[]) >= 0",
    ),
    (
        "select person_id, agency_id from information_sharing_block where lifted_at is null and person_id = any (%s::uuid[])",
        "select p, a from unnest(%s::uuid[]) p cross join unnest(%s::uuid[]) a where reachin.shut_out(array[p], a)",
    ),
)
"""What protects: by which rows it was said, and whom the guard protects; each as (record, agency or nothing)."""
A_DOOR = SevenThings(
    decision=Decision.SHARE,
    purpose=Purpose.FRONT_DOOR,
    categories=(Category.STORY,),
    why="It belongs there.",
    views="Those of whoever asked.",
    necessity="What it is about, and no more.",
    informed=Informed.TOLD,
    basis=Basis.PUBLIC_TASK,
)
Digests = Counter[tuple[str, str]]


def add_notes() -> None:
    """Makes the table of notes, guarded and moving as a migration would make it."""
    guarded = guard_sql(NOTE, see="(select reachin.acting_kind()) = 'nobody'", add=None, change=None, remove=None, changeable=())
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(f"create table {NOTE} (id uuid primary key, person_id uuid not null references people_person, words text not null)")
        cursor.execute(guarded)
        cursor.execute(str(MovingKey(NOTE, "person_id").sql))


@dataclass(slots=True)
class Forest:
    """Who is whom, reckoned anew each time from the merges in force (`into`) and from where each row was written (`homes`)."""

    into: dict[UUID, UUID] = field(default_factory=dict)
    homes: dict[UUID, UUID] = field(default_factory=dict)

    def root(self, record: UUID) -> UUID:
        """Who this record is now."""
        while record in self.into:
            record = self.into[record]
        return record

    def places(self) -> dict[UUID, UUID]:
        """Where each row that moves has to point now."""
        return {row: self.root(home) for row, home in self.homes.items()}


@dataclass(frozen=True, slots=True)
class Known:
    """One record: the person, their alias, and the request in which they were recorded."""

    person: UUID
    alias: UUID
    request: RequestForAssistance


@dataclass(slots=True)
class Play:
    """A few records with which things happen. `wrong` gathers whatever was not as reckoned; `counts` what happened."""

    guardian: Account
    worker: Account
    agencies: Sequence[Agency]
    known: Sequence[Known]
    forest: Forest = field(default_factory=Forest)
    live: dict[UUID, Merge] = field(default_factory=dict)
    """Merges in force, by the merged record."""
    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    _rows: Digests = field(default_factory=Counter)
    _pairs: dict[frozenset[UUID], UUID] = field(default_factory=dict)
    _openings: dict[UUID, tuple[UUID, float]] = field(default_factory=dict)

    def begin(self) -> None:
        """Puts every two records side by side, and notes how everything stands."""
        with acting(self.guardian.actor()) as now:
            for one, other in combinations(self.people(), 2):
                self._pairs[frozenset((one, other))] = actions.put_side_by_side(one, other, by=self.guardian, now=now).id
        self.forest.homes |= {known.alias: known.person for known in self.known}
        self._rows, _places = self._found()

    def people(self) -> list[UUID]:
        return [known.person for known in self.known]

    def roots(self) -> list[UUID]:
        """Records that stand for themselves."""
        return [person for person in self.people() if person not in self.forest.into]

    # Joining and parting

    @contextmanager
    def linking(self) -> Iterator["Linking"]:
        """One transaction of merges and unmerges; nothing else may have changed after it, and all that moves is where it should be."""
        openings = {pair: self._opening(self.guardian, "pair", subject, "record_linkage") for pair, subject in self._pairs.items()}
        with acting(self.guardian.actor()) as now:
            yield Linking(self, openings, now)
        self.check("linking")

    def end(self, luck: Random) -> None:
        """Undoes every merge, in any order; then everything has to be as if there had been none."""
        with self.linking() as linking:
            for merged in luck.sample(sorted(self.live), len(self.live)):
                linking.unmerge(merged)
        if self.forest.places() != self.forest.homes:
            self.wrong.append("not everything was to come home")

    def check(self, after: str) -> None:
        """Every row is as it was, and every row that moves is where it has to be."""
        found, places = self._found()
        if found != self._rows:
            self.wrong.append(f"{after} changed {sorted((found - self._rows) + (self._rows - found))[:4]}")
        self._compare(places, after)
        self._compare_what_protects(after)

    def _compare_what_protects(self, after: str) -> None:
        """A hidden home and a block on any record hold for every record of the same person, and for no other."""
        for statement, asks in PROTECTS:
            with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
                cursor.execute("set local role reachin_guard")
                cursor.execute(statement, [self.people()])
                said = {(self.forest.root(person), about) for person, about in cursor.fetchall()}
                cursor.execute(asks, [self.people(), [agency.id for agency in self.agencies]])
                found = {(person, about) for person, about in cursor.fetchall()}
            abouts = {about for _person, about in said | found}
            expected = {(person, about) for person in self.people() for about in abouts if (self.forest.root(person), about) in said}
            self.counts["protections"] += len(expected)
            if found != expected:
                self.wrong.append(f"after {after} something that protects is lost or too wide: {sorted(map(str, found ^ expected))[:4]}")

    def _compare(self, places: Mapping[UUID, UUID], after: str) -> None:
        expected = self.forest.places()
        astray = {row for row in expected.keys() | places.keys() if places.get(row) != expected.get(row)}
        if astray:
            self.wrong.append(f"after {after} {len(astray)} rows are astray")

    def _found(self) -> tuple[Digests, dict[UUID, UUID]]:
        """Digests of every row about these records that the register knows, without what moves; and where that points."""
        connection = connections["owner"]
        connection.ensure_connection()
        cursor = psycopg.Cursor(connection.connection)
        rows = cursor.execute(every_row(), {"people": self.people()}, prepare=True).fetchall()
        digests = Counter((str(table), str(digest)) for table, digest, _row, _place in rows)
        return digests, {row: place for _table, _digest, row, place in rows if place is not None}

    def _opening(self, who: Account, kind: str, subject: UUID, purpose: str) -> UUID:
        nonce, until = self._openings.get(subject, (None, 0.0))
        if nonce is None or time.monotonic() > until:
            nonce = open_record(who.actor(), kind, subject, purpose=purpose)
            assert nonce is not None, f"the {kind} does not open"
            self._openings[subject] = (nonce, time.monotonic() + OPEN_FOR_SECONDS)
        return nonce

    # Whatever else happens

    def change(self, luck: Random) -> None:
        """Something else happens to one of them, by the product's own actions: it shows, and moves nothing."""
        kinds: Sequence[Callable[[Known, Random], None]] = (
            self._tell, self._correct, self._block_or_lift, self._protect_or_lift, self._share_or_end, self._name_again, self._note,
            self._reword,
        )  # fmt: skip
        kind = luck.choice(kinds)
        kind(luck.choice(self.known), luck)
        self.counts["changes"] += 1
        found, places = self._found()
        if found == self._rows:
            self.wrong.append(f"{kind.__name__} does not show")
        self._rows = found
        self._compare(places, kind.__name__)

    @contextmanager
    def _at_work(self, one: Known) -> Iterator[datetime]:
        """The hub worker has the request open in which this record was made."""
        opening = self._opening(self.worker, "request", one.request.id, "front_door")
        with acting(self.worker.actor(), opening=opening) as now:
            yield now

    def _tell(self, one: Known, luck: Random) -> None:
        with self._at_work(one) as now:
            tell_contact(one.person, {**CONTACT, "email": f"{luck.random()}@people.example"}, by=self.worker.id, now=now)

    def _correct(self, one: Known, luck: Random) -> None:
        with self._at_work(one) as now:
            correct_details(Person(id=one.person), PersonFacts(f"Name {luck.random()}"), now=now)

    def _block_or_lift(self, one: Known, luck: Random) -> None:
        agency = luck.choice(self.agencies)
        with self._at_work(one) as now:
            held = Block.objects.against([one.person], agency.id).first()
            if held is None:
                block(one.person, agency, by=self.worker.id, now=now)
            else:
                lift_block(held.id, by=self.worker.id, now=now)

    def _protect_or_lift(self, one: Known, luck: Random) -> None:
        """It has to stay secret where they live, or need not any more."""
        with self._at_work(one) as now:
            if ProtectedHome.objects.filter(person_id=one.person, lifted_at=None).exists():
                lift_protection(one.person, by=self.worker.id, why="They are safe.", now=now)
            else:
                protect_home(one.person, by=self.worker.id, now=now)

    def _share_or_end(self, one: Known, luck: Random) -> None:
        agency, purpose = luck.choice(self.agencies), Purpose.FRONT_DOOR
        with self._at_work(one) as now:
            if CircleEntry.objects.filter(person_id=one.person, agency=agency, purpose=purpose, ended_at=None).exists():
                end_sharing([one.person], agency.id, purpose=purpose, by=self.worker.id, now=now)
                return
            share(one.person, agency, A_DOOR, controller=self.worker.agency, by=self.worker.id, now=now)

    def _name_again(self, one: Known, luck: Random) -> None:
        """The request names them once more, by their alias."""
        with self._at_work(one):
            place = RequestPerson.objects.filter(request_for_assistance=one.request).count()
            RequestPerson.objects.create(
                request_for_assistance=one.request, alias_id=one.alias, relation=Relation.OTHER, place=place, is_contact=False
            )

    def _note(self, one: Known, luck: Random) -> None:
        """A row that moves is written with whoever the record is now: there is its home."""
        row, home = new_id(), self.forest.root(one.person)
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"insert into {NOTE} values (%s, %s, %s)", [row, home, str(luck.random())])
        self.forest.homes[row] = home

    def _reword(self, one: Known, luck: Random) -> None:
        """All notes about whoever the record is now get other words, one more among them."""
        self._note(one, luck)
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"update {NOTE} set words = %s where person_id = %s", [str(luck.random()), self.forest.root(one.person)])


@dataclass(frozen=True, slots=True)
class Linking:
    """One transaction in which a guardian joins and parts, each time with the pair in question open."""

    play: Play
    openings: Mapping[frozenset[UUID], UUID]
    now: datetime

    def merge(self, kept: UUID, merged: UUID) -> None:
        """Joins two records that stand for themselves; any others have to be refused."""
        play = self.play
        self._open(kept, merged)
        may = {kept, merged} <= set(play.roots())
        try:
            made = actions.merge(Person(id=kept), Person(id=merged), by=play.guardian, reason="They are one.", now=self.now)
        except actions.AlreadyJoined:
            play.counts["refused"] += 1
            if may:
                play.wrong.append("a merge was refused")
            return
        if not may:
            play.wrong.append("a record was joined twice")
            return
        play.live[merged] = made
        play.forest.into[merged] = kept
        play.counts["merges"] += 1

    def unmerge(self, merged: UUID) -> None:
        """Parts a record from the one that it was joined to."""
        play = self.play
        undone = play.live.pop(merged)
        self._open(undone.kept_id, undone.merged_id)
        actions.unmerge(undone, by=play.guardian, reason="They are two.", now=self.now)
        del play.forest.into[merged]
        play.counts["unmerges"] += 1

    def _open(self, one: UUID, other: UUID) -> None:
        context = signed(self.play.guardian.actor(), self.openings[frozenset((one, other))])
        ask("select set_config('reachin.context', %s, true)", context)


@cache
def every_row() -> str:
    """One statement for every row that the register knows: its table, its digest without what moves, and where that points."""
    moving = {key.table: key.column for key in keys_that(OnMerge.MOVES)} | {NOTE: "person_id"}
    reached: dict[str, set[str]] = {"people_person": {"id = any (%(people)s)"}, NOTE: {"person_id = any (%(people)s)"}}
    for key in all_keys():
        if not key.table.startswith(HISTORY) and key.on_merge != OnMerge.MOVES:
            reached.setdefault(key.table, set()).add(_reaching(key))
    return " union all ".join(_rows_of(table, " or ".join(sorted(ways)), moving.get(table)) for table, ways in sorted(reached.items()))


def _reaching(key: PersonKey) -> str:
    if key.on_merge == OnMerge.BY_ALIAS:
        return f"{key.column} in (select id from people_personalias where person_id = any (%(people)s))"
    return f"{key.column} = any (%(people)s)"


def _rows_of(table: str, where: str, moving: str | None) -> str:
    digest = f"md5((to_jsonb(t) - '{moving}')::text)" if moving else "md5(to_jsonb(t)::text)"
    points = f"t.id, t.{moving}" if moving else "null::uuid, null::uuid"
    return f"select '{table}', {digest}, {points} from {table} t where {where}"
