from django.urls import path

from . import own_account, own_asking, own_information, own_person, own_safety, status

app_name = "family"
urlpatterns = [
    path("come-back/", status.way_in, name="way_in"),
    path("my-page/", own_account.my_page, name="my_page"),
    path("my-page/begin/<str:token>/", own_account.begin, name="begin"),
    path("my-page/requests/<uuid:request_id>/", own_account.go_to_request, name="go_to_request"),
    path("my-page/new-phrase/", own_account.renew, name="renew"),
    path("my-page/be-in-touch/", own_person.contact, name="own_contact"),
    path("my-page/where-i-live/", own_person.home, name="own_home"),
    path("my-page/must-not-see/", own_person.must_not_see, name="own_must_not_see"),
    path("my-page/must-not-see/<uuid:own_block_id>/", own_person.let_in, name="own_let_in"),
    path("my-page/about-me/", own_person.correct, name="own_correct"),
    path("my-page/back/", own_account.back_to_my_page, name="back_to_my_page"),
    path("my-page/end/<uuid:way_in_id>/", own_account.end, name="end_account"),
    path("my-request/", status.status, name="status"),
    path("my-request/questions/<uuid:question_id>/", status.answer, name="answer"),
    path("my-request/take-back/", status.withdraw, name="withdraw"),
    path("my-request/help/<uuid:referral_id>/", status.rate, name="rate"),
    path("my-request/leave/", status.go, name="go"),
    path("my-information/", own_information.information, name="information"),
    path("my-information/who-can-see/", own_information.circle, name="circle"),
    path("my-information/who-can-see/<uuid:share_id>/", own_information.end_share, name="end_share"),
    path("my-information/who-looked/", own_information.looked, name="looked"),
    path("my-information/be-in-touch/", own_safety.contact, name="contact"),
    path("my-information/where-i-live/", own_safety.home, name="home"),
    path("my-information/must-not-see/", own_safety.must_not_see, name="must_not_see"),
    path("my-information/must-not-see/<uuid:block_id>/", own_safety.let_in, name="let_in"),
    path("my-information/about-me/", own_safety.correct, name="correct"),
    path("my-information/ask/", own_asking.ask, name="ask_about"),
    path("my-information/complain/", own_asking.complain, name="complain"),
    path("my-information/asked/<uuid:asked_id>/", own_asking.asked, name="asked"),
    path("my-information/asked/<uuid:asked_id>/print/", own_asking.asked_print, name="asked_print"),
]
