from django.urls import path

from . import checking, circle, deciding, delays, homes, own_accounts, queue, referral_steps, referring, request_page, searching

app_name = "hub"
urlpatterns = [
    path("", queue.queue, name="queue"),
    path("search/", searching.search, name="search"),
    path("requests/<uuid:request_id>/", request_page.request_page, name="request"),
    path("requests/<uuid:request_id>/print/", request_page.print_out, name="print"),
    path("requests/<uuid:request_id>/take-on/", request_page.take_on, name="take_on"),
    path("requests/<uuid:request_id>/told/", request_page.told, name="told"),
    path("requests/<uuid:request_id>/alerts/<uuid:alert_id>/", request_page.take_alert, name="take_alert"),
    path("requests/<uuid:request_id>/contact/", deciding.contact, name="contact"),
    path("requests/<uuid:request_id>/ask-family/", deciding.ask_family, name="ask_family"),
    path("requests/<uuid:request_id>/return/", deciding.return_to_sender, name="return"),
    path("requests/<uuid:request_id>/call-list/", deciding.call_list, name="call_list"),
    path("requests/<uuid:request_id>/discuss/", deciding.discuss, name="discuss"),
    path("requests/<uuid:request_id>/close/", deciding.close, name="close"),
    path("requests/<uuid:request_id>/reopen/", deciding.reopen, name="reopen"),
    path("requests/<uuid:request_id>/error/", deciding.entered_in_error, name="error"),
    path("requests/<uuid:request_id>/release/", checking.release, name="release"),
    path("requests/<uuid:request_id>/set-aside/", checking.set_aside, name="set_aside"),
    path("requests/<uuid:request_id>/move/", deciding.move, name="move"),
    path("requests/<uuid:request_id>/refer/", referring.refer, name="refer"),
    path("referrals/<uuid:referral_id>/answer/", referral_steps.answer_for, name="answer_for"),
    path("referrals/<uuid:referral_id>/take-back/", referral_steps.take_back, name="take_back"),
    path("requests/<uuid:request_id>/circle/", circle.circle, name="circle"),
    path("requests/<uuid:request_id>/circle/add/", circle.add, name="circle_add"),
    path("requests/<uuid:request_id>/circle/<uuid:entry_id>/end/", circle.end, name="circle_end"),
    path("requests/<uuid:request_id>/home/", homes.home, name="home"),
    path("requests/<uuid:request_id>/concern/", circle.concern, name="concern"),
    path("requests/<uuid:request_id>/people/<uuid:person_id>/own-page/", own_accounts.offer, name="offer_own_account"),
    path("requests/<uuid:request_id>/people/<uuid:person_id>/own-page/make-sure/", own_accounts.make_sure, name="confirm_own_account"),
    path("requests/<uuid:request_id>/way-in/", own_accounts.shut_way_in, name="shut_way_in"),
    path("delays/", delays.delays, name="delays"),
]
