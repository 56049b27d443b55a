from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied

from reachin.families.people.models import Person
from reachin.families.people.register import HeldEntry, held_about
from reachin.groundwork.audited_access.audit import record
from reachin.groundwork.audited_access.context import ask as ask_database
from reachin.groundwork.field_encryption import seal
from reachin.groundwork.page_parts.moments import LONDON
from reachin.groundwork.permissions.enums import Permission
from reachin.partnership.accounts.models import Account

from .enums import AskedFor, Face, State, WordsKind
from .models import CopyEntry, InformationRequest, InformationWords
from .notices import tell_of_new
from .rules import due_on, may_move, may_put_in, needs_second_look


class NoSuchMove(ValueError):
    """It is not where this step starts."""


class NothingSaid(ValueError):
    """A step needs words: what is asked, the answer, the reason."""


class NotTheSecondPerson(ValueError):
    """Whoever prepared an answer does not review it, nor put in what needs a second look."""


def ask(person: Person, kind: AskedFor, *, by: UUID, now: datetime, words: str = "", face: Face | None = None) -> InformationRequest:
    """A person asks about their own information, on their own page; `by` is what they bear. The same again while it waits is the one there.

    Raises NothingSaid where nothing says what is meant: a copy needs no words, and a complaint words or a face.
    """
    said = words.strip()
    if not said and face is None and kind != AskedFor.COPY:
        raise NothingSaid
    found = _same_that_waits(person, kind, said, face)
    if found is not None:
        return found
    asked = InformationRequest.objects.create(
        person=person,
        controller_id=person.controller_id,
        kind=kind,
        face=face or "",
        state=State.ASKED,
        due_on=due_on(kind, now.astimezone(LONDON).date()),
        asked_at=now,
        asked_by=by,
    )
    _write(asked, WordsKind.ASKED, said, by=by, now=now)
    record("information.asked", subject_kind="information_request", subject_id=asked.id, fields=["kind"])
    tell_of_new(asked, now=now)
    return asked


def _same_that_waits(person: Person, kind: AskedFor, said: str, face: Face | None) -> InformationRequest | None:
    for waiting in InformationRequest.objects.open().filter(person=person, kind=kind, face=face or ""):
        written = [kept.said() for kept in waiting.words.filter(kind=WordsKind.ASKED)]
        if written == ([said] if said else []):
            return waiting
    return None


def _write(asked: InformationRequest, kind: WordsKind, words: str, *, by: UUID, now: datetime) -> None:
    if words:
        kept = InformationWords.of(asked, kind, words, by=by)
        kept.written_at = now
        kept.save(force_insert=True)


# A guardian of the agency that answers for it, with the request open


def _answers_for(asked: InformationRequest, by: Account) -> bool:
    """A guardian of the agency that answers; for a complaint one of the hub, where that agency has no two guardians."""
    if by.agency_id == asked.controller_id:
        return True
    return asked.kind == AskedFor.COMPLAINT and asked.controller_id in (ask_database("select reachin.stands_in_for()") or [])


def under_lock(asked: InformationRequest, *, by: Account, to: State | None = None) -> InformationRequest:
    """What was asked, locked for a guardian of the agency that answers for it. Raises PermissionDenied, NoSuchMove."""
    if not by.may(Permission.INFORMATION_ANSWER) or not _answers_for(asked, by):
        raise PermissionDenied
    held = InformationRequest.objects.select_for_update().get(id=asked.id)
    if to is not None and not may_move(State(held.state), to):
        raise NoSuchMove(f"{held.state} does not become {to}")
    return held


def acknowledge(asked: InformationRequest, *, by: Account, now: datetime) -> InformationRequest:
    """A guardian says that it came in and is worked on. Again changes nothing. Raises PermissionDenied, NoSuchMove."""
    held = under_lock(asked, by=by)
    if held.state == State.ACKNOWLEDGED:
        return held
    if held.state != State.ASKED:
        raise NoSuchMove(f"{held.state} was acknowledged before")
    held.state, held.acknowledged_at, held.acknowledged_by = State.ACKNOWLEDGED, now, by.id
    held.save(update_fields=["state", "acknowledged_at", "acknowledged_by"])
    record("information.acknowledged", subject_kind="information_request", subject_id=held.id)
    return held


def gather(asked: InformationRequest, *, by: Account, now: datetime) -> list[CopyEntry]:
    """Writes down everything that is held, entry by entry, for a copy. Again gives what was gathered before.

    What stands in another record that was joined to this one needs a second look as others' words do. Raises PermissionDenied, NoSuchMove.
    """
    held = under_lock(asked, by=by)
    if held.kind != AskedFor.COPY or held.state not in (State.ASKED, State.ACKNOWLEDGED):
        raise NoSuchMove("a copy is gathered before it is prepared")
    there = list(CopyEntry.objects.filter(information_request=held).order_by("place"))
    if there:
        return there
    joined = [one for one in ask_database("select reachin.opened_people('contact')") or [] if one != held.person_id]
    found = [(entry, False) for entry in held_about([held.person_id])]
    if joined:
        found += [(entry, True) for entry in held_about(joined)]
    entries = list(_entries(held, found, by=by.id, now=now))
    CopyEntry.objects.bulk_create(entries)
    record("information.gathered", subject_kind="information_request", subject_id=held.id)
    return entries


def _entries(asked: InformationRequest, found: Iterable[tuple[HeldEntry, bool]], *, by: UUID, now: datetime) -> Iterable[CopyEntry]:
    for place, (entry, is_joined) in enumerate(sorted(found, key=lambda one: one[0].at)):
        others = entry.others_words or is_joined
        made = CopyEntry(
            information_request=asked,
            place=place,
            held_at=entry.at,
            controller_id=entry.controller,
            category=entry.category,
            is_others_words=others,
            is_childs_confidence=entry.childs_confidence,
            is_withheld=needs_second_look(is_others_words=others, is_childs_confidence=entry.childs_confidence),
            gathered_at=now,
            gathered_by=by,
        )
        made.sealed = seal(entry.words, field=CopyEntry.FIELD, row=made.id)
        yield made


def decide_entry(entry: CopyEntry, *, is_withheld: bool, by: Account, now: datetime) -> CopyEntry:
    """Leaves one entry out of a copy, or puts it in. Raises PermissionDenied, NoSuchMove once it is answered, NotTheSecondPerson."""
    asked = under_lock(entry.information_request, by=by)
    if not asked.is_open():
        raise NoSuchMove("the copy was given")
    held = CopyEntry.objects.select_for_update().get(id=entry.id)
    is_preparer = asked.prepared_by == by.id
    if not is_withheld and not may_put_in(State(asked.state), needs_second=held.needs_second(), is_preparer=is_preparer):
        raise NotTheSecondPerson
    held.is_withheld, held.decided_at, held.decided_by = is_withheld, now, by.id
    held.save(update_fields=["is_withheld", "decided_at", "decided_by"])
    record("copy.entry_decided", subject_kind="information_request", subject_id=asked.id, fields=["is_withheld"])
    return held


def prepare(asked: InformationRequest, *, by: Account, answer: str, now: datetime) -> InformationRequest:
    """The answer is written and handed to a second guardian. A copy has been gathered before.

    Raises PermissionDenied, NothingSaid, NoSuchMove (also for a copy of which nothing was gathered).
    """
    if not answer.strip():
        raise NothingSaid
    held = under_lock(asked, by=by, to=State.PREPARED)
    if held.kind == AskedFor.COPY and not CopyEntry.objects.filter(information_request=held).exists():
        raise NoSuchMove("nothing was gathered for this copy")
    held.state, held.prepared_at, held.prepared_by = State.PREPARED, now, by.id
    held.save(update_fields=["state", "prepared_at", "prepared_by"])
    _write(held, WordsKind.ANSWER, answer.strip(), by=by.id, now=now)
    record("information.prepared", subject_kind="information_request", subject_id=held.id)
    return held


def _second(asked: InformationRequest, *, by: Account, to: State) -> InformationRequest:
    held = under_lock(asked, by=by, to=to)
    if held.prepared_by == by.id:
        raise NotTheSecondPerson
    return held


def release(asked: InformationRequest, *, by: Account, now: datetime) -> InformationRequest:
    """The second guardian gives the answer to the person. Raises PermissionDenied, NoSuchMove, NotTheSecondPerson."""
    held = _second(asked, by=by, to=State.RELEASED)
    return _answered(held, State.RELEASED, by=by, now=now)


def refuse(asked: InformationRequest, *, by: Account, reason: str, now: datetime) -> InformationRequest:
    """The second guardian refuses it, with a reason that the person reads. Raises as `release` does, and NothingSaid."""
    if not reason.strip():
        raise NothingSaid
    held = _second(asked, by=by, to=State.REFUSED)
    _write(held, WordsKind.REFUSAL, reason.strip(), by=by.id, now=now)
    return _answered(held, State.REFUSED, by=by, now=now)


def _answered(held: InformationRequest, state: State, *, by: Account, now: datetime) -> InformationRequest:
    held.state, held.reviewed_at, held.reviewed_by = state, now, by.id
    held.save(update_fields=["state", "reviewed_at", "reviewed_by"])
    record(f"information.{state.value}", subject_kind="information_request", subject_id=held.id)
    return held


def hand_back(asked: InformationRequest, *, by: Account, reason: str, now: datetime) -> InformationRequest:
    """The second guardian hands it back to be prepared again, and says why. Raises as `refuse` does."""
    if not reason.strip():
        raise NothingSaid
    held = _second(asked, by=by, to=State.ACKNOWLEDGED)
    _write(held, WordsKind.HANDED_BACK, reason.strip(), by=by.id, now=now)
    held.state, held.prepared_at, held.prepared_by = State.ACKNOWLEDGED, None, None
    if held.acknowledged_at is None:
        held.acknowledged_at, held.acknowledged_by = now, by.id
    held.save(update_fields=["state", "prepared_at", "prepared_by", "acknowledged_at", "acknowledged_by"])
    record("information.handed_back", subject_kind="information_request", subject_id=held.id)
    return held
