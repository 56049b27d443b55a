"""The circles of the people of one request: who may see what of each, adding a partner, ending a share, passing a concern on."""

from collections.abc import Mapping
from functools import partial
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from reachin.access.referrals.actions import follow_ended_shares
from reachin.access.referrals.enums import ReferralMover
from reachin.access.requests_for_assistance.actions import pass_on_concern
from reachin.families.information_sharing.actions import end_entry
from reachin.families.information_sharing.models import CircleEntry
from reachin.groundwork.audited_access.pages import staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.page_parts.pages import render
from reachin.groundwork.permissions.enums import Permission

from .circle_adding import Place, adding_page
from .circle_forms import ConcernForm
from .circle_reading import circles_of, name_for, people_of_card
from .navigation import account_of, staff_context
from .own_accounts import waiting_for_a_second
from .passing_on import Back, passing_on_page
from .reading import card_of, heading, held_card, is_ours
from .request_page import OPENED, back_to
from .sharing_first import sharing_first_page

DONE: Mapping[str, Promise] = {
    "shared": gettext_lazy("It is shared, and the decision is kept. They see it at once."),
    "not_shared": gettext_lazy("The decision not to share is kept."),
    "confirmed": gettext_lazy("Thank you. Their page opens for them now, with their code and phrase."),
    "protected": gettext_lazy("Where they live is kept secret from now on, in every list, print and search too."),
    "unprotected": gettext_lazy("The decision is kept. Where they live is no secret any more."),
    "still_protected": gettext_lazy("The decision is kept. Somebody else said so too: where they live stays secret."),
    "shut": gettext_lazy("The code and phrase are shut, and everybody who had come in is out. Offer them their own page now."),
    "concern": gettext_lazy("The concern is passed on. They see at once what you shared, and the decision is kept."),
    "ended": gettext_lazy("It is ended. They see nothing of it from now on."),
}


@staff_page(permission=Permission.REQUEST_TRIAGE, opens=OPENED)
@require_http_methods(["GET", "HEAD"])
def circle(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Person by person: who is in their circle, for what, which kinds of words, until when and why."""
    card, account = card_of(request, request_id), account_of(request)
    people = people_of_card(card)
    found = circles_of(people, account=account, now=now(), end_url=lambda entry: reverse("hub:circle_end", args=[card.id, entry]))
    waiting = waiting_for_a_second(people, but=account.id)
    context = {
        **staff_context(request),
        "head": heading(card, now()),
        "people": [
            {"id": person_id, "name": name, "circle": found[person_id], "waits": person_id in waiting} for person_id, name in people.items()
        ],
        "may_offer": account.may(Permission.OWN_ACCOUNT_OFFER),
        "may_add": account.may(Permission.CIRCLE_EXTEND),
        "may_pass_on": is_ours(card, account),
        "may_shut": is_ours(card, account) and account.may(Permission.OWN_ACCOUNT_OFFER) and not card.asked_by_practitioner(),
        "done": DONE.get(request.GET.get("done", ""), ""),
    }
    return render(request, "hub/circle.html", context)


@staff_page(permission=Permission.REQUEST_TRIAGE, opens=OPENED)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Add a partner to the circle of one of these people, or decide not to."""
    card = card_of(request, request_id)
    back = reverse("hub:circle", args=[card.id])
    head = heading(card, now())
    return adding_page(request, Place(people_of_card(card), back, _("Circle"), {"head": head}))


@staff_page(permission=Permission.REQUEST_TRIAGE, opens=OPENED)
@require_http_methods(["GET", "HEAD", "POST"])
def share_now(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """In an emergency: share first, and record after."""
    card = card_of(request, request_id)
    place = Place(people_of_card(card), reverse("hub:circle", args=[card.id]), _("Circle"), {"head": heading(card, now())})
    return sharing_first_page(request, place)


@staff_page(permission=Permission.REQUEST_TRIAGE, opens=OPENED)
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, request_id: UUID, entry_id: UUID) -> HttpResponse:
    """End a share that my own agency decided."""
    card = card_of(request, request_id)
    return ending_page(request, entry_id, back=reverse("hub:circle", args=[card.id]), people=people_of_card(card))


def ending_page(request: HttpRequest, entry_id: UUID, *, back: str, people: Mapping[UUID, str]) -> HttpResponse:
    """Asks before a share is ended. What another agency decided is not there (Http404)."""
    account = account_of(request)
    found = CircleEntry.objects.filter(id=entry_id, decision__controller_id=account.agency_id).select_related("agency", "decision").first()
    if found is None or found.person_id not in people:
        raise Http404
    if request.method == "POST":
        ended = end_entry(entry_id, by=account, now=now())
        follow_ended_shares(ended.person_id, agency_id=ended.agency_id, mover=ReferralMover.SENDER, by=account.id, now=now())
        return redirect(f"{back}?done=ended")
    context = {
        **staff_context(request),
        "back": back,
        "who": people[found.person_id],
        "agency": name_for(found.agency, account, found.decision),
        "is_over": found.ended_at is not None,
    }
    return render(request, "hub/circle_end.html", context)


# A concern goes on


@staff_page(permission=Permission.REQUEST_TRIAGE, opens=OPENED)
@require_http_methods(["GET", "HEAD", "POST"])
def concern(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Pass a concern on to a discussion outside the hub. The request goes on as it was."""
    card = held_card(request, request_id)
    people = people_of_card(card)
    back = Back(reverse("hub:request", args=[request_id]), card.reference)

    def pass_on(form: ConcernForm) -> object:
        concern, people = form.discussion(), form.whom()
        by, key = account_of(request), form.once()
        return pass_on_concern(card, form.to_whom(), form.things(), concern=concern, people=people, key=key, by=by, now=now())

    done = partial(back_to, request_id, "concern")
    return passing_on_page(request, people, back, pass_on=pass_on, done=done, context={"head": heading(card, now())})
