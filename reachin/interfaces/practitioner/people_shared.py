"""People whom somebody shared with us: a list that names nobody, and each person's page with what their circle lets us see."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reachin.families.information_sharing.enums import CircleRole, Purpose
from reachin.families.information_sharing.models import CircleEntry
from reachin.families.people import actions
from reachin.families.people.homes import Standing, place_name, standing_of
from reachin.families.people.models import PersonDetails
from reachin.families.people.rules import facts_to_answers
from reachin.groundwork.audited_access.pages import Opens, staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.page_parts.moments import short_day
from reachin.groundwork.page_parts.pages import render
from reachin.groundwork.permissions.enums import Permission
from reachin.interfaces.hub.circle import DONE, ending_page
from reachin.interfaces.hub.circle_adding import Place, adding_page
from reachin.interfaces.hub.circle_reading import circles_of, kinds_of
from reachin.interfaces.hub.navigation import account_of, staff_context
from reachin.interfaces.hub.reading import today_of
from reachin.interfaces.hub.sharing_first import sharing_first_page
from reachin.partnership.accounts.models import Account
from reachin.partnership.agencies.models import Agency

from .words import shown_person

TO_HELP = Opens("person", "support", by="person_id")
TO_PROTECT = Opens("person", "protection", by="person_id")
PAGES = {Purpose.SUPPORT: "practitioner:person", Purpose.PROTECTION: "practitioner:person_to_protect"}
SHARED = (
    "select person_id, purpose, role, categories, starts_at, until, from_agency from reachin.shared_with_us() order by person_id, purpose"
)
MOST_SHOWN = 200


@staff_page(permission=Permission.CIRCLE_EXTEND)
@require_http_methods(["GET", "HEAD"])
def people(request: HttpRequest) -> HttpResponse:
    """Whom other organisations shared with mine, the newest first. Who it is shows only on opening, and that is kept."""
    rows = sorted(_shared(), key=lambda row: row["starts_at"], reverse=True)[:MOST_SHOWN]
    return render(request, "practitioner/people_shared.html", {**staff_context(request), "rows": rows})


def _shared() -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(SHARED)
        found = cursor.fetchall()
        cursor.execute("select reachin.shared_with_us_and_protected()")
        shut = {person for (person,) in cursor.fetchall()}
    agencies = Agency.objects.in_bulk(sorted({row[6] for row in found}))
    return [
        _line(list(rows), agencies, Standing.SHUT if person in shut else Standing.UNPROTECTED)
        for (person, purpose), rows in groupby(found, key=lambda row: (row[0], row[1]))
        if purpose in PAGES
    ]


def _line(rows: list[tuple[Any, ...]], agencies: Mapping[UUID, Agency], standing: Standing) -> dict[str, Any]:
    """One person for one purpose; several entries say it together."""
    person_id, purpose, role = rows[0][:3]
    until = [row[5] for row in rows]
    return {
        "url": reverse(PAGES[Purpose(purpose)], args=[person_id]),
        "purpose": Purpose(purpose).label,
        "role": CircleRole(role).label,
        "kinds": kinds_of([kind for row in rows for kind in row[3]]),
        "starts_at": max(row[4] for row in rows),
        "until": "" if None in until else short_day(max(until)),
        "from": ", ".join(sorted({place_name(agencies[row[6]], standing) for row in rows})),
    }


@staff_page(permission=Permission.CIRCLE_EXTEND, opens=TO_HELP)
@require_http_methods(["GET", "HEAD"])
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Somebody whom we help: their name where we may know it, and who else is in their circle."""
    return _person_page(request, person_id, Purpose.SUPPORT)


@staff_page(permission=Permission.CIRCLE_EXTEND, opens=TO_PROTECT)
@require_http_methods(["GET", "HEAD"])
def person_to_protect(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """The same for whoever keeps them safe."""
    return _person_page(request, person_id, Purpose.PROTECTION)


def _person_page(request: HttpRequest, person_id: UUID, purpose: Purpose) -> HttpResponse:
    account, is_to_help = account_of(request), purpose == Purpose.SUPPORT
    found = circles_of(
        [person_id],
        account=account,
        now=now(),
        end_url=lambda entry: reverse("practitioner:person_end", args=[person_id, entry]) if is_to_help else "",
    )
    own = CircleEntry.objects.filter(person_id=person_id, agency_id=account.agency_id).for_account(account).in_force(now())
    context = {
        **staff_context(request),
        "name": _name(person_id),
        "home_is_protected": standing_of([person_id]) != Standing.UNPROTECTED,
        "protect_url": reverse("practitioner:person_protect", args=[person_id]) if is_to_help else "",
        "circle": found[person_id],
        "purpose": purpose.label,
        "kinds": kinds_of([kind for kinds in own.values_list("categories", flat=True) for kind in kinds]),
        "now_url": reverse("practitioner:person_share_now", args=[person_id]) if is_to_help else "",
        "add_url": reverse("practitioner:person_add", args=[person_id]) if is_to_help else "",
        "concern_url": concern_url(account, person_id) if is_to_help else "",
        "may_name": PersonDetails.objects.filter(person_id=person_id).exists(),
        "done": DONE.get(request.GET.get("done", ""), ""),
    }
    return render(request, "practitioner/person.html", context)


@staff_page(permission=Permission.CIRCLE_EXTEND, opens=TO_HELP)
@require_http_methods(["POST"])
def protect_home(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """It has to stay secret where this person lives, from now on. To lift it is for whoever holds their request, or for themselves."""
    people_by_name(person_id)
    actions.protect_home(person_id, by=account_of(request).id, now=now())
    return redirect(f"{reverse('practitioner:person', args=[person_id])}?done=protected")


def _name(person_id: UUID) -> str:
    """What they are called and how old they are, where that is open; otherwise that it is not."""
    details = PersonDetails.objects.filter(person_id=person_id).first()
    if details is None:
        return _("Somebody whose name was not shared with you")
    return shown_person(facts_to_answers(details.facts()), today=today_of(now()))


def people_by_name(person_id: UUID) -> dict[UUID, str]:
    """The person, where their name is open: nobody decides about somebody whom they cannot tell apart (Http404)."""
    if not PersonDetails.objects.filter(person_id=person_id).exists():
        raise Http404
    return {person_id: _name(person_id)}


@staff_page(permission=Permission.CIRCLE_EXTEND, opens=TO_HELP)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Add a partner to this person's circle, or decide not to."""
    back = reverse("practitioner:person", args=[person_id])
    return adding_page(request, Place(people_by_name(person_id), back, _("Circle")))


@staff_page(permission=Permission.CIRCLE_EXTEND, opens=TO_HELP)
@require_http_methods(["GET", "HEAD", "POST"])
def share_now(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """In an emergency: share first, and record after."""
    return sharing_first_page(request, Place(people_by_name(person_id), reverse("practitioner:person", args=[person_id]), _("Circle")))


@staff_page(permission=Permission.CIRCLE_EXTEND, opens=TO_HELP)
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, person_id: UUID, entry_id: UUID) -> HttpResponse:
    """End a share that my own organisation decided."""
    return ending_page(request, entry_id, back=reverse("practitioner:person", args=[person_id]), people=people_by_name(person_id))


def people_of_referral() -> list[dict[str, Any]]:
    """For the page of a received referral, which is open: the pages of the people for whom help was asked."""
    with connection.cursor() as cursor:
        cursor.execute("select reachin.people_of_open_referral()")
        found = [one for (one,) in cursor.fetchall()]
    return [
        {
            "url": reverse("practitioner:person", args=[one]),
            "concern_url": reverse("practitioner:person_concern", args=[one]),
            "number": place,
        }
        for place, one in enumerate(found, 1)
    ]


def concern_url(account: Account, person_id: UUID) -> str:
    """Where a concern about this person is passed on; empty for whoever may not."""
    return reverse("practitioner:person_concern", args=[person_id]) if account.may(Permission.CONCERN_HAND_ON) else ""
