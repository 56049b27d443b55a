"""Reads everything back after the crashes: as the role that owns the tables, with the keys that open what is sealed."""

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from workshop import databases
from workshop.proofs.crash_ledger import MARK, Found, FoundFamily
from workshop.servers import OWNER, Server


def found_in(server: Server, name: str) -> Found:
    """What a database holds. Sets Django up in this process, as the owner."""
    os.environ.update(databases.environment(server, name, mode="test", role=OWNER))
    import django

    django.setup()
    return look("default")


def look(using: str) -> Found:
    """What is there of everything that bears a mark, by a connection that sees all rows."""
    from reachin.access.requests_for_assistance.models import DraftRequest

    found = Found()
    for mark, family in _families(using):
        found.families.setdefault(mark, []).append(family)
    found.drafts.update(mark for draft in DraftRequest.objects.using(using) for mark in _marks(str(draft.answers())))
    found.words.update(mark for words in _words(using) for mark in _marks(words))
    return found


def _marks(words: str) -> set[str]:
    return set(MARK.findall(words))


def _words(using: str) -> Iterable[str]:
    """What hub and agencies wrote: decisions, what went with referrals, answers."""
    from reachin.access.referrals.models import ReferralNote, Snapshot
    from reachin.access.requests_for_assistance.models import RequestNote

    for note in RequestNote.objects.using(using):
        yield note.words()
    for answer in ReferralNote.objects.using(using):
        yield answer.words()
    for snapshot in Snapshot.objects.using(using):
        yield str(snapshot.told().get("from_sender", ""))


def _families(using: str) -> Iterable[tuple[str, FoundFamily]]:
    """Every request that bears a mark in its story."""
    from reachin.access.requests_for_assistance.models import RequestForAssistance, StoryTold

    names, contacts, sent, messages = _names(using), _contacts(using), _times_sent(using), _times_told(using)
    others = _other_tellings(using)
    cards = {card.id: card for card in RequestForAssistance.objects.using(using)}
    for story in StoryTold.objects.using(using):
        request_id, answers = story.request_for_assistance_id, story.answers()
        for mark in _marks(str(answers.get("story", ""))):
            yield (
                mark,
                FoundFamily(
                    asked_by=cards[request_id].asked_by,
                    answers={**answers, **others[request_id], **contacts[request_id]},
                    names=tuple(names[request_id]),
                    times_sent=sent[request_id],
                    times_told=messages[request_id],
                ),
            )


def _other_tellings(using: str) -> dict[Any, dict[str, Any]]:
    from reachin.access.requests_for_assistance.models import PlaceTold, PlanTold, SafetyTold

    found: dict[Any, dict[str, Any]] = defaultdict(dict)
    for table in (PlanTold, SafetyTold, PlaceTold):
        for telling in table.objects.using(using):
            found[telling.request_for_assistance_id] |= telling.answers()
    return found


def _names(using: str) -> Mapping[Any, list[str]]:
    """What everybody of a request is called, but for those who have no name."""
    from reachin.access.requests_for_assistance.models import RequestPerson

    found: dict[Any, list[str]] = defaultdict(list)
    for person in RequestPerson.objects.using(using).select_related("alias__person__details"):
        known_as = person.alias.person.details.facts().known_as
        if known_as:
            found[person.request_for_assistance_id].append(known_as)
    return found


def _contacts(using: str) -> Mapping[Any, dict[str, Any]]:
    """How a family may be reached, by request; the name of whoever asks is a person's, not a contact."""
    from reachin.access.requests_for_assistance.models import RequestPerson
    from reachin.families.people.models import ContactInstruction

    told = {instruction.person_id: instruction.told() for instruction in ContactInstruction.objects.using(using).filter(ended_at=None)}
    found: dict[Any, dict[str, Any]] = defaultdict(dict)
    for person in RequestPerson.objects.using(using).filter(is_contact=True).select_related("alias"):
        found[person.request_for_assistance_id] = dict(told.get(person.alias.person_id, {}))
    return found


def _times_sent(using: str) -> Counter[Any]:
    from reachin.groundwork.audited_access.models import AuditEvent

    return Counter(AuditEvent.objects.using(using).filter(event="request.sent").values_list("subject_id", flat=True))


def _times_told(using: str) -> Counter[Any]:
    from reachin.groundwork.notices.models import Message

    return Counter(Message.objects.using(using).filter(event="request.received").values_list("about_id", flat=True))
