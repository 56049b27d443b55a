"""A person's own page: who is in their circle and why, who looked, and the end of what they agreed to."""

from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from reachin.access.referrals.actions import follow_ended_shares
from reachin.access.referrals.enums import ReferralMover
from reachin.access.requests_for_assistance import safety
from reachin.access.requests_for_assistance.models import RequestForAssistance
from reachin.families.information_requests.models import InformationRequest
from reachin.families.information_requests.receipts import Look, looks
from reachin.families.information_sharing.actions import CannotBeEnded, end_own_share
from reachin.families.information_sharing.enums import Purpose
from reachin.families.information_sharing.models import Block, CircleEntry
from reachin.families.information_sharing.rules import may_be_ended_by_the_person
from reachin.families.people.models import Person
from reachin.groundwork.audited_access.pages import Opens, family_page
from reachin.groundwork.clock import now
from reachin.groundwork.page_parts.pages import render
from reachin.partnership.agencies.models import Agency

from .own_words import (
    A_WORKER,
    ANOTHER_REASON,
    ASKED_WORDS,
    FOUND_WORDS,
    KIND_WORDS,
    LOOKED_FOR_WORDS,
    PURPOSE_WORDS,
    ROLE_WORDS,
    STATE_WORDS,
    WHY_WORDS,
    until_words,
    who_words,
)
from .who import bearers_scope

OWN_PAGE = Opens("own_person", "own_page")


@family_page(opens=OWN_PAGE)
@require_http_methods(["GET", "HEAD"])
def information(request: HttpRequest) -> HttpResponse:
    """Everything that somebody can see and do about their own information, and what they asked about it."""
    asked = [
        {"id": one.id, "what": ASKED_WORDS[one.kind], "state": STATE_WORDS[one.state], "asked_at": one.asked_at}
        for one in InformationRequest.objects.order_by("-asked_at")
    ]
    context = {"asked": asked, "has_request": _request_of(bearers_scope(request)) is not None}
    return render(request, "family/information.html", context)


def _request_of(scope: UUID) -> RequestForAssistance | None:
    """The request that this visitor bears; None for an account of their own."""
    return RequestForAssistance.objects.filter(id=scope).first()


@family_page(opens=OWN_PAGE)
@require_http_methods(["GET", "HEAD"])
def circle(request: HttpRequest) -> HttpResponse:
    """Who is in my circle: for what, which kinds of words, since when, until when, and why; what has ended stands apart."""
    moment = now()
    shut = set(Block.objects.filter(said_by=bearers_scope(request), lifted_at=None).values_list("agency_id", flat=True))
    entries = [_shown(entry, shut, moment) for entry in _circle().order_by("starts_at", "id")]
    context = {
        "live": [entry for entry in entries if not entry["ended_at"]],
        "ended": [entry for entry in entries if entry["ended_at"]],
        "done": "ended" in request.GET,
    }
    return render(request, "family/circle.html", context)


def _circle() -> Any:
    """All entries but those of a worker who asked for help for the family: who asked is never told here, or nobody dares to.

    Whose they are is said again, beside row security: only by the person are they found among everybody's.
    """
    asked_for_them = Q(purpose=Purpose.FRONT_DOOR, account__isnull=False)
    own = CircleEntry.objects.filter(person__in=Person.objects.values("id"))
    return own.exclude(asked_for_them).select_related("agency", "account", "decision__controller")


def _shown(entry: CircleEntry, shut: set[UUID], moment: datetime) -> dict[str, Any]:
    """One entry in plain words. `ended_at` is when it ended, by somebody or by the clock."""
    ran_out = entry.until if entry.until is not None and entry.until <= moment else None
    decides = entry.decision.controller if entry.decision is not None else entry.agency
    return {
        "id": entry.id,
        "who": who_words(entry.agency, entry.account.name if entry.account is not None else ""),
        "what_for": PURPOSE_WORDS[entry.purpose],
        "kinds": [KIND_WORDS[kind] for kind in entry.categories],
        "why": WHY_WORDS[entry.basis],
        "since": entry.starts_at,
        "until": until_words(entry.until),
        "ended_at": entry.ended_at or ran_out,
        "may_end": may_be_ended_by_the_person(entry.basis),
        "is_shut": entry.agency_id in shut,
        "decides": who_words(decides),
    }


@family_page(opens=OWN_PAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def end_share(request: HttpRequest, share_id: UUID) -> HttpResponse:
    """End what I agreed to, after reading what will happen; for what I cannot end: who decides, and how to object."""
    entry = _circle().filter(id=share_id, ended_at=None).first()
    if entry is None:
        raise Http404
    shown = _shown(entry, set(), now())
    if request.method == "POST":
        try:
            _end(share_id, bearers_scope(request))
        except CannotBeEnded:
            return render(request, "family/end_share.html", {"entry": shown}, status=409)
        return redirect(f"{reverse('family:circle')}?ended=yes")
    return render(request, "family/end_share.html", {"entry": shown})


def _end(share_id: UUID, scope: UUID) -> None:
    row, moment = _request_of(scope), now()
    entry = end_own_share(share_id, by=scope, now=moment) if row is None else safety.stop_sharing(row, share_id, by=scope, now=moment)
    follow_ended_shares(entry.person_id, agency_id=entry.agency_id, mover=ReferralMover.FAMILY, by=scope, now=moment)


@family_page(opens=OWN_PAGE)
@require_http_methods(["GET", "HEAD"])
def looked(request: HttpRequest) -> HttpResponse:
    """Who looked, by day."""
    found = looks()
    agencies = Agency.objects.in_bulk({look.agency_id for look in found})
    days = [{"day": day, "looks": [_look(look, agencies) for look in of_day]} for day, of_day in groupby(found, key=_day_of)]
    return render(request, "family/looked.html", {"days": days})


def _day_of(look: Look) -> date:
    return look.day


def _look(look: Look, agencies: dict[UUID, Agency]) -> dict[str, Any]:
    return {
        "who": who_words(agencies[look.agency_id]),
        "role": ROLE_WORDS.get(look.role, A_WORKER),
        "what_for": LOOKED_FOR_WORDS.get(look.purpose, ANOTHER_REASON),
        "found": FOUND_WORDS.get(look.outcome, ""),
        "times": look.times,
    }
