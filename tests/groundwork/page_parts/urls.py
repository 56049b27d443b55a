"""The few addresses that page parts link to, so that they can be tested without the rest of the house."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse("nothing here")


urlpatterns = [
    path("", include(([path("hide", nothing, name="hide")], "public"))),
    path("staff/", include(([path("sign-out", nothing, name="sign_out"), path("queue", nothing, name="queue")], "practitioner"))),
]
