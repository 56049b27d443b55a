"""Every address of the product, by audience: those that begin alike are passed over in one look, so they come first."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("work/", include("reachin.interfaces.practitioner.urls")),
    path("guardian/", include("reachin.interfaces.guardian.urls")),
    path("hub/", include("reachin.interfaces.hub.urls")),
    path("demo/", include("reachin.interfaces.demonstration.urls")),
    path("", include("reachin.interfaces.public.urls")),
    path("", include("reachin.interfaces.family.urls")),
]
