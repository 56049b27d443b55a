"""Writing a request, leaving it and coming back: what happens before it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from reachin.groundwork.audited_access.audit import record
from reachin.groundwork.audited_access.context import Actor, acting, ask
from reachin.groundwork.audited_access.lookups import Lookup, keep_row
from reachin.groundwork.field_encryption import blind_index
from reachin.groundwork.field_encryption.phrases import hash_phrase, is_phrase, plain_phrase
from reachin.groundwork.ids import new_reference, read_reference
from reachin.partnership.accounts.models import Account

from .enums import AskedBy, Channel
from .models import DraftRequest, WayIn, WayInTry
from .questions import NEWEST_VERSION
from .rules import tells_of_danger

DRAFTS_BEGUN = 72_697_771
"""The first half of the advisory locks under which drafts are begun."""
WAYS_TRIED = 72_697_772
"""The first half of the advisory locks under which tries to come in are counted."""
TRIES_ALLOWED = 8
TRIES_OF_A_NETWORK_ALLOWED = 60
TRIES_WITHIN = timedelta(minutes=15)
draft_of = Lookup(lambda draft: DraftRequest.objects.filter(id=draft))
draft_to_change = Lookup(lambda draft: DraftRequest.objects.select_for_update().filter(id=draft))


def start_draft(
    draft_id: UUID, *, by: Account | None, asked_by: AskedBy, channel: Channel, now: datetime, reference: str = ""
) -> DraftRequest:
    """Begins a request. The same id again, even at the same moment, gives the draft that is there.

    Only an invented family brings a `reference` of its own.
    Raises DraftRequest.DoesNotExist when that id is a request already, or somebody else's draft.
    """
    one_at_a_time(draft_id)
    found = draft_of.first(draft_id)
    if found is not None:
        return found
    if ask("select reachin.request_is_taken(%s::uuid)", draft_id):
        raise DraftRequest.DoesNotExist
    draft = DraftRequest(
        id=draft_id,
        reference=reference or new_reference(),
        form_version=NEWEST_VERSION,
        asked_by=asked_by,
        channel=channel,
        started_by=by,
        started_at=now,
        changed_at=now,
    )
    draft.keep({})
    draft.save(force_insert=True)
    record("draft.started", subject_kind="draft", subject_id=draft.id)
    return draft


def one_at_a_time(draft_id: UUID) -> None:
    """Until this transaction ends, nobody else begins that draft: the same form posted fifty times at once makes one."""
    ask("select pg_advisory_xact_lock(%s, hashtext(%s))", DRAFTS_BEGUN, str(draft_id))


def keep_answers(
    draft_id: UUID, given: Mapping[str, Any], *, by: Account | None, now: datetime, held: DraftRequest | None = None
) -> DraftRequest:
    """Adds answers to a draft, whatever they are: nothing that was typed is lost. Raises DraftRequest.DoesNotExist when it is gone.

    `held` is the same draft where the caller has read it to change it, in this transaction.
    """
    draft = held or draft_to_change.first(draft_id)
    if draft is None:
        raise DraftRequest.DoesNotExist
    answers = draft.answers() | dict(given)
    draft.keep(answers)
    draft.changed_at = now
    if tells_of_danger(answers):
        draft.saw_danger_at = draft.saw_danger_at or now
    keep_row(draft, ("sealed", "changed_at", "saw_danger_at"))
    record("draft.changed", subject_kind="draft", subject_id=draft.id, fields=sorted(given))
    return draft


def change_asker(draft_id: UUID, asked_by: AskedBy, *, by: Account | None, now: datetime) -> DraftRequest:
    """Somebody chose again who they are; their answers stay."""
    draft = DraftRequest.objects.select_for_update().get(id=draft_id)
    draft.asked_by, draft.changed_at = asked_by, now
    draft.save(update_fields=["asked_by", "changed_at"])
    record("draft.changed", subject_kind="draft", subject_id=draft.id, fields=["asked_by"])
    return draft


def throw_away(draft_id: UUID, *, by: Account | None, now: datetime) -> None:
    """Deletes a draft and its way in, for good. Nothing was sent, so nothing is kept."""
    DraftRequest.objects.filter(id=draft_id).delete()
    WayIn.objects.filter(id=draft_id).delete()
    record("draft.thrown_away", subject_kind="draft", subject_id=draft_id)


def choose_phrase(scope: UUID, *, reference: str, phrase: str, by: Account | None, now: datetime) -> WayIn:
    """Keeps the phrase with which the family can come back. The bearer may choose it anew."""
    found = WayIn.objects.filter(id=scope).first()
    way_in = found or WayIn(id=scope)
    way_in.reference_digest = blind_index(reference, field="requests.way_in")
    way_in.phrase_hash = hash_phrase(phrase)
    way_in.chosen_at = now
    way_in.save(force_insert=found is None)
    record("phrase.chosen", subject_kind="request", subject_id=scope)
    return way_in


@dataclass(frozen=True, slots=True)
class CameIn:
    """What came of a try to come in: the id that may now be acted on, or None; and whether too many were tried."""

    scope: UUID | None
    is_too_often: bool = False


def come_in(typed_reference: str, phrase: str, *, network: str, now: datetime | None = None) -> CameIn:
    """Tries a reference and a phrase. Unknown, wrong and right take the same steps: a count and two rows, one look-up, one hash, one row.

    Opens its own transactions; `network` is where the try comes from, as `network_of` gives it (kept only as a keyed digest, for a
    quarter of an hour's count).
    """
    digest = blind_index(read_reference(typed_reference) or plain_phrase(typed_reference[:50]), field="requests.way_in")
    with acting(Actor.visitor()) as present:
        if not may_try(digest, network, now or present):
            return CameIn(None, is_too_often=True)
    scope, phrase_hash = _look_up(digest)
    is_right = is_phrase(phrase_hash, phrase) and scope is not None
    with acting(Actor.visitor()):
        if is_right and scope is not None:
            record("way_in.used", subject_kind="request", subject_id=scope)
        else:
            record("way_in.refused", subject_kind="request", subject_id=UUID(int=0))
    return CameIn(scope if is_right else None)


def may_try(digest: bytes, network: str, now: datetime) -> bool:
    """Counts this try before it is made, one after the other: many at once get no further than one by one."""
    from_there = blind_index(network, field="requests.way_in.network")
    for counted in (from_there, digest):
        ask("select pg_advisory_xact_lock(%s, hashtext(%s))", WAYS_TRIED, counted.hex())
    tried = WayInTry.objects.filter(tried_at__gt=now - TRIES_WITHIN)
    if tried.filter(digest=digest).count() >= TRIES_ALLOWED or tried.filter(digest=from_there).count() >= TRIES_OF_A_NETWORK_ALLOWED:
        return False
    WayInTry.objects.bulk_create([WayInTry(digest=counted, tried_at=now) for counted in (from_there, digest)])
    return True


def _look_up(digest: bytes) -> tuple[UUID | None, str | None]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, phrase_hash from reachin.way_in(%s::bytea) where id is not null"
            " union all select id, phrase_hash from reachin.own_way_in(%s::bytea) where id is not null",
            [digest, digest],
        )
        row = cursor.fetchone()
    return row or (None, None)


def forget_tries(now: datetime) -> int:
    """Removes tries to come in that no longer count; gives how many."""
    return WayInTry.objects.filter(tried_at__lt=now - 4 * TRIES_WITHIN).delete()[0]
