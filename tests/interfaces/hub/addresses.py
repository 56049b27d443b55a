from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def elsewhere(request: HttpRequest, **found: object) -> HttpResponse:
    return HttpResponse()


practitioner = [
    path(f"{name}/", elsewhere, name=name) for name in ("sign_in", "sign_out", "start", "alerts", "inbox", "requests", "key_in", "new")
]
urlpatterns = [
    path("hub/", include("reachin.interfaces.hub.urls")),
    path("work/", include((practitioner, "practitioner"))),
]
