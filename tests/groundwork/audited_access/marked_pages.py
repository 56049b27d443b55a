"""Pages that exist only for the tests of the marks: one of each kind."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.urls import path

from reachin.access.requests_for_assistance.models import StoryTold
from reachin.groundwork.audited_access.audit import record
from reachin.groundwork.audited_access.context import current_actor
from reachin.groundwork.audited_access.pages import Opens, family_page, public_page, staff_page
from reachin.groundwork.permissions.enums import Permission

THING = UUID(int=7)


class Told(SimpleTemplateResponse):
    """Rendered late, as template responses are: the query runs while it is rendered."""

    @property
    def rendered_content(self) -> str:
        return f"{StoryTold.objects.count()} told"


def unmarked(request: HttpRequest) -> HttpResponse:
    return HttpResponse("never")


@public_page()
def anybody(request: HttpRequest) -> HttpResponse:
    return HttpResponse(current_actor().kind)


@public_page()
def writes(request: HttpRequest) -> HttpResponse:
    record("thing.done", subject_kind="thing", subject_id=THING)
    return HttpResponse("written")


@public_page(demo_only=True)
def demo(request: HttpRequest) -> HttpResponse:
    return HttpResponse("demo")


@public_page(context="own")
def own(request: HttpRequest) -> HttpResponse:
    return HttpResponse("own")


@family_page(opens=Opens("request", "own_request"))
def family(request: HttpRequest) -> HttpResponse:
    return Told("")


@staff_page()
def staff(request: HttpRequest) -> HttpResponse:
    return HttpResponse(current_actor().role)


@staff_page(permission=Permission.REQUEST_TRIAGE, opens=Opens("request", "front_door", by="request_id"))
def opens(request: HttpRequest, request_id: UUID) -> HttpResponse:
    return Told("")


@staff_page(opens=Opens("request", "front_door", by="request_id"))
def opens_and_fails(request: HttpRequest, request_id: UUID) -> HttpResponse:
    record("thing.done", subject_kind="thing", subject_id=THING)
    raise ZeroDivisionError


urlpatterns = [
    path("unmarked/", unmarked),
    path("anybody/", anybody),
    path("writes/", writes),
    path("demo/", demo),
    path("own/", own),
    path("family/", family),
    path("staff/", staff),
    path("opens/<uuid:request_id>/", opens),
    path("fails/<uuid:request_id>/", opens_and_fails),
]
