from django.urls import path

from . import alerts, inbox, keying, own_requests, signing_in, start, writing

app_name = "practitioner"
urlpatterns = [
    path("", start.start, name="start"),
    path("sign-in/", signing_in.sign_in, name="sign_in"),
    path("sign-out/", signing_in.sign_out, name="sign_out"),
    path("requests/", own_requests.requests, name="requests"),
    path("requests/new/", writing.new, name="new"),
    path("requests/new/<uuid:draft_id>/check/", writing.check, name="check"),
    path("requests/new/<uuid:draft_id>/throw-away/", writing.throw_away, name="throw_away"),
    path("requests/new/<uuid:draft_id>/<slug:section>/", writing.section, name="section"),
    path("requests/<uuid:request_id>/", own_requests.request, name="request"),
    path("requests/<uuid:request_id>/complete/", own_requests.complete, name="complete"),
    path("requests/<uuid:request_id>/withdraw/", own_requests.withdraw, name="withdraw"),
    path("key-in/", keying.key_in, name="key_in"),
    path("key-in/<uuid:request_id>/slip/", keying.slip, name="slip"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("referrals/<uuid:referral_id>/", inbox.referral, name="referral"),
    path("referrals/<uuid:referral_id>/print/", inbox.referral_print, name="referral_print"),
    path("referrals/<uuid:referral_id>/answer/", inbox.answer, name="answer"),
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/<uuid:request_id>/", alerts.alert, name="alert"),
    path("alerts/<uuid:alert_id>/take/", alerts.take_alert, name="take_alert"),
]
