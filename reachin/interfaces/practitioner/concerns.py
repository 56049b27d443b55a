"""Passing a concern on: about people of a request that I sent, and about somebody who was shared with us."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reachin.access.requests_for_assistance.actions import pass_on_concern_about, pass_on_concern_of_own
from reachin.groundwork.audited_access.pages import staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.permissions.enums import Permission
from reachin.interfaces.hub.circle_reading import people_of_card
from reachin.interfaces.hub.navigation import account_of
from reachin.interfaces.hub.passing_on import Back, passing_on_page

from .own_requests import OWN, own_request
from .people_shared import TO_HELP, people_by_name


@staff_page(permission=Permission.CONCERN_HAND_ON, opens=OWN)
@require_http_methods(["GET", "HEAD", "POST"])
def concern_of_request(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """A concern about people of a request that I sent. Whoever holds the request is not asked."""
    row, page = own_request(request, request_id), reverse("practitioner:request", args=[request_id])
    return passing_on_page(
        request,
        people_of_card(row),
        Back(page, row.reference),
        pass_on=lambda form: pass_on_concern_of_own(
            row,
            form.to_whom(),
            form.things(),
            concern=form.discussion(),
            people=form.whom(),
            key=form.once(),
            by=account_of(request),
            now=now(),
        ),
        done=lambda: redirect(f"{page}?done=concern"),
        context={},
    )


@staff_page(permission=Permission.CONCERN_HAND_ON, opens=TO_HELP)
@require_http_methods(["GET", "HEAD", "POST"])
def concern_about_person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """A concern about somebody whom we help; a received referral leads here for each person."""
    page = reverse("practitioner:person", args=[person_id])
    return passing_on_page(
        request,
        people_by_name(person_id),
        Back(page, _("Circle")),
        pass_on=lambda form: pass_on_concern_about(
            person_id,
            form.to_whom(),
            form.things(),
            concern=form.discussion(),
            key=form.once(),
            by=account_of(request),
            now=now(),
        ),
        done=lambda: redirect(f"{page}?done=concern"),
        context={},
    )
