"""What happens in the lives of invented families beside asking for help: who is let in, kept out, looks first, joins records, answers.

Written as rows by their owner, every kind in every state: current, over, ended, still to come. The same seed lives the same lives.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.db import connections

from demo.bulk import FALSE, NULL, TABLES, TRUE, Bulk, Ids, array, as_bytes
from demo.written_request import HUB_CATEGORIES
from reachin.access.referrals.models import ReferralNote
from reachin.families.information_requests.models import CopyEntry, InformationWords
from reachin.families.information_sharing.enums import Basis, Category, CircleRole, Purpose, SpecialCondition
from reachin.families.information_sharing.models import EmergencyAccess, SharingDecision
from reachin.families.information_sharing.rules import SPECIAL_CATEGORIES
from reachin.families.own_accounts.models import OwnAccount
from reachin.families.record_linkage.models import Merge
from reachin.families.retention.models import DestructionReview, LegalHold
from reachin.partnership.accounts.models import Account

SHARING = "information_sharing"
LIVES = {
    f"{SHARING}_sharingagreement": "id name keeper_id purpose categories basis special_condition criminal_condition statutory_power why"
    " necessity schedule document starts_on expires_on recorded_at recorded_by ended_at ended_by",
    f"{SHARING}_agreementparty": "id agreement_id agency_id",
    "people_protectedhome": TABLES["people_protectedhome"],
    **{table: TABLES[table] for table in (f"{SHARING}_sharingdecision", f"{SHARING}_circleentry", f"{SHARING}_block")},
    f"{SHARING}_emergencyaccess": "id kind subject_id account_id agency_id controller_id reason starts_at until review_due_at reviewed_at"
    " reviewed_by review_outcome review_words",
    "referrals_referralnote": "id referral_id from_family sealed written_at written_by",
    "own_accounts_ownaccount": "id person_id ground why invited_at invited_by reference_digest phrase_hash begun_at begun_by confirmed_at"
    " confirmed_by ended_at ended_by",
    "record_linkage_pair": "id agency_id one_id other_id put_at put_by",
    "record_linkage_merge": "id pair_id kept_id merged_id reason merged_at merged_by unmerge_reason unmerged_at unmerged_by",
    "record_linkage_moved": "id merge_id key row_id",
    "information_requests_informationrequest": "id person_id controller_id kind face state due_on asked_at asked_by acknowledged_at"
    " acknowledged_by prepared_at prepared_by reviewed_at reviewed_by",
    "information_requests_informationwords": "id information_request_id kind sealed written_at written_by",
    "information_requests_copyentry": "id information_request_id place held_at controller_id category sealed is_others_words"
    " is_childs_confidence is_withheld gathered_at gathered_by decided_at decided_by",
    "retention_destructionreview": "id kind subject_id class_code controller_id counted_from due_from decision reason decided_at decided_by"
    " confirmed_at confirmed_by destroyed_at destroyed_by",
    "retention_legalhold": "id alias_id subject_id class_code agency_id reason held_at held_by lifted_at lifted_by",
    "requests_for_assistance_quarantine": "request_for_assistance_id suspicions marked_at checked_as checked_at checked_by_id",
    "requests_for_assistance_draftrequest": "id reference form_version asked_by channel started_by_id sealed saw_danger_at started_at"
    " changed_at",
    "one_time_links_onetimelink": "id token_digest purpose subject_id factor phrase_hash account_id agency_id made_at made_by expires_at"
    " tries confirmed_at confirmed_by used_at ended_at ended_by",
    "audited_access_openingbrake": "id user_id agency_id role step records braked_at seen_at seen_by",
}
"""Every table that lives are written to, with its columns, each after what it points at."""
NOBODY = f"{NULL}\t{NULL}"
ALL_FAMILIES = """
select r.id::text, r.holder_agency_id::text, r.waiting_for, r.asked_by,
  array_agg(a.person_id::text order by p.place), array_agg(a.id::text order by p.place)
from requests_for_assistance_requestforassistance r
  join requests_for_assistance_requestperson p on p.request_for_assistance_id = r.id join people_personalias a on a.id = p.alias_id
group by r.id order by r.received_at, r.id
"""
ALL_REFERRALS = "select id::text, request_for_assistance_id::text, receiver_agency_id::text from referrals_referral order by id"
AGREEMENTS = 30
HOURS, DAYS = timedelta(hours=1), timedelta(days=1)
PARTIES = 3


@dataclass(slots=True)
class Family:
    """A family as its request has it: its number, and its people with their aliases."""

    number: int
    request: str
    holder: str
    waiting_for: str
    asked_by: str
    people: list[str]
    aliases: list[str]
    near: list[str] = field(default_factory=list)
    """Agencies that were let in, or looked: those that a block shuts out of something."""


@dataclass(slots=True)
class Lives:
    """What the lives of all families are made of."""

    bulk: Bulk
    chance: Random
    ids: Ids
    now: datetime
    staff: Sequence[Account]
    agencies: list[str]
    hub: str
    door: str
    """Another agency that takes requests on."""
    agreements: list[str] = field(default_factory=list)
    kept_out: set[tuple[str, str]] = field(default_factory=set)
    """Blocks in force, by person and agency."""
    joined: set[str] = field(default_factory=set)
    """Records that stand for another."""

    def new(self) -> str:
        return self.ids.at(int(self.now.timestamp() * 1000))

    def ago(self, least: timedelta, most: timedelta) -> str:
        return (self.now - least - (most - least) * self.chance.random()).isoformat()

    def ahead(self, least: timedelta, most: timedelta) -> str:
        return (self.now + least + (most - least) * self.chance.random()).isoformat()

    def worker(self, agency: str, *roles: str) -> Account:
        """Somebody of an agency, of one of these roles where there are any."""
        return self.chance.choice([one for one in self.staff if str(one.agency_id) == agency and (not roles or one.role in roles)])

    def elsewhere(self) -> str:
        """An agency that is not the hub."""
        return self.chance.choice([agency for agency in self.agencies if agency != self.hub])


def live(seed: int, now: datetime) -> int:
    """Adds what happened to every family that is there; gives how many rows that were."""
    from reachin.partnership.agencies.models import Agency

    agencies = {agency.slug: str(agency.id) for agency in Agency.objects.order_by("slug")}
    chance = Random(f"lives {seed}")  # noqa: S311 invented, not secret
    bulk = Bulk("owner", LIVES)
    staff = list(Account.objects.order_by("email"))
    lives = Lives(bulk, chance, Ids(chance), now, staff, list(agencies.values()), agencies["family-hub"], agencies["social-work"])
    with connections["owner"].cursor() as cursor:
        cursor.execute("select person_id::text, agency_id::text from information_sharing_block where lifted_at is null")
        lives.kept_out.update(cursor.fetchall())
        cursor.execute(ALL_FAMILIES)
        families = [Family(number, *row) for number, row in enumerate(cursor.fetchall())]
        cursor.execute(ALL_REFERRALS)
        referrals = cursor.fetchall()
    for number in range(AGREEMENTS):
        _agree(lives, number)
    numbers = {family.request: family for family in families}
    for referral, request, receiver in referrals:
        _write_beside(lives, numbers[request], referral, receiver)
    for _ in range(len(families) // 100):
        _begin_draft(lives)
        _brake(lives)
    changes: list[tuple[str, list[Any]]] = []
    for family, before in zip(families, [None, *families], strict=False):
        changes += _live(lives, family, before)
    with bulk.at_once():
        stored = bulk.store()
        with connections["owner"].cursor() as cursor, _as_before_it_was_asked(cursor):
            for statement, values in changes:
                cursor.execute(statement, values)
    return stored


@contextmanager
def _as_before_it_was_asked(cursor: Any) -> Iterator[None]:
    """Families of every time: some shares ended when nothing asked yet whether a referral stood on them."""
    table, trigger = f"{SHARING}_circleentry", "ending_reaches_referrals"
    cursor.execute(f"alter table {table} disable trigger {trigger}")
    yield
    cursor.execute(f"alter table {table} enable trigger {trigger}")


def _live(lives: Lives, family: Family, before: Family | None) -> Iterator[tuple[str, list[Any]]]:
    """One family's life as rows; gives what changes in rows that are there."""
    happens = lives.chance.random
    for _ in range(lives.chance.choice((0, 0, 1, 1, 2, 4))):
        _share(lives, family)
    if happens() < 0.05:
        _decide(lives, family, family.people[0], lives.elsewhere(), "not_share", Purpose.SUPPORT, [Category.STORY])
    for share, happening in HAPPENINGS:
        if happens() < share:
            happening(lives, family)
    if before is not None and happens() < 0.06:
        yield from _join(lives, family, before)
    yield from _at_the_door(lives, family)


def _told(lives: Lives, words: str, family: Family, field_code: str, row: str) -> str:
    return lives.bulk.sealed(f"{words} heron{family.number:06d}", field_code, row)


def _agree(lives: Lives, number: int) -> None:
    agreement, keeper = lives.new(), lives.chance.choice(lives.agencies)
    guardian = lives.worker(keeper, "information_guardian")
    starts = date.fromisoformat(lives.ago(400 * DAYS, 800 * DAYS)[:10])
    expires = starts + timedelta(days=lives.chance.choice((90, 500, 2000, 3000)))
    end = f"{lives.ago(DAYS, 80 * DAYS)}\t{guardian.id}" if number % 7 == 0 else NOBODY
    purpose = lives.chance.choice((Purpose.SUPPORT, Purpose.SUPPORT, Purpose.PROTECTION))
    kinds: list[str] = [Category.CONTACT, *lives.chance.sample([Category.STORY, Category.PLAN], 1)]
    lives.bulk.add(
        *(f"{SHARING}_sharingagreement", agreement, f"Agreement {number}", keeper, purpose, array(kinds), Basis.PUBLIC_TASK),
        *("", "", "", "So that help comes sooner.", "A name.", "As soon as it is decided.", "", starts.isoformat(), expires.isoformat()),
        *(lives.ago(800 * DAYS, 900 * DAYS), str(guardian.id), end),
    )
    for agency in {keeper, *lives.chance.sample(lives.agencies, PARTIES)}:
        lives.bulk.add(f"{SHARING}_agreementparty", lives.new(), agreement, agency)
    lives.agreements.append(agreement)


def _share(lives: Lives, family: Family) -> None:
    """Somebody of a family, or all of them, with one agency or one of its people: now, before, later, or ended."""
    chance, agency = lives.chance, lives.elsewhere() if lives.chance.random() < 0.97 else lives.hub
    purpose = chance.choice((Purpose.SUPPORT, Purpose.SUPPORT, Purpose.SUPPORT, Purpose.PROTECTION, Purpose.FRONT_DOOR))
    some: list[str] = chance.sample(Category.values, 2)
    kinds = sorted({*some, Category.CONTACT.value} if chance.random() < 0.8 else some)
    state = chance.choice(("now", "now", "now", "until later", "over", "to come", "ended"))
    starts = lives.ago(DAYS, 300 * DAYS) if state != "to come" else lives.ahead(DAYS, 30 * DAYS)
    otherwise = lives.ahead(91 * DAYS, 360 * DAYS)
    until = {"until later": lives.ahead(DAYS, 90 * DAYS), "over": lives.ago(0 * DAYS, DAYS)}.get(state, otherwise)
    family.near.append(agency)
    account = str(lives.worker(agency).id) if chance.random() < 0.12 else NULL
    by = lives.worker(lives.hub, "hub_worker")
    for person in family.people if chance.random() < 0.5 else [chance.choice(family.people)]:
        decision, basis = _decide(lives, family, person, agency, "share", purpose, kinds)
        end = f"{lives.ago(0 * DAYS, DAYS)}\t{by.id}" if state == "ended" else NOBODY
        lives.bulk.add(
            *(f"{SHARING}_circleentry", lives.new(), person, agency, account, chance.choice(list(CircleRole)), decision, purpose),
            *(array(kinds), basis, starts, until, lives.ago(300 * DAYS, 301 * DAYS), str(by.id), end),
        )


def _decide(lives: Lives, family: Family, person: str, agency: str, what: str, purpose: str, kinds: Sequence[str]) -> tuple[str, str]:
    """A decision with its reasons; gives its id and the basis."""
    chance, decision = lives.chance, lives.new()
    basis = chance.choice((Basis.CONSENT, Basis.CONSENT, Basis.PUBLIC_TASK, Basis.VITAL_INTERESTS, Basis.LEGAL_OBLIGATION))
    informed = "agreed" if basis == Basis.CONSENT and what == "share" else chance.choice(("told", "told", "refused", "not_told"))
    beats = what == "share" and purpose == Purpose.PROTECTION and basis != Basis.CONSENT and chance.random() < 0.5
    is_reviewed = beats or chance.random() < 0.1
    controller = lives.hub if chance.random() < 0.8 else lives.elsewhere()
    by = lives.worker(controller)
    reviewed = chance.random() < 0.4 and is_reviewed
    special = SpecialCondition.SAFEGUARDING if {*kinds} & {*SPECIAL_CATEGORIES} else ""
    said = [_told(lives, "because", family, f"{SharingDecision.FIELD}.{column}", decision) for column in ("why", "views", "necessity")]
    why_not = _told(lives, "not told", family, f"{SharingDecision.FIELD}.not_told_why", decision) if informed == "not_told" else NULL
    lives.bulk.add(
        *(f"{SHARING}_sharingdecision", decision, person, controller, agency, what, purpose, array(list(kinds)), *said, informed, why_not),
        *(basis, special, "", "", chance.choice(lives.agreements) if chance.random() < 0.2 else NULL, FALSE, TRUE if beats else FALSE),
        *(lives.ago(DAYS, 200 * DAYS), str(by.id), lives.ago(0 * DAYS, 100 * DAYS) if is_reviewed else NULL),
        *((lives.ago(0 * DAYS, DAYS), str(lives.worker(controller).id), "justified") if reviewed else (NULL, NULL, "")),
        _told(lives, "it was right", family, f"{SharingDecision.FIELD}.review_words", decision) if reviewed else NULL,
        *(NULL, NULL, NULL, NULL),  # nothing was kept back, and no words are still to come
    )
    return decision, basis


def _keep_out(lives: Lives, family: Family) -> None:
    person = lives.chance.choice(family.people)
    agency = lives.chance.choice(family.near) if family.near and lives.chance.random() < 0.7 else lives.elsewhere()
    agency = lives.hub if lives.chance.random() < 0.1 else agency
    is_lifted = lives.chance.random() < 0.3
    if (person, agency) in lives.kept_out:
        return
    end = f"{lives.ago(0 * DAYS, DAYS)}\t{family.request}" if is_lifted else NOBODY
    said_as = lives.chance.choice(("self", "parent", "worker", "other"))
    lives.bulk.add(f"{SHARING}_block", lives.new(), person, agency, lives.ago(DAYS, 90 * DAYS), family.request, said_as, end)
    if not is_lifted:
        lives.kept_out.add((person, agency))


def _write_beside(lives: Lives, family: Family, referral: str, receiver: str) -> None:
    """Words beside a referral: of the family, of whoever answers, or none."""
    whose = lives.chance.choice((NULL, family.request, str(lives.worker(receiver).id)))
    if whose != NULL:
        note = lives.new()
        sealed = _told(lives, "beside it", family, ReferralNote.FIELD, note)
        from_family = TRUE if whose == family.request else FALSE
        lives.bulk.add("referrals_referralnote", note, referral, from_family, sealed, lives.ago(0 * DAYS, DAYS), whose)


def _own_account(lives: Lives, family: Family) -> None:
    account, by, other = lives.new(), lives.worker(lives.hub, "hub_worker"), str(lives.worker(lives.hub, "information_guardian").id)
    state = lives.chance.choice(("invited", "begun", "begun", "begun", "ended"))
    begun = (as_bytes(account.encode()), "never matches", lives.ago(DAYS, 20 * DAYS), account)
    understands = lives.chance.random() < 0.2
    why = _told(lives, "understands", family, OwnAccount.FIELD, account) if understands else NULL
    lives.bulk.add(
        *("own_accounts_ownaccount", account, lives.chance.choice(family.people), "understands" if understands else "grown_up", why),
        *(lives.ago(20 * DAYS, 40 * DAYS), str(by.id), *((NULL, "", NULL, NULL) if state == "invited" else begun)),
        *((lives.ago(0 * DAYS, DAYS), other) if state != "invited" and lives.chance.random() < 0.7 else (NULL, NULL)),
        f"{lives.ago(0 * DAYS, DAYS)}\t{account}" if state == "ended" else NOBODY,
    )


def _protect_home(lives: Lives, family: Family) -> None:
    by = str(lives.worker(lives.hub, "hub_worker").id)
    end = f"{lives.ago(0 * DAYS, DAYS)}\t{by}" if lives.chance.random() < 0.3 else NOBODY
    home = (lives.new(), lives.chance.choice(family.people), lives.ago(DAYS, 90 * DAYS), by, end, NULL)
    lives.bulk.add("people_protectedhome", *home)


def _look_first(lives: Lives, family: Family) -> None:
    role = lives.chance.choice(LOOKS_FIRST)
    access, who = lives.new(), lives.chance.choice([one for one in lives.staff if one.role == role])
    is_over = lives.chance.random() < 0.4
    family.near = [str(who.agency_id)] if lives.chance.random() < 0.4 else [*family.near, str(who.agency_id)]
    starts = lives.now - (20 * DAYS if is_over else 2 * HOURS)
    reviewed = (
        (lives.ago(0 * DAYS, DAYS), str(lives.worker(str(who.agency_id), "information_guardian").id), "justified")
        if is_over and lives.chance.random() < 0.5
        else (NULL, NULL, "")
    )
    words = _told(lives, "it was right", family, f"{EmergencyAccess.FIELD}.review_words", access) if reviewed[2] else NULL
    lives.bulk.add(
        *(f"{SHARING}_emergencyaccess", access, "request", family.request, str(who.id), str(who.agency_id), lives.hub),
        *(_told(lives, "no time", family, f"{EmergencyAccess.FIELD}.reason", access), starts.isoformat()),
        *((starts + 23 * HOURS).isoformat(), (starts + 3 * DAYS).isoformat(), *reviewed, words),
    )


LOOKS_FIRST = ("practitioner", "support_worker", "duty_worker", "hub_worker")


def _ask_about(lives: Lives, family: Family) -> None:
    """Somebody asks what is held of them; each kind in each state."""
    asked, person, controller = lives.new(), family.people[0], lives.hub
    one, other = (lives.worker(controller, "information_guardian") for _ in range(2))
    kind = lives.chance.choice(("copy", "copy", "copy", "erasure", "correction", "complaint"))
    state = lives.chance.choice(("asked", "acknowledged", "prepared", "released", "refused"))
    if one.id == other.id and state in ("released", "refused"):
        state = "prepared"
    at = lives.ago(DAYS, 20 * DAYS)
    steps = ("acknowledged", "prepared", "released")
    reached = {"asked": 0, "acknowledged": 1, "prepared": 2, "released": 3, "refused": 3}[state]
    stamps = [f"{at}\t{(one, one, other)[place].id}" if reached > place else NOBODY for place in range(len(steps))]
    lives.bulk.add(
        *("information_requests_informationrequest", asked, person, controller, kind, "", state),
        *(at[:10], lives.ago(20 * DAYS, 40 * DAYS), family.request, *stamps),
    )
    said = {"asked": family.request}
    said |= {"answer": str(one.id)} if reached >= 2 else {}
    said |= {"refusal": str(other.id)} if state == "refused" else {}
    said |= {"handed_back": str(other.id)} if reached == 2 else {}
    for words, by in said.items():
        row = lives.new()
        sealed = _told(lives, words, family, InformationWords.FIELD, row)
        lives.bulk.add("information_requests_informationwords", row, asked, words, sealed, at, by)
    for place in range(3 if kind == "copy" and reached >= 2 else 0):
        row, is_withheld = lives.new(), place == 0
        lives.bulk.add(
            *("information_requests_copyentry", row, asked, str(place), at, controller, lives.chance.choice(list(Category))),
            *(_told(lives, "held", family, CopyEntry.FIELD, row), TRUE if place < 2 else FALSE, FALSE, TRUE if is_withheld else FALSE),
            *(at, str(one.id), *((at, str(other.id)) if place == 1 else (NULL, NULL))),
        )


def _retain(lives: Lives, family: Family) -> None:
    hold, review, agency = lives.new(), lives.new(), lives.chance.choice(lives.agencies)
    keeper = lives.worker(agency)
    end = f"{lives.ago(0 * DAYS, DAYS)}\t{keeper.id}" if lives.chance.random() < 0.3 else NOBODY
    subject = (NULL, family.request) if lives.chance.random() < 0.5 else (family.aliases[0], NULL)
    reason = _told(lives, "for a court", family, LegalHold.FIELD, hold)
    at = lives.ago(DAYS, 90 * DAYS)
    lives.bulk.add("retention_legalhold", hold, *subject, "", agency, reason, at, str(keeper.id), end)
    is_decided = lives.chance.random() < 0.5
    why = _told(lives, "keep it", family, DestructionReview.FIELD, review)
    decided = ("keep", why, at, str(lives.worker(lives.hub, "information_guardian").id)) if is_decided else ("", NULL, NULL, NULL)
    lives.bulk.add("retention_destructionreview", review, "request", family.request, "request", lives.hub, at, at, *decided, *[NULL] * 4)


def _seems_automatic(lives: Lives, family: Family) -> None:
    who = lives.worker(lives.hub, "hub_worker")
    checked = ("released", lives.ago(0 * DAYS, DAYS), str(who.id)) if lives.chance.random() < 0.5 else ("", NULL, NULL)
    lives.bulk.add("requests_for_assistance_quarantine", family.request, "{too_fast}", lives.ago(DAYS, 9 * DAYS), *checked)


def _link(lives: Lives, family: Family) -> None:
    link, by = lives.new(), lives.chance.choice(lives.staff)
    is_of_family = lives.chance.random() < 0.3
    made = (NULL, lives.ago(0 * DAYS, DAYS), family.request) if is_of_family else (str(by.agency_id), lives.ago(0 * DAYS, DAYS), str(by.id))
    lives.bulk.add(
        *("one_time_links_onetimelink", link, as_bytes(link.encode()), "own_account.begin", family.people[0], "worker", "", NULL, *made),
        *(lives.ahead(DAYS, 7 * DAYS), "0", NULL, NULL, NULL, NOBODY),
    )


def _begin_draft(lives: Lives) -> None:
    """A draft of a practitioner, or of a family that has not sent it."""
    draft, reference = lives.new(), f"{lives.chance.getrandbits(48):012X}"
    by = lives.chance.choice([one for one in lives.staff if one.role in LOOKS_FIRST])
    asked_by, started_by = ("practitioner", str(by.id)) if lives.chance.random() < 0.5 else ("parent_or_carer", NULL)
    at = lives.ago(DAYS, 30 * DAYS)
    told = lives.bulk.sealed('{"story": "not sent"}', "requests.draft", draft)
    lives.bulk.add("requests_for_assistance_draftrequest", draft, reference, "1", asked_by, "online", started_by, told, NULL, at, at)


def _brake(lives: Lives) -> None:
    who = lives.chance.choice(lives.staff)
    at = lives.ago(2 * DAYS, 30 * DAYS)
    lives.bulk.add("audited_access_openingbrake", lives.new(), str(who.id), str(who.agency_id), who.role, "warned", "40", at, NOBODY)


def _join(lives: Lives, family: Family, before: Family) -> Iterator[tuple[str, list[Any]]]:
    """A record of this family and one of the family before are put side by side, joined, or joined and parted."""
    guardian = str(lives.worker(lives.hub, "information_guardian").id)
    kept, merged = before.people[0], family.people[0]
    pair, merge, at = lives.new(), lives.new(), lives.ago(DAYS, 30 * DAYS)
    lives.bulk.add("record_linkage_pair", pair, lives.hub, min(kept, merged), max(kept, merged), at, guardian)
    state = lives.chance.choice(("seen", "joined", "joined", "parted"))
    if state == "seen" or kept in lives.joined:
        return
    parted = (_told(lives, "not the same", family, Merge.UNMERGE_FIELD, merge), at, guardian) if state == "parted" else (NULL, NULL, NULL)
    why = _told(lives, "the same", family, Merge.FIELD, merge)
    lives.bulk.add("record_linkage_merge", merge, pair, kept, merged, why, at, guardian, *parted)
    lives.bulk.add("record_linkage_moved", lives.new(), merge, "people_personalias.stands_for_id", family.aliases[0])
    if state == "joined":
        lives.joined.add(merged)
        if lives.chance.random() < 0.5:
            _keep_out(lives, lives.chance.choice((family, before)))
        yield ("update people_personalias set stands_for_id = %s where stands_for_id = %s", [kept, merged])


def _at_the_door(lives: Lives, family: Family) -> Iterator[tuple[str, list[Any]]]:
    """Few requests move to another door; of few people the door that holds the request sees less, or nothing any more."""
    drawn, person, by = lives.chance.random(), lives.chance.choice(family.people), lives.worker(lives.hub, "hub_worker")
    of_the_door = "update information_sharing_circleentry set {} where person_id = %s and agency_id = %s and role = 'front_door'"
    if drawn < 0.02 and family.waiting_for == "hub":
        for one in family.people:
            lives.bulk.add(
                *(f"{SHARING}_circleentry", lives.new(), one, lives.door, NULL, CircleRole.FRONT_DOOR, NULL, Purpose.FRONT_DOOR),
                *(HUB_CATEGORIES, Basis.PUBLIC_TASK, lives.ago(0 * DAYS, DAYS), NULL, lives.ago(0 * DAYS, DAYS), str(by.id), NOBODY),
            )
        yield (
            "update requests_for_assistance_requestforassistance set holder_agency_id = %s, contact_owner_id = null where id = %s",
            [lives.door, family.request],
        )
    elif drawn < 0.04:
        yield (of_the_door.format("categories = %s"), [lives.chance.sample(list(Category), 3), person, lives.hub])
    elif drawn < 0.05:
        yield (of_the_door.format("ended_at = now(), ended_by = %s"), [by.id, person, lives.hub])
    elif drawn < 0.06:
        yield (of_the_door.format("until = now()"), [person, lives.hub])


HAPPENINGS: tuple[tuple[float, Callable[[Lives, Family], None]], ...] = (
    (0.06, _own_account),
    (0.06, _look_first),
    (0.03, _ask_about),
    (0.03, _retain),
    (0.02, _seems_automatic),
    (0.03, _link),
    (0.05, _protect_home),
    (0.2, _keep_out),
)
"""What happens to which share of all families."""
