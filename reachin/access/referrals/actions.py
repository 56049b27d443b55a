from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify

from reachin.access.directory.models import Organisation, Service
from reachin.access.requests_for_assistance import actions as requests
from reachin.access.requests_for_assistance.enums import AskedBy
from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestPerson
from reachin.access.requests_for_assistance.rules import NOBODY_NAMED
from reachin.families.information_sharing.actions import end_sharing, share
from reachin.families.information_sharing.blocked import agencies_kept_from
from reachin.families.information_sharing.enums import Informed, Purpose
from reachin.families.information_sharing.models import CircleEntry
from reachin.families.people.enums import Relation
from reachin.families.people.models import PersonDetails
from reachin.families.people.rules import facts_to_answers
from reachin.groundwork.audited_access.audit import record
from reachin.groundwork.audited_access.context import current_actor, handing_over
from reachin.groundwork.audited_access.lookups import Lookup
from reachin.groundwork.clock.rules import LONDON
from reachin.groundwork.field_encryption import seal
from reachin.groundwork.permissions.enums import Permission
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.enums import AgencyKind
from reachin.partnership.agencies.models import Agency

from . import notices
from .enums import DeclineReason, Helped, ReferralMover, ReferralOutcome, ReferralState, Shared
from .models import Referral, ReferralMove, ReferralNote, ReferralPerson, Snapshot
from .rules import LIVE, TAKEN_BACK, Heard, NotHeard, decision_behind, heard_by_asking, may_move, snapshot_of, speaks_for, without_name


class NoSuchMove(ValueError):
    """The referral is not where this move starts, or this mover may not make it."""


class ChangedMeanwhile(ValueError):
    """Somebody else moved the referral after this page was opened; nothing was written."""

    def __init__(self, referral: Referral) -> None:
        super().__init__(str(referral.id))
        self.referral = referral


class ContactNotChecked(ValueError):
    """How the family may be reached was neither told nor checked for so long that it is not sent on: a worker checks it first."""


class AlreadyAsked(ValueError):
    """The service was asked for the same request and has not ended its answer: that referral is to be followed, not doubled."""

    def __init__(self, referral: Referral) -> None:
        super().__init__(str(referral.id))
        self.referral = referral


BlockedByFamily = requests.BlockedByFamily


@dataclass(frozen=True, slots=True)
class Sending:
    """One referral to be sent: to which service, for which people (aliases; empty means everybody), with which parts, and why.

    `heard` (by alias) holds what everybody said for whom whoever asked cannot agree; who does not agree is left out.
    """

    key: UUID
    service: Service
    receiver: Agency
    shares: frozenset[Shared]
    people: frozenset[UUID] = frozenset()
    match_reasons: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    words: str = ""
    heard: Mapping[UUID, Heard] = field(default_factory=dict)


def send(
    request_for_assistance: RequestForAssistance,
    sendings: Sequence[Sending],
    *,
    by: Account,
    now: datetime,
    seen_version: int | None = None,
) -> list[Referral]:
    """Refers a request to one or several services, all or none. The same sending again gives what it made before.

    Needs the request to be open. Raises BlockedByFamily, AlreadyAsked, requests.ChangedMeanwhile, requests.NoSuchMove; NotHeard
    where nobody wrote down what somebody said to it; also NoSuchMove when nothing is shared (an agency that may see nothing cannot answer),
    and when nobody agrees who was asked.
    """
    if not all(sending.shares for sending in sendings):
        raise NoSuchMove("a referral shares something")
    held = requests.locked(request_for_assistance.id)
    if not by.may(Permission.REFERRAL_SEND) or held.holder_agency_id != by.agency_id:
        raise PermissionDenied
    made = {referral.sending_key: referral for referral in Referral.objects.filter(sending_key__in=[sending.key for sending in sendings])}
    if not made and seen_version is not None and held.version != seen_version:
        raise requests.ChangedMeanwhile(held)
    new = [sending for sending in sendings if sending.key not in made]
    if new:
        answers = requests.told_so_far(held)
        if requests.contact_is_stale(answers, now=now) and any(Shared.CONTACT in sending.shares for sending in new):
            raise ContactNotChecked
        with transaction.atomic():
            made |= {sending.key: _send_one(held, sending, answers, by=by, now=now) for sending in new}
            requests.mark_matched(held, by=by, now=now)
            requests.tell_of_news(held.id, event="referral.sent", now=now)
    return [made[sending.key] for sending in sendings]


def _send_one(held: RequestForAssistance, sending: Sending, answers: Mapping[str, Any], *, by: Account, now: datetime) -> Referral:
    everybody = RequestPerson.objects.filter(request_for_assistance=held).select_related("alias__person__details").order_by("place")
    if sending.receiver.id in agencies_kept_from(row.alias.person_id for row in everybody):
        raise BlockedByFamily(sending.receiver.name)
    chosen = [row for row in everybody if not sending.people or row.alias_id in sending.people]
    if not chosen:
        raise NoSuchMove("a referral is for somebody in the request")
    asked = Referral.objects.live().of_request(held.id).filter(service=sending.service).first()
    if asked is not None:
        raise AlreadyAsked(asked)
    heard = {row.alias_id: _heard(held, row, sending, now=now) for row in chosen}
    left_out = [row for row in chosen if heard[row.alias_id].informed == Informed.REFUSED]
    chosen = [row for row in chosen if row not in left_out]
    if not chosen:
        raise NoSuchMove("nobody agrees of whom it is for")
    people = [{**facts_to_answers(row.alias.person.details.facts()), "relation": row.relation} for row in chosen]
    names = [person["known_as"] for person in people if person["known_as"]]
    referral = Referral(
        sending_key=sending.key,
        request_for_assistance=held,
        request_sender=held.sender,
        request_sender_agency=held.sender_agency,
        service=sending.service,
        service_name=sending.service.name,
        is_masked=sending.service.is_masked or sending.receiver.is_masked,
        sender_agency=by.agency,
        receiver_agency=sending.receiver,
        display_name=", ".join(names)[:80] or NOBODY_NAMED,
        people_count=len(chosen),
        urgency=held.urgency,
        state=ReferralState.SENT,
        state_since=now,
        is_live=True,
        sent_at=now,
        sent_by=by,
        match_reasons=list(sending.match_reasons),
    )
    referral.save(force_insert=True)
    ReferralPerson.objects.bulk_create([ReferralPerson(referral=referral, alias=row.alias) for row in chosen])
    snapshot = Snapshot(referral=referral, taken_at=now, taken_by=by.id)
    snapshot.keep(snapshot_of(answers, people=people, shares=sending.shares) | {"from_sender": sending.words})
    snapshot.save(force_insert=True)
    kind = AgencyKind(by.agency.kind)
    for row in (*chosen, *left_out):
        things = decision_behind(sending.shares, heard[row.alias_id], words=sending.words, kind=kind)
        share(row.alias.person_id, sending.receiver, things, controller=by.agency, by=by.id, now=now)
    _note_move(referral, ReferralMover.SENDER, by=by.id, now=now)
    record("referral.sent", subject_kind="referral", subject_id=referral.id, fields=sorted(sending.shares))
    notices.tell_receiver(referral, event="referral.sent", now=now)
    return referral


def _heard(held: RequestForAssistance, row: RequestPerson, sending: Sending, *, now: datetime) -> Heard:
    """What this person said to it. Raises NotHeard where they are neither spoken for nor in what was written down."""
    facts, day = row.alias.person.details.facts(), now.astimezone(LONDON).date()
    if speaks_for(AskedBy(held.asked_by), Relation(row.relation), facts, is_asker=row.is_contact, day=day):
        return heard_by_asking(is_asker=row.is_contact)
    if row.alias_id not in sending.heard:
        raise NotHeard(str(row.alias_id))
    return sending.heard[row.alias_id]


def agency_for(organisation: Organisation, *, by: Account, now: datetime) -> Agency:
    """The agency that answers for an organisation of the directory; made at its first referral, for nobody signs in there yet.

    It is masked when any of its services is: its own name would give them away. The same organisation again gives the same agency.
    """
    if not by.may(Permission.REFERRAL_SEND):
        raise PermissionDenied
    held = Organisation.objects.select_for_update().get(id=organisation.id)
    if held.agency is not None:
        return held.agency
    agency = Agency.objects.create(
        slug=f"{slugify(held.name)[:60]}-{held.id.hex[-12:]}".strip("-"),
        name=held.name[:200],
        kind=AgencyKind.OTHER,
        is_masked=held.services.filter(is_masked=True).exists(),
        uses_reach_in=False,
        phone=held.phone[:40],
        email=held.email,
    )
    held.agency = agency
    held.save(update_fields=["agency"])
    record("agency.added", subject_kind="agency", subject_id=agency.id, fields=["name", "is_masked", "phone", "email"])
    return agency


def _note_move(referral: Referral, mover: ReferralMover, *, by: UUID, now: datetime, reason: str = "") -> None:
    ReferralMove.objects.create(
        referral=referral, number=referral.version, state=referral.state, mover=mover, reason=reason, moved_at=now, moved_by=by
    )


_to_change = Lookup(lambda referral: Referral.objects.select_for_update().filter(id=referral))


def _locked(referral: Referral) -> Referral:
    """The referral under its lock, and its request under one before it: always in this order, or two would wait for each other for ever."""
    with handing_over(requests.THE_LOOP):
        requests.locked(referral.request_for_assistance_id)
    found = _to_change.first(referral.id)
    if found is None:
        raise Referral.DoesNotExist
    return found


def _move(referral: Referral, to: ReferralState, *, mover: ReferralMover, by: UUID, now: datetime, reason: str = "", **also: str) -> None:
    """The one place where a state changes; the caller holds the lock. Tells the family, the sender and the request what happened.

    What is taken back names nobody any more: the card stays with the receiver.
    """
    if not may_move(ReferralState(referral.state), to, mover=mover):
        raise NoSuchMove(f"{mover} cannot move {referral.state} to {to}")
    referral.state, referral.state_since, referral.is_live = to, now, to in LIVE
    referral.version += 1
    if to in TAKEN_BACK:
        also["display_name"] = referral.display_name and NOBODY_NAMED
    for name, value in also.items():
        setattr(referral, name, value)
    referral.save(update_fields=["state", "state_since", "is_live", "version", *also])
    _note_move(referral, mover, by=by, now=now, reason=reason)
    record(f"referral.{to.value}", subject_kind="referral", subject_id=referral.id, fields=["state", *also])
    requests.tell_of_news(referral.request_for_assistance_id, event=f"referral.{to.value}", now=now)


def _write(referral: Referral, words: str, *, by: UUID, now: datetime, from_family: bool = False) -> None:
    if words:
        note = ReferralNote(referral=referral, from_family=from_family, written_at=now, written_by=by)
        note.sealed = seal(words, field=ReferralNote.FIELD, row=note.id)
        note.save(force_insert=True)


def _answering(referral: Referral, by: Account) -> None:
    """The receiver answers; where nobody signs in there, the sender writes the answer down for them."""
    is_receiver = by.agency_id == referral.receiver_agency_id and by.may(Permission.REFERRAL_ANSWER)
    writes_for_them = (
        by.agency_id == referral.sender_agency_id and by.may(Permission.REFERRAL_SEND) and not referral.receiver_agency.uses_reach_in
    )
    if not (is_receiver or writes_for_them):
        raise PermissionDenied


def answer(
    referral: Referral,
    to: ReferralState,
    *,
    by: Account,
    now: datetime,
    words: str = "",
    decline_reason: DeclineReason | None = None,
    outcome: ReferralOutcome | None = None,
    seen_version: int | None = None,
) -> Referral:
    """The receiver's move: accept, waiting list, decline with a typed reason, start, complete with an outcome, could not contact.

    The same answer again by the same worker changes nothing. Raises ChangedMeanwhile, also where a colleague gave the same answer first
    (theirs has its own words), and NoSuchMove, also without the reason or outcome that the move needs. Then nothing was written.
    """
    _answering(referral, by)
    held = _locked(referral)
    if held.state == to and held.version == (seen_version or 0) + 1 and _last_moved_by(held) == by.id:
        return held
    if seen_version is not None and held.version != seen_version:
        raise ChangedMeanwhile(held)
    if (to == ReferralState.DECLINED) != (decline_reason is not None) or (to == ReferralState.COMPLETED) != (outcome is not None):
        raise NoSuchMove("a decline needs its reason, and an end its outcome")
    if not may_move(ReferralState(held.state), to, mover=ReferralMover.RECEIVER):
        raise NoSuchMove(f"the receiver cannot move {held.state} to {to}")
    also = {"decline_reason": decline_reason.value} if decline_reason else {"outcome": outcome.value} if outcome else {}
    _write(held, words, by=by.id, now=now)
    _move(held, to, mover=ReferralMover.RECEIVER, by=by.id, now=now, reason=(decline_reason or outcome or ""), **also)
    if to == ReferralState.IN_PROGRESS:
        requests.help_started(held.request_for_assistance_id, by=by.id, now=now)
    if to not in LIVE and to != ReferralState.COMPLETED:
        _stop_sharing(held, by=by.id, now=now)
        _hear_if_nobody_helps(held, by=by.id, now=now)
    return held


def _last_moved_by(referral: Referral) -> UUID | None:
    return ReferralMove.objects.filter(referral=referral, number=referral.version).values_list("moved_by", flat=True).first()


def _stop_sharing(referral: Referral, *, by: UUID, now: datetime) -> None:
    with handing_over(requests.THE_LOOP):
        people = [row.alias.person_id for row in ReferralPerson.objects.filter(referral=referral).select_related("alias")]
        still = Referral.objects.live().of_request(referral.request_for_assistance_id).received_by(referral.receiver_agency_id)
        if not still.exists():
            end_sharing(people, referral.receiver_agency_id, purpose=Purpose.SUPPORT, by=by, now=now)


def _hear_if_nobody_helps(referral: Referral, *, by: UUID, now: datetime) -> None:
    with handing_over(requests.THE_LOOP):
        others = Referral.objects.of_request(referral.request_for_assistance_id)
        somebody_helps = others.live().exists() or others.filter(state=ReferralState.COMPLETED).exists()
    if not somebody_helps:
        requests.nobody_is_helping(referral.request_for_assistance_id, by=by, now=now)


def take_back(referral: Referral, *, by: Account, words: str, now: datetime, seen_version: int | None = None) -> Referral:
    """The sender takes a referral back; what was shared can no longer be opened. Taken back again changes nothing.

    Raises ChangedMeanwhile, NoSuchMove; then nothing was written.
    """
    if by.agency_id != referral.sender_agency_id or not by.may(Permission.REFERRAL_SEND):
        raise PermissionDenied
    held = _locked(referral)
    if held.state == ReferralState.WITHDRAWN_BY_SENDER:
        return held
    if seen_version is not None and held.version != seen_version:
        raise ChangedMeanwhile(held)
    _move(held, ReferralState.WITHDRAWN_BY_SENDER, mover=ReferralMover.SENDER, by=by.id, now=now, reason="withdrawn")
    _write(held, words, by=by.id, now=now)
    notices.tell_receiver(held, event="referral.withdrawn", now=now)
    _stop_sharing(held, by=by.id, now=now)
    _hear_if_nobody_helps(held, by=by.id, now=now)
    return held


def withdraw_all(request_for_assistance: RequestForAssistance, *, by: Account | None, reason: str, now: datetime) -> RequestForAssistance:
    """The family (or the practitioner who sent it) takes the whole request back: every live referral stops with it, at once."""
    who = by.id if by is not None else request_for_assistance.id
    held = requests.withdraw(request_for_assistance, by=by, reason=reason, now=now)
    with handing_over(requests.THE_LOOP):
        live = list(Referral.objects.live().of_request(held.id).select_for_update())
        for referral in live:
            _move(referral, ReferralState.WITHDRAWN_BY_FAMILY, mover=ReferralMover.FAMILY, by=who, now=now, reason="withdrawn")
            notices.tell_receiver(referral, event="referral.withdrawn", now=now)
    for referral in live:
        _stop_sharing(referral, by=who, now=now)
    return held


def follow_ended_shares(person_id: UUID, *, mover: ReferralMover, by: UUID, now: datetime, agency_id: UUID | None = None) -> list[Referral]:
    """Shares ended for somebody: what was asked for them of an agency that may not see them any more ends too, in the same transaction.

    A referral for others too goes on for them, without this person's name and without the words that were told for all; one for nobody
    else is taken back. The agency is told that something waits, and no more. `mover`: by whom it is said to be taken back, the family or
    the sender; `agency_id`: of this agency only. A second time changes nothing. Needs the person to be open, or the card keeps no name.
    """
    name = _known_as(person_id)
    with handing_over(requests.THE_LOOP):
        sees = CircleEntry.objects.in_force(now).filter(person_id=person_id, purpose=Purpose.SUPPORT).values_list("agency_id", flat=True)
        asked = Q(referral__is_live=True) | Q(referral__state=ReferralState.COMPLETED)
        rows = ReferralPerson.objects.filter(asked, alias__person_id=person_id, left_at=None).select_related("referral")
        left = [row for row in rows.order_by("referral__request_for_assistance_id", "referral_id") if _is_asked(row.referral, agency_id)]
        may_see = set(sees)
        return [_leave(row, name, mover=mover, by=by, now=now) for row in left if row.referral.receiver_agency_id not in may_see]


def _is_asked(referral: Referral, agency_id: UUID | None) -> bool:
    return agency_id in (None, referral.receiver_agency_id)


def _known_as(person_id: UUID) -> str:
    details = PersonDetails.objects.filter(person_id=person_id).first()
    return "" if details is None else details.facts().known_as


def _leave(row: ReferralPerson, name: str, *, mover: ReferralMover, by: UUID, now: datetime) -> Referral:
    """One person leaves one referral; the loop does it."""
    held = _locked(row.referral)
    row.left_at, row.left_by = now, by
    row.save(update_fields=["left_at", "left_by"])
    record("referral.person_left", subject_kind="referral", subject_id=held.id)
    goes_on = ReferralPerson.objects.filter(referral=held, left_at=None).exists()
    if held.is_live and not goes_on:
        to = ReferralState.WITHDRAWN_BY_SENDER if mover == ReferralMover.SENDER else ReferralState.WITHDRAWN_BY_FAMILY
        _move(held, to, mover=mover, by=by, now=now, reason="withdrawn")
        _hear_if_nobody_helps(held, by=by, now=now)
    else:
        held.display_name = held.display_name and (without_name(held.display_name, name) if goes_on else NOBODY_NAMED)
        held.save(update_fields=["display_name"])
    notices.tell_receiver(held, event="referral.share_ended", now=now)
    return held


def tell_of_new_contact(request_for_assistance: RequestForAssistance, *, now: datetime) -> None:
    """The family told another way to reach them: every agency that was told the old one hears that something changed, and looks."""
    with handing_over(requests.THE_LOOP):
        live = list(Referral.objects.live().of_request(request_for_assistance.id).select_related("receiver_agency"))
        for referral in live:
            notices.tell_receiver(referral, event="contact.changed", now=now)


def rate(referral: Referral, *, by: UUID, helped: Helped, words: str, now: datetime) -> Referral:
    """The family says whether it helped, in their own words; they may say it again later. `by` is the request's own id.

    Only after help began; raises NoSuchMove before. Raises PermissionDenied for anybody but the family: it is their own word.
    """
    if by != referral.request_for_assistance_id or current_actor().scope != by:
        raise PermissionDenied
    held = _locked(referral)
    if held.state not in (ReferralState.IN_PROGRESS, ReferralState.COMPLETED):
        raise NoSuchMove("help has not begun yet")
    held.helped, held.rated_at, held.rated_by = helped, now, by
    held.save(update_fields=["helped", "rated_at", "rated_by"])
    _write(held, words, by=by, now=now, from_family=True)
    record("referral.rated", subject_kind="referral", subject_id=held.id, fields=["helped"])
    requests.look_for_danger(held.request_for_assistance_id, words, by=by, now=now)
    return held
