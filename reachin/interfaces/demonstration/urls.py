from django.urls import path

from . import outbox, people

app_name = "demonstration"
urlpatterns = [
    path("", people.people, name="people"),
    path("sign-in/", people.sign_in_as, name="sign_in_as"),
    path("outbox/", outbox.outbox, name="outbox"),
]
