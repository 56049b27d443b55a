"""What a guardian sees of an erasure: each record that could go, and why the law keeps the others."""

from typing import Any

from django.utils.translation import gettext as _

from reachin.families.information_requests.enums import CHOSEN_BY_GUARDIANS, AskedFor, KeptBecause
from reachin.families.information_requests.models import ErasureEntry, InformationRequest

from .retention_words import KINDS, code_of

KEEP_WORDS = [(one.value, one.label) for one in CHOSEN_BY_GUARDIANS]


def entries_of(asked: InformationRequest) -> list[ErasureEntry]:
    """The records that were looked up for it."""
    return list(ErasureEntry.objects.filter(information_request=asked).order_by("place"))


def going(asked: InformationRequest) -> list[ErasureEntry]:
    """Those that go with the answer."""
    return [one for one in entries_of(asked) if not one.kept_because and one.done_at is None]


def has_to_be_looked_up(asked: InformationRequest) -> bool:
    """Whether nobody has looked up yet what an erasure is about."""
    return asked.kind == AskedFor.ERASURE and not ErasureEntry.objects.filter(information_request=asked).exists()


def context_of(asked: InformationRequest, *, may_work: bool) -> dict[str, Any]:
    """What the page of an information request shows of an erasure."""
    is_erasure = asked.kind == AskedFor.ERASURE
    return {
        "is_erasure": is_erasure,
        "may_look_up": is_erasure and may_work,
        "may_hold": asked.is_open() and asked.kind != AskedFor.COMPLAINT,
        "erasures": [shown(one, may_work=may_work) for one in entries_of(asked)] if is_erasure else [],
        "reasons": [(value, _("Keep: %(why)s") % {"why": words}) for value, words in KEEP_WORDS],
    }


def shown(one: ErasureEntry, *, may_work: bool) -> dict[str, Any]:
    is_kept = bool(one.kept_because)
    state = (_("Deleted"), "grey") if one.done_at else (_("Kept"), "yellow") if is_kept else (_("Goes with the answer"), "red")
    return {
        "id": one.id,
        "number": one.place + 1,
        "kind": KINDS.get(one.kind, one.kind),
        "code": code_of(one.subject_id),
        "since": one.since,
        "state": state[0],
        "colour": state[1],
        "why": KeptBecause(one.kept_because).label if is_kept else "",
        "is_kept": is_kept,
        "may_change": may_work and not one.found_because,
    }
