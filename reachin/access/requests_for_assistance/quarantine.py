"""Requests that look as if no person had sent them: received like any other, marked, and checked by a person. Nothing is dropped."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied

from reachin.groundwork.audited_access.audit import record
from reachin.groundwork.audited_access.context import handing_over
from reachin.groundwork.audited_access.knocking import knock
from reachin.groundwork.audited_access.networks import is_shared, network_digest
from reachin.groundwork.field_encryption import blind_index
from reachin.groundwork.notices.actions import stop_messages
from reachin.groundwork.permissions.enums import Permission
from reachin.partnership.accounts.models import Account

from . import actions
from .actions import THE_LOOP, NoSuchMove, locked
from .enums import CheckedAs, Outcome, Stage, Suspicion, Urgency, WaitingFor
from .models import Quarantine, RequestForAssistance
from .rules import WAITS_FOR, Answers

NETWORK_COUNTED = timedelta(hours=1)
TARGET_COUNTED = timedelta(days=1)
MOST_OF_A_NETWORK = 10
MOST_TO_A_TARGET = 3


def is_too_fast(begun_at: datetime, now: datetime) -> bool:
    """Whether nobody could have written it in that time."""
    return now - begun_at < timedelta(seconds=settings.QUICKEST_ASKING_SECONDS)


def count_sending(answers: Answers, *, network: str, now: datetime) -> set[Suspicion]:
    """Counts a request that was sent now, by its network and by whom it would have contacted, and says where that is too often.

    Only keyed digests are kept. `network` as `network_of` gives it; one that many families are known to share marks nobody.
    """
    found = set()
    if network and knock(network_digest(network), within=NETWORK_COUNTED, now=now)[network_digest(network)] >= MOST_OF_A_NETWORK:
        found |= set() if is_shared(network) else {Suspicion.MANY_FROM_NETWORK}
    targets = targets_of(answers)
    if targets and max(knock(*targets, within=TARGET_COUNTED, now=now).values()) >= MOST_TO_A_TARGET:
        found.add(Suspicion.MANY_TO_TARGET)
    return found


def targets_of(answers: Answers) -> list[bytes]:
    """Keyed digests of the phone number and email address that a request names, however they are written."""
    phone = "".join(letter for letter in str(answers.get("phone") or "") if letter.isdecimal()).removeprefix("44").removeprefix("0")
    email = str(answers.get("email") or "").strip().casefold()
    return [blind_index(f"{kind}:{told}", field="requests.target") for kind, told in (("phone", phone), ("email", email)) if told]


def hold(request_for_assistance: RequestForAssistance, suspicions: Collection[Suspicion], *, now: datetime) -> Quarantine:
    """Marks a request that was sent in this transaction: it stands apart in the queue until somebody has looked.

    Whoever may be in danger is alerted all the same; where no desk could be, the request stays at the top of the hub's queue. Nothing is
    sent to the address that it names before a person has looked. Again changes nothing.
    """
    with handing_over(THE_LOOP):
        held = locked(request_for_assistance.id)
        found = Quarantine.objects.filter(request_for_assistance=held).first()
        if found is not None:
            return found
        marked = Quarantine(request_for_assistance=held, suspicions=sorted(suspicions), marked_at=now)
        marked.save(force_insert=True)
        only_the_hub_knows = held.urgency == Urgency.DANGER and held.duty_agency_id is None
        if held.waiting_for == WaitingFor.HUB and not only_the_hub_knows:
            held.waiting_for = WaitingFor.CHECK
            held.save(update_fields=["waiting_for"])
        stop_messages(held.id, by="quarantine", now=now)
        record("request.quarantined", subject_kind="request", subject_id=held.id, fields=sorted(suspicions))
    return marked


def release(
    request_for_assistance: RequestForAssistance, *, by: Account, now: datetime, seen_version: int | None = None
) -> RequestForAssistance:
    """A hub worker says that a person sent it: it goes where it would have gone at once, and the family is told as it wished."""
    held, marked = _to_be_checked(request_for_assistance, by=by, seen_version=seen_version)
    held.waiting_for = WAITS_FOR[Stage(held.stage)]
    held.version += 1
    held.save(update_fields=["waiting_for", "version"])
    _check(marked, CheckedAs.RELEASED, by=by, now=now)
    actions.tell_of_news(held.id, event="request.received", now=now)
    return held


def set_aside(
    request_for_assistance: RequestForAssistance, *, by: Account, reason: str, now: datetime, seen_version: int | None = None
) -> RequestForAssistance:
    """A hub worker says, with the reason, that no person sent it: it is closed, and nobody is written to. It can be opened again."""
    held, marked = _to_be_checked(request_for_assistance, by=by, seen_version=seen_version)
    closed = actions.decide(held, Stage.CLOSED, by=by, reason=reason, outcome=Outcome.SET_ASIDE, now=now)
    with handing_over(THE_LOOP):
        stop_messages(held.id, by="quarantine", now=now)
    _check(marked, CheckedAs.SET_ASIDE, by=by, now=now)
    return closed


def _to_be_checked(
    request_for_assistance: RequestForAssistance, *, by: Account, seen_version: int | None
) -> tuple[RequestForAssistance, Quarantine]:
    """The request under its lock and its mark, for somebody who triages where it is held. Raises NoSuchMove once it is checked."""
    if not by.may(Permission.REQUEST_TRIAGE):
        raise PermissionDenied
    held = locked(request_for_assistance.id, seen_version=seen_version)
    if held.holder_agency_id != by.agency_id:
        raise PermissionDenied
    marked = Quarantine.objects.filter(request_for_assistance=held, checked_at=None).first()
    if marked is None or held.waiting_for == WaitingFor.NOBODY:
        raise NoSuchMove("there is nothing to check")
    return held, marked


def _check(marked: Quarantine, checked_as: CheckedAs, *, by: Account, now: datetime) -> None:
    marked.checked_as, marked.checked_at, marked.checked_by = checked_as, now, by
    marked.save(update_fields=["checked_as", "checked_at", "checked_by"])
    record(f"quarantine.{checked_as}", subject_kind="request", subject_id=marked.request_for_assistance_id, fields=["checked_as"])
