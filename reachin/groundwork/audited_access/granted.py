"""What the application's role may do beside reading, adding and changing rows as the policies say; whatever is not here it may not."""

MAY_CALL = {
    "acting_agency", "acting_kind", "acting_role", "acting_scope", "acting_user", "answers_for", "asked_themselves", "clock",
    "confirmer_of", "contact_told_since_sent", "context", "controls", "current_opening", "destroy", "destruction_schedule",
    "due_for_destruction", "erase", "erasure_of", "family_scope", "has_alias", "held_card_has_protected_home", "home_of",
    "home_of_referral", "home_of_request", "is_of_the_sending", "join_records", "kept_from", "keyed_slip", "link_committed", "looking",
    "may_pair", "may_point_at", "may_write_about", "open", "opened", "opened_lately", "opened_own", "opened_people",
    "opened_within_the_hour", "own_categories", "own_person", "own_requests", "own_scope", "own_way_in", "part_records",
    "people_of_open_referral", "receipts", "recorded_by_signer", "referrals_shut", "request_for_emergency", "request_is_taken",
    "requests_for_copy", "requests_gathered", "rests_on", "reviews_decision", "reviews_emergency", "shared_with_us",
    "shared_with_us_and_protected", "shares_of_agency", "shut_way_in", "signer", "stands_in_for", "sweep", "told_later_elsewhere",
    "try_link", "use_link", "way_in", "way_in_renewed_at",
}  # fmt: skip
"""What the guard lets the application ask: about whoever acts, or by a digest or an id that only its bearer knows."""
MAY_REMOVE_FROM = {
    "accounts_authenticatorapp", "accounts_factortry", "accounts_passkey", "accounts_providersubject", "accounts_recoverycode",
    "accounts_staffhome", "accounts_staffsession", "audited_access_try", "axes_accessattempt", "axes_accessattemptexpiration",
    "axes_accessfailurelog", "axes_accesslog", "django_session", "information_requests_correction", "one_time_links_onetimelink",
    "requests_for_assistance_draftrequest", "requests_for_assistance_wayin", "requests_for_assistance_wayintry",
}  # fmt: skip
"""Tables from which rows go, each by a grant in a migration that says why; in the rooms of exempt tables any may."""
