from django.urls import path

from . import queue

app_name = "hub"
urlpatterns = [
    path("", queue.queue, name="queue"),
    path("requests/<uuid:request_id>/", queue.queue, name="request"),
    path("delays/", queue.queue, name="delays"),
]
