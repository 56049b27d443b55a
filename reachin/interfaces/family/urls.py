from django.urls import path

from . import status

app_name = "family"
urlpatterns = [
    path("come-back/", status.way_in, name="way_in"),
    path("my-request/", status.status, name="status"),
    path("my-request/questions/<uuid:question_id>/", status.answer, name="answer"),
    path("my-request/take-back/", status.withdraw, name="withdraw"),
    path("my-request/help/<uuid:referral_id>/", status.rate, name="rate"),
    path("my-request/leave/", status.go, name="go"),
]
