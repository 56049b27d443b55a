"""What people's own tables, the audit and the traces of openings hold about somebody, for the register."""

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reachin.groundwork.page_parts.moments import day
from reachin.partnership.accounts.models import Account

from .contact_words import contact_in_words
from .homes import for_paper, overlaid, standing_of
from .models import ContactInstruction, PersonAlias, PersonDetails, ProtectedHome
from .register import HeldEntry, OnErasure, OnMerge, PersonKey
from .rules import PersonFacts

CONTACT = "contact"


def _details(records: Collection[UUID]) -> Iterator[HeldEntry]:
    for kept in PersonDetails.objects.filter(person_id__in=records).select_related("person"):
        yield HeldEntry(kept.person.recorded_at, _details_in_words(kept.facts()), kept.person.controller_id, CONTACT)


def _details_in_words(facts: PersonFacts) -> str:
    told = [_("Name: %(name)s") % {"name": facts.known_as or "–"}]
    if facts.born_on is not None:
        told.append(_("Born: %(day)s") % {"day": day(facts.born_on)})
    if facts.age_years is not None:
        told.append(ngettext("%(age)d year old", "%(age)d years old", facts.age_years) % {"age": facts.age_years})
    if facts.due_on is not None:
        told.append(_("due %(day)s") % {"day": day(facts.due_on)})
    return "\n".join(told)


def _contact(records: Collection[UUID]) -> Iterator[HeldEntry]:
    """What a worker wrote of it can name whoever told them: a second person looks at that before it is told."""
    for kept in ContactInstruction.objects.filter(person_id__in=records).select_related("person"):
        by_a_worker = Account.objects.filter(id=kept.told_by).exists()
        words = _("How you can be reached:\n%(told)s") % {"told": contact_in_words(_on_paper(kept))}
        yield HeldEntry(kept.told_at, words, kept.person.controller_id, CONTACT, others_words=by_a_worker)


def _on_paper(kept: ContactInstruction) -> dict[str, Any]:
    """A copy is printed and passed on: a protected home is not in it."""
    return for_paper(overlaid(kept.told_with_home(), standing_of([kept.person_id])))


def _homes(records: Collection[UUID]) -> Iterator[HeldEntry]:
    """That a home is a secret; somebody else may have said so, to keep them safe: a second person looks before it is told."""
    for mark in ProtectedHome.objects.filter(person_id__in=records).select_related("person"):
        words = (
            _("Where you live is kept secret. It is left out of this copy.")
            if mark.lifted_at is None
            else _("Where you live was kept secret.")
        )
        yield HeldEntry(mark.said_at, words, mark.person.controller_id, "safety", others_words=True)


KEYS = (
    PersonKey.of(
        PersonDetails,
        "person",
        on_merge=OnMerge.STAYS,
        on_erasure=OnErasure.EMPTIED,
        because="what somebody was called where they were recorded; shown only there: another name may be a secret",
        gather=_details,
    ),
    PersonKey.of(
        ContactInstruction,
        "person",
        on_merge=OnMerge.STAYS,
        on_erasure=OnErasure.EMPTIED,
        because="a safe way that was told to one agency is not told to another by joining records",
        gather=_contact,
    ),
    PersonKey.of(
        ProtectedHome,
        "person",
        on_merge=OnMerge.STAYS,
        on_erasure=OnErasure.REMOVED,
        because="it stays where it was said and is lifted there; while records are joined it holds for all of them (reachin.protected)",
        gather=_homes,
    ),
    PersonKey.of(
        PersonAlias,
        "person",
        on_merge=OnMerge.STAYS,
        on_erasure=OnErasure.KEPT,
        because="the record that others point at: who may see what goes by it",
    ),
    PersonKey.of(
        PersonAlias,
        "stands_for",
        on_merge=OnMerge.MOVES,
        on_erasure=OnErasure.KEPT,
        because="who the person of that record is now",
    ),
    PersonKey(
        "audited_access_auditevent",
        "subject_id",
        OnMerge.STAYS,
        OnErasure.KEPT,
        "what was done to which record stays as it was done; ids and names of fields only, and chained",
    ),
    PersonKey(
        "reachin.opening",
        "subject_id",
        OnMerge.STAYS,
        OnErasure.KEPT,
        "which record was looked at stays as it was; a person's own page tells of it",
    ),
    PersonKey(
        "reachin.opening",
        "people",
        OnMerge.STAYS,
        OnErasure.KEPT,
        "whose names were seen stays as it was; a person's own page tells of it",
    ),
)
