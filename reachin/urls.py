"""Every address of the product, by audience."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("reachin.interfaces.family.urls")),
    path("work/", include("reachin.interfaces.practitioner.urls")),
    path("guardian/", include("reachin.interfaces.guardian.urls")),
    path("hub/", include("reachin.interfaces.hub.urls")),
    path("demo/", include("reachin.interfaces.demonstration.urls")),
    path("", include("reachin.interfaces.public.urls")),
]
