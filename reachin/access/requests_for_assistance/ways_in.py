"""A way in that was sent: its person chooses another phrase, or gets another code; a worker who was asked to shuts it.

Whoever came in before has to come in again, on whichever browser. Somebody who knew the old phrase is out at once.
"""

from datetime import datetime
from uuid import UUID

from reachin.families.own_accounts.models import OwnAccount
from reachin.groundwork.audited_access.audit import record
from reachin.groundwork.audited_access.context import ask
from reachin.groundwork.field_encryption import blind_index
from reachin.groundwork.field_encryption.phrases import hash_phrase, is_phrase
from reachin.groundwork.ids import new_reference

from .drafts import may_try
from .models import RequestForAssistance, WayIn

FIELD = "requests.way_in"


class WrongPhrase(ValueError):
    """The phrase of until now is not this one; `is_too_often` when too many were tried."""

    def __init__(self, *, is_too_often: bool = False) -> None:
        super().__init__("too often" if is_too_often else "wrong")
        self.is_too_often = is_too_often


def renew(scope: UUID, *, old: str, new: str, wants_code: bool, network: str, now: datetime) -> str:
    """Whoever bears a request or an account chooses another phrase, and gets another code if they want one; gives that code, or nothing.

    The phrase of until now is asked: a page that was left open is not enough. Raises WrongPhrase, and WayIn.DoesNotExist where there is no
    phrase.
    """
    found: WayIn | OwnAccount | None = WayIn.objects.select_for_update().filter(id=scope).exclude(phrase_hash="").first()
    found = found or OwnAccount.objects.select_for_update().filter(id=scope, ended_at=None).exclude(phrase_hash="").first()
    if found is None:
        raise WayIn.DoesNotExist
    if not may_try(bytes(found.reference_digest or b""), network, now):
        raise WrongPhrase(is_too_often=True)
    if not is_phrase(found.phrase_hash, old):
        raise WrongPhrase
    code = new_reference() if wants_code else ""
    found.phrase_hash, found.renewed_at = hash_phrase(new), now
    if code:
        found.reference_digest = blind_index(code, field=FIELD)
    found.save(update_fields=["phrase_hash", "reference_digest", "renewed_at"])
    record("way_in.renewed", subject_kind="request", subject_id=scope, fields=["code", "phrase"] if code else ["phrase"])
    return code


def comes_by_reference(request_for_assistance: RequestForAssistance) -> bool:
    """Whether its reference is the code with which its bearer comes back; not once they got another code."""
    found = WayIn.objects.filter(id=request_for_assistance.id).first()
    return found is None or bytes(found.reference_digest) == blind_index(request_for_assistance.reference, field=FIELD)


def shut(request_for_assistance: RequestForAssistance) -> bool:
    """A worker who made sure that the family wants it shuts the code and phrase of a request; nobody chooses new ones for them.

    From then on a page of their own leads to it, which they begin themselves. Needs the request to be open. False where there was none.
    """
    is_shut = bool(ask("select reachin.shut_way_in(%s::uuid)", request_for_assistance.id))
    if is_shut:
        record("way_in.shut", subject_kind="request", subject_id=request_for_assistance.id)
    return is_shut


def renewed_at(scope: UUID) -> datetime | None:
    """Since when one has to have come in, to be in: None where the way in is as it was at first. Asked before there is a context."""
    found: datetime | None = ask("select reachin.way_in_renewed_at(%s::uuid)", scope)
    return found
