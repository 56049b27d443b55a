"""Passing a concern on to a discussion outside the hub: the same page wherever the people whom it is about are open."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise

from reachin.access.requests_for_assistance.actions import NoSuchMove, concern_desks
from reachin.families.information_sharing.actions import IsBlocked
from reachin.families.information_sharing.blocked import agencies_kept_from, own_categories
from reachin.families.information_sharing.enums import Category, Informed, SpecialCondition
from reachin.families.information_sharing.models import SharingDecision
from reachin.families.information_sharing.rules import PUBLIC_BODIES
from reachin.groundwork.ids import new_id
from reachin.groundwork.page_parts.pages import render
from reachin.groundwork.permissions.enums import Permission
from reachin.partnership.agencies.enums import AgencyKind

from .circle_forms import BASIS_HINTS, GO_ABOVE, INFORMED_HINTS, KEPT_OUT, KIND_HINTS, ConcernForm
from .navigation import account_of, staff_context

WRONG = 422


@dataclass(frozen=True, slots=True)
class Back:
    """Where the page leads back to."""

    url: str
    words: str | Promise


def passing_on_page(
    request: HttpRequest,
    people: Mapping[UUID, str],
    back: Back,
    *,
    pass_on: Callable[[ConcernForm], object],
    done: Callable[[], HttpResponse],
    context: Mapping[str, Any],
) -> HttpResponse:
    """To whom, about which of these people, and why; `pass_on` is given the form once it says enough. The same again is done once."""
    form = _form(request, people)

    def page(status: int = 200) -> HttpResponse:
        return _page(request, people, back, form, context, status=status)

    if request.method != "POST":
        return page()
    if not form.is_valid():
        return page(WRONG)
    try:
        with transaction.atomic():
            pass_on(form)
    except IsBlocked:
        form.add_error(*(("beats_block", str(GO_ABOVE)) if _may_go_above(request) else ("desk", str(KEPT_OUT))))
        return page(WRONG)
    except NoSuchMove:
        return page(WRONG)
    except IntegrityError:
        if not SharingDecision.objects.filter(person_id__in=form.whom(), agency=form.to_whom()).exists():
            raise
    return done()


def _may_go_above(request: HttpRequest) -> bool:
    account = account_of(request)
    return account.may(Permission.BLOCK_OVERRULE) and account.agency.kind in PUBLIC_BODIES


def _form(request: HttpRequest, people: Mapping[UUID, str]) -> ConcernForm:
    own = set.intersection(set(Category), *(own_categories(one) for one in people))
    initial = {
        "key": new_id(),
        "people": [str(one) for one in people],
        "categories": [one for one in (Category.CONTACT, Category.STORY, Category.SAFETY) if one in own],
        "special_condition": SpecialCondition.SAFEGUARDING,
        "criminal_condition": "",
    }
    desks = [(str(one), name) for one, name in concern_desks().exclude(id=account_of(request).agency_id).values_list("id", "name")]
    kind = AgencyKind(account_of(request).agency.kind)
    data = request.POST if request.method == "POST" else None
    form = ConcernForm(data, initial=initial, kind=kind, people=people, desks=desks, own=own)
    if not _may_go_above(request):
        del form.fields["beats_block"]
    return form


def _page(
    request: HttpRequest, people: Mapping[UUID, str], back: Back, form: ConcernForm, context: Mapping[str, Any], *, status: int
) -> HttpResponse:
    chosen = form.data.get("desk", "") if form.is_bound else ""
    kept_out = {str(agency) for agency in agencies_kept_from(people)}
    shown: dict[str, Any] = {
        **staff_context(request),
        "head": None,
        **context,
        "back": back,
        "form": form,
        "shows_block": chosen in kept_out and _may_go_above(request),
        "basis_hints": BASIS_HINTS,
        "kind_hints": KIND_HINTS,
        "informed_hints": {code: words for code, words in INFORMED_HINTS.items() if code != Informed.AGREED},
    }
    return render(request, "hub/concern.html", shown, status=status)
