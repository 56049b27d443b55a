from django.urls import path

from . import accounts, agreements, homes, information_requests, looking, retention, reviews, shares, start

app_name = "guardian"
urlpatterns = [
    path("", start.start, name="start"),
    path("agreements/", agreements.agreements, name="agreements"),
    path("agreements/add/", agreements.add, name="agreement_add"),
    path("agreements/<uuid:agreement_id>/", agreements.agreement, name="agreement"),
    path("agreements/<uuid:agreement_id>/print/", agreements.agreement_print, name="agreement_print"),
    path("agreements/<uuid:agreement_id>/end/", agreements.end, name="agreement_end"),
    path("reviews/", reviews.reviews, name="reviews"),
    path("reviews/emergencies/<uuid:access_id>/", reviews.emergency, name="review_emergency"),
    path("reviews/decisions/<uuid:decision_id>/", reviews.decision, name="review_decision"),
    path("looking/", looking.looking, name="looking"),
    path("looking/<uuid:brake_id>/seen/", looking.brake_seen, name="brake_seen"),
    path("shares/", shares.shares, name="shares"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/<uuid:account_id>/end/", accounts.end, name="account_end"),
    path("accounts/<uuid:account_id>/reopen/", accounts.reopen, name="account_reopen"),
    path("accounts/<uuid:account_id>/home/", homes.home, name="account_home"),
    path("agencies/<uuid:agency_id>/end/", accounts.end_agency, name="agency_end"),
    path("information-requests/", information_requests.information_requests, name="information_requests"),
    path("information-requests/<uuid:asked_id>/", information_requests.information_request, name="information_request"),
    path("information-requests/<uuid:asked_id>/acknowledge/", information_requests.acknowledge, name="acknowledge"),
    path("information-requests/<uuid:asked_id>/gather/", information_requests.gather, name="gather"),
    path("information-requests/<uuid:asked_id>/entries/<uuid:held_id>/", information_requests.copy_entry, name="copy_entry"),
    path("information-requests/<uuid:asked_id>/prepare/", information_requests.prepare, name="prepare"),
    path("information-requests/<uuid:asked_id>/decide/", information_requests.decide, name="decide"),
    path("retention/", retention.retention, name="retention"),
    path("retention/destroyed/", retention.destroyed, name="destroyed"),
    path("retention/holds/", retention.holds, name="holds"),
    path("retention/holds/add/", retention.hold_add, name="hold_add"),
    path("retention/holds/<uuid:hold_id>/lift/", retention.hold_lift, name="hold_lift"),
    path("retention/<uuid:review_id>/", retention.destruction, name="destruction"),
    path("retention/<uuid:review_id>/confirm/", retention.destruction_confirm, name="destruction_confirm"),
]
