"""Who is in somebody's circle, as a member of staff reads it. The people have to be open; nothing of anybody else's is read.

A masked agency is named only to its own people and to those who decided to share with it. What the person was not told of is shown only
to the agency that decided it and to the one that it is about: lest a word of it warns somebody. Reasons are read by those two alone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from reachin.access.directory.models import among, masked_name
from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestPerson
from reachin.families.information_sharing.enums import (
    Basis,
    Category,
    CircleRole,
    CriminalCondition,
    Decision,
    Informed,
    Purpose,
    SpecialCondition,
)
from reachin.families.information_sharing.models import CircleEntry, SharingDecision
from reachin.families.people.enums import Relation
from reachin.families.people.homes import Standing, place_name, standing_of
from reachin.groundwork.page_parts.moments import short_day
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.enums import AgencyKind
from reachin.partnership.agencies.models import Agency

from .words import WHO_THEY_ARE


def people_of_card(card: RequestForAssistance) -> dict[UUID, str]:
    """Those people of a request whose names are open, with who they are."""
    rows = RequestPerson.objects.filter(request_for_assistance=card).select_related("alias__person__details").order_by("place")
    return {row.alias.person_id: _called(row) for row in rows if getattr(row.alias.person, "details", None) is not None}


def _called(row: RequestPerson) -> str:
    name = row.alias.person.details.facts().known_as
    who = str(WHO_THEY_ARE[Relation(row.relation)])
    return f"{name} ({who})" if name else f"{_('Name not given')} ({who})"


@dataclass(slots=True)
class Circle:
    """One person's circle in rows for a page: who is in it now, who was, and with whom it was decided not to share."""

    inside: list[dict[str, Any]] = field(default_factory=list)
    before: list[dict[str, Any]] = field(default_factory=list)
    not_shared: list[dict[str, Any]] = field(default_factory=list)


def circles_of(people: Iterable[UUID], *, account: Account, now: datetime, end_url: Callable[[UUID], str]) -> dict[UUID, Circle]:
    """The circle of each of these people, as this account may read it. `end_url` gives the address at which an entry is ended."""
    wanted = sorted(set(people))
    related = ("agency", "account", "decision__controller", "decision__agency", "decision__agreement")
    entries = list(CircleEntry.objects.filter(among("person_id", wanted)).select_related(*related).order_by("starts_at", "id"))
    refused = SharingDecision.objects.filter(among("person_id", wanted), decision=Decision.NOT_SHARE)
    decisions = list(refused.select_related("controller", "agency", "agreement").order_by("decided_at", "id"))
    decided = [*decisions, *(entry.decision for entry in entries if entry.decision is not None)]
    named = [*(entry.agency for entry in entries), *(agency for one in decided for agency in (one.agency, one.controller))]
    names_a_school = any(agency.kind == AgencyKind.SCHOOL for agency in named)
    standing = {person_id: standing_of([person_id]) if names_a_school else Standing.UNPROTECTED for person_id in wanted}
    names = _names([*(entry.decision.decided_by for entry in entries if entry.decision), *(one.decided_by for one in decisions)])
    found = {person_id: Circle() for person_id in wanted}
    for entry in entries:
        if is_shown(entry.decision, account):
            circle = found[entry.person_id]
            (circle.inside if _counts(entry, now) else circle.before).append(
                _entry(entry, account, names, now, end_url, standing[entry.person_id])
            )
    for decision in decisions:
        if is_shown(decision, account):
            found[decision.person_id].not_shared.append(_decided(decision, account, names, standing[decision.person_id]))
    return found


def is_shown(decision: SharingDecision | None, account: Account) -> bool:
    """Whether this account's agency may know of it: what the person was not told of, only those whom it concerns."""
    return decision is None or decision.informed != Informed.NOT_TOLD or concerns(decision, account)


def concerns(decision: SharingDecision, account: Account) -> bool:
    """Whether the account's agency decided it, or is the one that it is about."""
    return account.agency_id in (decision.controller_id, decision.agency_id)


def _counts(entry: CircleEntry, now: datetime) -> bool:
    return entry.ended_at is None and (entry.until is None or entry.until > now)


def _names(ids: Sequence[UUID]) -> Mapping[UUID, str]:
    return dict(Account.objects.filter(among("id", sorted(set(ids)))).values_list("id", "name")) if ids else {}


def name_for(agency: Agency, account: Account, decision: SharingDecision | None, standing: Standing = Standing.UNPROTECTED) -> str:
    """What the agency is called to this account. The school of somebody whose home is shut to it is named only to its own people."""
    is_own = agency.id == account.agency_id
    if agency.is_masked and not is_own and not (decision is not None and concerns(decision, account)):
        return masked_name()
    return agency.name if is_own else place_name(agency, standing)


def _entry(
    entry: CircleEntry, account: Account, names: Mapping[UUID, str], now: datetime, end_url: Callable[[UUID], str], standing: Standing
) -> dict[str, Any]:
    decision = entry.decision
    name = name_for(entry.agency, account, decision, standing)
    is_ours = decision is not None and decision.controller_id == account.agency_id
    return {
        "id": entry.id,
        "name": name,
        "only_to": entry.account.name if entry.account is not None and name == entry.agency.name else "",
        "is_masked": entry.agency.is_masked,
        "role": CircleRole(entry.role).label,
        "purpose": Purpose(entry.purpose).label,
        "kinds": kinds_of(entry.categories),
        "since": short_day(entry.starts_at),
        "until": short_day(entry.until) if entry.until else "",
        "ended": short_day(entry.ended_at or (entry.until if entry.until and entry.until <= now else None)),
        "basis": Basis(entry.basis).label,
        "end_url": end_url(entry.id) if is_ours and _counts(entry, now) else "",
        "decision": _decided(decision, account, names, standing) if decision is not None else None,
    }


def kinds_of(categories: Sequence[str]) -> list[str]:
    """The kinds of words, in their order, as they are called."""
    return [str(category.label) for category in Category if category.value in categories]


def _decided(decision: SharingDecision, account: Account, names: Mapping[UUID, str], standing: Standing) -> dict[str, Any]:
    controller = name_for(decision.controller, account, decision, standing)
    knows = concerns(decision, account)
    told = {
        "name": name_for(decision.agency, account, decision, standing),
        "is_masked": decision.agency.is_masked,
        "purpose": Purpose(decision.purpose).label,
        "kinds": kinds_of(decision.categories),
        "by": names.get(decision.decided_by, "") if controller == decision.controller.name else "",
        "controller": controller,
        "on": short_day(decision.decided_at),
        "agreement": decision.agreement.name if decision.agreement is not None and knows else "",
        "knows_reasons": knows,
        "is_above_block": decision.beats_block,
        "reviewed_by": short_day(decision.review_due_at) if decision.review_due_at and not decision.reviewed_at else "",
    }
    return told | {"rows": _reasons(decision) if knows else []}


def _reasons(decision: SharingDecision) -> list[dict[str, Any]]:
    """The seven things that were kept, for a summary list."""
    rows = [
        (_("Why"), decision.words("why")),
        (_("Whose views were heard"), decision.words("views")),
        (_("Were they told?"), Informed(decision.informed).label),
        (_("Why not"), decision.words("not_told_why")),
        (_("Why it is needed, and no more"), decision.words("necessity")),
        (_("Lawful basis"), Basis(decision.basis).label),
        (_("Why words of this kind may be shared"), _label(SpecialCondition, decision.special_condition)),
        (_("Why words about offences may be shared"), _label(CriminalCondition, decision.criminal_condition)),
        (_("Law that gives the power"), decision.statutory_power),
    ]
    return [{"key": key, "value": str(value)} for key, value in rows if value]


def _label(choices: Any, value: str) -> str:
    return str(choices(value).label) if value else ""
