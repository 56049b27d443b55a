from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied

from reachin.families.people.models import Person
from reachin.groundwork.audited_access.audit import record
from reachin.groundwork.audited_access.context import Actor, ask, handing_over
from reachin.groundwork.clock.rules import LONDON
from reachin.groundwork.permissions.enums import Permission
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.enums import AgencyKind
from reachin.partnership.agencies.models import Agency

from .blocked import agencies_kept_from, own_categories
from .enums import Basis, Category, CircleRole, Decision, Purpose, ReviewOutcome, SaidAs
from .models import AgreementParty, Block, CircleEntry, CircleQuerySet, EmergencyAccess, SharingAgreement, SharingDecision
from .notices import tell_partner, tell_reviewers
from .rules import (
    EMERGENCY_LASTS,
    REVIEW_WITHIN,
    WORDS_WITHIN,
    SevenThings,
    agreement_troubles,
    beyond_agreement,
    counts_until,
    first_things,
    first_troubles,
    may_be_ended_by_the_person,
    says_enough,
    troubles,
)

THE_LOOP = Actor.system("closed_loop")


class CannotBeDecided(ValueError):
    """Something is missing from a decision, or does not go together: `troubles` says what, a short code for each field."""

    def __init__(self, found: Mapping[str, str]) -> None:
        super().__init__(", ".join(sorted(found)))
        self.troubles = found


class IsBlocked(ValueError):
    """The person named this agency as one that must not see; only a decision to protect somebody can be above that."""


class CannotBeEnded(ValueError):
    """The person cannot end this share themselves: they did not agree to it, the law asks for it. They can object."""


# The circle


def add_to_circle(
    person_id: UUID,
    agency: Agency,
    *,
    by: UUID,
    purpose: Purpose,
    categories: Iterable[Category],
    basis: Basis,
    now: datetime,
    until: datetime | None = None,
    role: CircleRole = CircleRole.SERVICE,
    decision: SharingDecision | None = None,
    account: Account | None = None,
) -> CircleEntry:
    """Puts an agency (or one practitioner of it) into a person's circle. `by` is the account's id, or the request's own for a family.

    Only the front door's own entry comes without a decision.
    """
    kinds = sorted(category.value for category in categories)
    entry = CircleEntry.objects.create(
        person_id=person_id,
        agency=agency,
        account=account,
        role=role,
        decision=decision,
        purpose=purpose,
        categories=kinds,
        basis=basis,
        starts_at=now,
        until=until,
        recorded_at=now,
        recorded_by=by,
    )
    record("circle.extended", subject_kind="person", subject_id=person_id, fields=kinds)
    return entry


def share(
    person_id: UUID,
    agency: Agency,
    things: SevenThings,
    *,
    controller: Agency,
    by: UUID,
    now: datetime,
    agreement: SharingAgreement | None = None,
    until: datetime | None = None,
    role: CircleRole = CircleRole.SERVICE,
    account: Account | None = None,
    is_emergency: bool = False,
    key: UUID | None = None,
) -> SharingDecision:
    """Keeps a decision about sharing with its seven things and, where it is to share, puts the agency into the circle.

    For rooms that have made sure that whoever acts may: a practitioner decides by `decide_sharing`. What has to be reviewed is alerted to
    the controller's information guardians, and to those of the agency that answers for the record. `key` becomes the
    decision's id: the same again is an IntegrityError. Without `until` it counts as long as its purpose lets it. Raises CannotBeDecided.
    """
    found = troubles(things, kind=AgencyKind(controller.kind))
    if found:
        raise CannotBeDecided(found)
    decided = _decision(person_id, agency, things, controller=controller, by=by, now=now)
    decided.id = key or decided.id
    _keep_words(decided, things)
    decided.agreement, decided.is_emergency = agreement, is_emergency
    decided.review_due_at = now + REVIEW_WITHIN if is_emergency or things.beats_block else None
    decided.save(force_insert=True)
    record("sharing.decided", subject_kind="person", subject_id=person_id, fields=sorted(things.categories))
    if things.beats_block:
        record("block.overruled", subject_kind="person", subject_id=person_id)
    if decided.review_due_at is not None:
        tell_reviewers(_who_answer(controller.id, person_id), about=decided.id, event="sharing.to_be_reviewed", now=now)
    if things.decision == Decision.SHARE:
        expires = None if agreement is None else agreement.expires_on
        add_to_circle(
            person_id,
            agency,
            by=by,
            purpose=things.purpose,
            categories=things.categories,
            basis=things.basis,
            now=now,
            until=until or counts_until(things.purpose, now=now, agreement_expires=expires),
            role=role,
            decision=decided,
            account=account,
        )
    return decided


def _who_answer(controller: UUID, person_id: UUID) -> list[Agency]:
    """Who decided, and the agency that answers for the record, whoever decided."""
    record_of = Person.objects.filter(id=person_id).values_list("controller_id", flat=True)
    return list(Agency.objects.filter(id__in={controller, *record_of}).order_by("slug"))


def _decision(person_id: UUID, agency: Agency, things: SevenThings, *, controller: Agency, by: UUID, now: datetime) -> SharingDecision:
    return SharingDecision(
        person_id=person_id,
        controller=controller,
        agency=agency,
        decision=things.decision,
        purpose=things.purpose,
        categories=sorted(category.value for category in things.categories),
        informed=things.informed,
        basis=things.basis,
        special_condition=things.special_condition,
        criminal_condition=things.criminal_condition,
        statutory_power=things.statutory_power,
        beats_block=things.beats_block,
        decided_at=now,
        decided_by=by,
    )


def _keep_words(decided: SharingDecision, things: SevenThings) -> None:
    """Seals the words, which are bound to the decision's id."""
    for column in ("why", "views", "necessity"):
        decided.keep(column, getattr(things, column).strip())
    if things.not_told_why.strip():
        decided.keep("not_told_why", things.not_told_why.strip())


def decide_sharing(
    person_id: UUID,
    agency: Agency,
    things: SevenThings,
    *,
    by: Account,
    now: datetime,
    agreement: SharingAgreement | None = None,
    until: datetime | None = None,
    role: CircleRole = CircleRole.SERVICE,
    account: Account | None = None,
    is_emergency: bool = False,
    key: UUID | None = None,
) -> SharingDecision:
    """A practitioner decides to share with an agency, or not to, for their own agency (B4). The person must be open to them.

    An agreement has to be in force between both, and to cover what is shared. `account` is the one person at the agency who may see it,
    else all of its practitioners may; they, or the agency, are told that something waits.
    Nobody passes on kinds of words that their own agency may not see.
    Raises PermissionDenied, CannotBeDecided, or IsBlocked where the person named the agency and the decision is not one to protect.
    """
    if not by.may(Permission.CIRCLE_EXTEND) or (things.beats_block and not by.may(Permission.BLOCK_OVERRULE)):
        raise PermissionDenied
    if agreement is not None:
        _make_sure_it_carries(agreement, things, agency, by=by, now=now)
    if account is not None and not (account.agency_id == agency.id and account.may(Permission.CIRCLE_EXTEND)):
        raise CannotBeDecided({"account": "not_there"})
    if things.decision == Decision.SHARE and not set(things.categories) <= own_categories(person_id):
        raise CannotBeDecided({"categories": "not_ours"})
    if things.beats_block and agency == by.agency:
        raise CannotBeDecided({"beats_block": "cannot_beat"})
    is_blocked = agency.id in agencies_kept_from([person_id])
    if is_blocked and things.decision == Decision.SHARE and not things.beats_block:
        raise IsBlocked
    decided = share(
        person_id,
        agency,
        things,
        controller=by.agency,
        by=by.id,
        now=now,
        agreement=agreement,
        until=until,
        role=role,
        account=account,
        is_emergency=is_emergency,
        key=key,
    )
    if things.decision == Decision.SHARE:
        tell_partner(agency, about=decided.id, only=account, now=now)
    return decided


def share_first(
    person_id: UUID,
    agency: Agency,
    *,
    categories: Iterable[Category],
    reason: str,
    hours: int,
    by: Account,
    now: datetime,
    key: UUID | None = None,
) -> SharingDecision:
    """In an emergency a practitioner shares now, with one reason, for hours; the rest of the seven things is due within a day.

    It rests on somebody's life being in danger. The person counts as not told until the record is complete. It is alerted, reviewed and
    never above a block. The person must be open. `key` becomes the decision's id: the same again is an IntegrityError. Raises
    PermissionDenied, IsBlocked, CannotBeDecided with what is missing: categories, reason, hours.
    """
    if not by.may(Permission.CIRCLE_EXTEND):
        raise PermissionDenied
    kinds = tuple(categories)
    found = first_troubles(kinds, reason, hours=hours, own=own_categories(person_id))
    if found:
        raise CannotBeDecided(found)
    if agency.id in agencies_kept_from([person_id]):
        raise IsBlocked
    things = first_things(kinds, reason)
    decided = _decision(person_id, agency, things, controller=by.agency, by=by.id, now=now)
    decided.id = key or decided.id
    decided.keep("why", reason.strip())
    decided.is_emergency, decided.words_due_at, decided.review_due_at = True, now + WORDS_WITHIN, now + REVIEW_WITHIN
    decided.save(force_insert=True)
    record("sharing.decided", subject_kind="person", subject_id=person_id, fields=sorted(kinds))
    tell_reviewers(_who_answer(by.agency_id, person_id), about=decided.id, event="sharing.to_be_reviewed", now=now)
    add_to_circle(
        person_id,
        agency,
        by=by.id,
        purpose=things.purpose,
        categories=kinds,
        basis=things.basis,
        now=now,
        until=now + timedelta(hours=hours),
        decision=decided,
    )
    tell_partner(agency, about=decided.id, now=now)
    return decided


def write_in_full(decision_id: UUID, things: SevenThings, *, by: Account, now: datetime) -> SharingDecision:
    """Whoever shared first writes the rest of the seven things: whose views, whether told, why needed, the basis. Once.

    What was shared, with whom and the reason stand as they were. Raises CannotBeDecided, SharingDecision.DoesNotExist for what is not
    theirs, or not to be written any more.
    """
    mine = SharingDecision.objects.filter(decided_by=by.id, words_due_at__isnull=False, completed_at=None)
    held = mine.select_for_update().get(id=decision_id)
    whole = replace(
        things,
        decision=Decision.SHARE,
        purpose=Purpose(held.purpose),
        categories=tuple(Category(kind) for kind in held.categories),
        why=held.words("why"),
        beats_block=False,
    )
    found = troubles(whole, kind=AgencyKind(by.agency.kind))
    if found:
        raise CannotBeDecided(found)
    for column in ("views", "necessity", "not_told_why"):
        if getattr(whole, column).strip():
            held.keep(column, getattr(whole, column).strip())
    said = ("informed", "basis", "special_condition", "criminal_condition", "statutory_power")
    for column in said:
        setattr(held, column, getattr(whole, column))
    held.completed_at, held.completed_by = now, by.id
    held.save(update_fields=["views", "necessity", "not_told_why", *said, "completed_at", "completed_by"])
    record("sharing.completed", subject_kind="person", subject_id=held.person_id, fields=["views", "necessity", "informed", "basis"])
    return held


def _make_sure_it_carries(agreement: SharingAgreement, things: SevenThings, agency: Agency, *, by: Account, now: datetime) -> None:
    in_force = SharingAgreement.objects.in_force(now.astimezone(LONDON).date()).between(by.agency_id, agency.id)
    if not in_force.filter(id=agreement.id).exists():
        raise CannotBeDecided({"agreement": "not_in_force"})
    found = beyond_agreement(things, agreement)
    if found:
        raise CannotBeDecided(found)


def end_sharing(
    people: Iterable[UUID], agency_id: UUID, *, purpose: Purpose, by: UUID, now: datetime, role: CircleRole | None = None
) -> int:
    """Ends what an agency may see of these people for one purpose, or in one role only; gives how many entries ended. It acts at once.

    What it may see for another purpose stays: a desk that keeps somebody safe does not stop because it had no place in a group.
    """
    who = list(people)
    in_force = CircleEntry.objects.filter(person_id__in=who, agency_id=agency_id, purpose=purpose, ended_at=None)
    ended = (in_force if role is None else in_force.filter(role=role)).update(ended_at=now, ended_by=by)
    for person_id in who:
        record("circle.ended", subject_kind="person", subject_id=person_id)
    return ended


def end_entry(entry_id: UUID, *, by: Account, now: datetime) -> CircleEntry:
    """A practitioner of the agency that shared ends one entry. The person must be open. Twice is once.

    Raises PermissionDenied, CircleEntry.DoesNotExist for what another agency decided.
    """
    if not by.may(Permission.CIRCLE_EXTEND):
        raise PermissionDenied
    entry = _locked(CircleEntry.objects.filter(decision__controller=by.agency), entry_id)
    return _end(entry, by=by.id, now=now)


def end_own_share(entry_id: UUID, *, by: UUID, now: datetime) -> CircleEntry:
    """The person ends a share that they agreed to, on their own page. Twice is once.

    Raises CircleEntry.DoesNotExist for what is not theirs, CannotBeEnded for one that they did not agree to.
    """
    entry = CircleEntry.objects.get(id=entry_id)
    if not may_be_ended_by_the_person(entry.basis):
        raise CannotBeEnded
    return _end(_locked(CircleEntry.objects.all(), entry_id), by=by, now=now)


def _locked(entries: CircleQuerySet, entry_id: UUID) -> CircleEntry:
    """One of these, under a lock while it counts. What is ended stays as it is: the database gives no lock on it."""
    in_force = entries.select_for_update(of=("self",)).filter(id=entry_id, ended_at=None).first()
    return entries.get(id=entry_id) if in_force is None else in_force


def end_agreed(person_id: UUID, *, by: Account, now: datetime) -> list[CircleEntry]:
    """Ends every share that a person had agreed to, because they asked for deletion: a guardian who has it open does it.

    Raises PermissionDenied.
    """
    if not by.may(Permission.INFORMATION_ANSWER):
        raise PermissionDenied
    agreed = CircleEntry.objects.in_force(now).select_for_update(of=("self",)).filter(person_id=person_id, basis=Basis.CONSENT)
    return [_end(entry, by=by.id, now=now) for entry in agreed]


def _end(entry: CircleEntry, *, by: UUID, now: datetime) -> CircleEntry:
    if entry.ended_at is None:
        entry.ended_at, entry.ended_by = now, by
        entry.save(update_fields=["ended_at", "ended_by"])
        record("circle.ended", subject_kind="person", subject_id=entry.person_id)
    return entry


# Who must not see


def block(person_id: UUID, agency: Agency, *, by: UUID, now: datetime, said_as: SaidAs = SaidAs.WORKER) -> Block:
    """An agency must not see anything of this person from now on. Only staff say so as workers: the database holds it."""
    blocked = Block.objects.create(person_id=person_id, agency=agency, said_at=now, said_by=by, said_as=said_as)
    record("circle.blocked", subject_kind="person", subject_id=person_id)
    return blocked


def lift_block(block_id: UUID, *, by: UUID, now: datetime) -> Block:
    """Whoever said that an agency must not see takes it back, and nobody else does. Twice is once.

    Raises Block.DoesNotExist for what is not open, or was said by somebody else.
    """
    own = Block.objects.filter(said_by=by)
    held = own.select_for_update().filter(id=block_id, lifted_at=None).first()
    if held is None:
        return own.get(id=block_id)
    held.lifted_at, held.lifted_by = now, by
    held.save(update_fields=["lifted_at", "lifted_by"])
    record("block.lifted", subject_kind="person", subject_id=held.person_id)
    return held


# Agreements


def record_agreement(agreement: SharingAgreement, *, parties: Iterable[Agency], by: Account, now: datetime) -> SharingAgreement:
    """An information guardian enters an agreement that their agency keeps; it is always a party. `agreement` comes filled in and unsaved.

    Raises PermissionDenied, CannotBeDecided where the agreement could not carry a share.
    """
    if not by.may(Permission.AGREEMENT_KEEP):
        raise PermissionDenied
    found = agreement_troubles(agreement)
    if found:
        raise CannotBeDecided(found)
    agreement.keeper, agreement.recorded_at, agreement.recorded_by = by.agency, now, by.id
    agreement.save(force_insert=True)
    AgreementParty.objects.bulk_create(
        AgreementParty(agreement=agreement, agency=agency) for agency in sorted({by.agency, *parties}, key=lambda agency: agency.id)
    )
    record("agreement.recorded", subject_kind="agreement", subject_id=agreement.id)
    return agreement


def end_agreement(agreement_id: UUID, *, by: Account, now: datetime) -> SharingAgreement:
    """Ends an agreement that one's own agency keeps: it fills in nothing from now on. What was shared under it stays as decided.

    Raises PermissionDenied, SharingAgreement.DoesNotExist. Twice is once.
    """
    if not by.may(Permission.AGREEMENT_KEEP):
        raise PermissionDenied
    held = SharingAgreement.objects.select_for_update().get(id=agreement_id, keeper=by.agency)
    if held.ended_at is None:
        held.ended_at, held.ended_by = now, by.id
        held.save(update_fields=["ended_at", "ended_by"])
        record("agreement.ended", subject_kind="agreement", subject_id=held.id)
    return held


# In an emergency


def look_first(kind: str, subject_id: UUID, *, by: Account, reason: str, now: datetime) -> EmergencyAccess:
    """Somebody has to look now and says why: it counts for hours, is alerted, and is reviewed by an information guardian.

    Alerted are the guardians of their own agency and of the one that answers for the record; of a record that there is not, the hubs'.
    Raises PermissionDenied, or CannotBeDecided without a few words of reason. The same again while it counts is the one that is there.
    """
    if not by.may(Permission.RECORD_OPEN_IN_EMERGENCY):
        raise PermissionDenied
    if not says_enough(reason):
        raise CannotBeDecided({"reason": "too_little" if reason.strip() else "missing"})
    found = EmergencyAccess.objects.filter(kind=kind, subject_id=subject_id, account=by, until__gt=now, ended_at=None).first()
    if found is not None:
        return found
    access = EmergencyAccess(
        kind=kind,
        subject_id=subject_id,
        account=by,
        agency=by.agency,
        controller_id=ask("select reachin.answers_for(%s, %s::uuid)", kind, subject_id),
        starts_at=now,
        until=now + EMERGENCY_LASTS,
        review_due_at=now + REVIEW_WITHIN,
    )
    access.keep("reason", reason.strip())
    access.save(force_insert=True)
    record("emergency.begun", subject_kind=kind, subject_id=subject_id)
    answering = Agency.objects.hubs() if access.controller_id is None else Agency.objects.filter(id=access.controller_id)
    heard = dict.fromkeys([by.agency, *answering.order_by("slug")])
    tell_reviewers(heard, about=access.id, event="emergency.begun", now=now)
    return access


def review_emergency(
    access_id: UUID, *, by: Account, outcome: ReviewOutcome, words: str, now: datetime, kept_back_why: str = ""
) -> EmergencyAccess:
    """An information guardian of the looker's agency, or of the one that answers for the record, looks at an emergency afterwards.

    What was not right ends with it. `kept_back_why`: why the person does not read of it on their own page; else they do, days later.
    Nobody reviews their own. Raises PermissionDenied, CannotBeDecided without words, EmergencyAccess.DoesNotExist for what is not theirs.
    """
    _make_sure_it_is_a_review(by, words)
    others = EmergencyAccess.objects.exclude(account=by)
    held = others.select_for_update().filter(id=access_id, reviewed_at=None).first()
    if held is None:
        return others.get(id=access_id)
    if outcome == ReviewOutcome.NOT_JUSTIFIED:
        held.ended_at, held.ended_by = now, by.id
    _keep_review(held, by=by, outcome=outcome, words=words, kept_back_why=kept_back_why, now=now)
    held.save(update_fields=[*REVIEWED, "ended_at", "ended_by"])
    record("emergency.reviewed", subject_kind=held.kind, subject_id=held.subject_id, fields=["review_outcome"])
    return held


REVIEWED = ("reviewed_at", "reviewed_by", "review_outcome", "review_words", "kept_back_why")


def _make_sure_it_is_a_review(by: Account, words: str) -> None:
    if not by.may(Permission.SHARING_REVIEW):
        raise PermissionDenied
    if not words.strip():
        raise CannotBeDecided({"words": "missing"})


def _keep_review(
    held: EmergencyAccess | SharingDecision, *, by: Account, outcome: ReviewOutcome, words: str, kept_back_why: str, now: datetime
) -> None:
    held.reviewed_at, held.reviewed_by, held.review_outcome = now, by.id, outcome
    held.keep("review_words", words.strip())
    if kept_back_why.strip():
        held.keep("kept_back_why", kept_back_why.strip())


def review_decision(
    decision_id: UUID, *, by: Account, outcome: ReviewOutcome, words: str, now: datetime, kept_back_why: str = ""
) -> SharingDecision:
    """An information guardian of the agency that decided, or of the one that answers for the record, looks at it; never their own.

    A share that was not right ends at once. Raises PermissionDenied, CannotBeDecided without words, SharingDecision.DoesNotExist for what
    is not theirs to review.
    """
    _make_sure_it_is_a_review(by, words)
    others = SharingDecision.objects.exclude(review_due_at=None).exclude(decided_by=by.id)
    held = others.select_for_update().filter(id=decision_id, reviewed_at=None).first()
    if held is None:
        return others.get(id=decision_id)
    if outcome == ReviewOutcome.JUSTIFIED and held.is_unfinished():
        raise CannotBeDecided({"outcome": "unfinished"})
    _keep_review(held, by=by, outcome=outcome, words=words, kept_back_why=kept_back_why, now=now)
    held.save(update_fields=REVIEWED)
    record("sharing.reviewed", subject_kind="person", subject_id=held.person_id, fields=["review_outcome"])
    if outcome == ReviewOutcome.NOT_JUSTIFIED:
        with handing_over(THE_LOOP):
            for entry in CircleEntry.objects.select_for_update(of=("self",)).filter(decision=held, ended_at=None):
                _end(entry, by=by.id, now=now)
    return held
