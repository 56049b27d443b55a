from django.urls import path

from . import asking, information, people

app_name = "public"
urlpatterns = [
    path("", information.start, name="start"),
    path("what-happens/", information.what_happens, name="what_happens"),
    path("privacy/", information.privacy, name="privacy"),
    path("services/", information.services, name="services"),
    path("services/print/", information.services_print, name="services_print"),
    path("paper-form/", information.paper_form, name="paper_form"),
    path("hide/", information.hide, name="hide"),
    path("emergency/", asking.emergency, name="emergency"),
    path("ask/", asking.ask, name="ask"),
    path("ask/tasks/", asking.tasks, name="tasks"),
    path("ask/check/", asking.check, name="check"),
    path("ask/leave/", asking.leave, name="leave"),
    path("ask/left/", asking.left, name="left"),
    path("ask/close/", asking.close_draft, name="close_draft"),
    path("ask/throw-away/", asking.throw_away, name="throw_away"),
    path("ask/sent/", asking.sent, name="sent"),
    path("ask/people/", people.people, name="people"),
    path("ask/people/add/", people.person_add, name="person_add"),
    path("ask/people/<uuid:key>/", people.person, name="person"),
    path("ask/people/<uuid:key>/remove/", people.person_remove, name="person_remove"),
    path("ask/<slug:slug>/", asking.question, name="question"),
]
