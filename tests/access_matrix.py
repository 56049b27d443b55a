"""Who may reach which address: one table, from which the proof makes every check. An address without a row fails a test.

`reach` says what must be theirs beyond audience and permission: nothing; a request as its family, its sender, whoever holds it (to
decide) or sees it at the hub (to read), or the duty desk that was alerted; a referral as its receiver (what it shares only while it may
be read), or as the hub that sent it; a question, a draft, a slip or an alert of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from reachin.groundwork.permissions.enums import Permission

Reach = Literal[
    "nothing",
    "own_request",
    "own_question",
    "own_started_help",
    "request_as_sender",
    "request_at_hub",
    "request_held",
    "request_at_desk",
    "shared_referral",
    "received_referral",
    "sent_referral",
    "sent_by_phone",
    "own_draft",
    "own_slip",
    "own_alert",
    "own_app",
    "own_passkey",
    "own_session",
    "own_hub_alert",
    "own_share",
    "own_block",
    "own_information",
    "information_asked",
    "own_entry",
    "person_in_circle",
    "person_to_protect",
    "request_in_emergency",
]


@dataclass(frozen=True, slots=True)
class Row:
    """One address: whom it serves, what their role needs, and what must be theirs."""

    audience: Literal["public", "family", "staff", "demo"]
    permission: Permission | None = None
    reach: Reach = "nothing"


PUBLIC, DEMO = Row("public"), Row("demo")
HUB = Row("staff", Permission.REQUEST_TRIAGE, "request_at_hub")
HELD = Row("staff", Permission.REQUEST_TRIAGE, "request_held")
SENDER = Row("staff", Permission.REQUEST_SEND, "request_as_sender")

MATRIX: Mapping[str, Row] = {
    "public:start": PUBLIC,
    "public:what_happens": PUBLIC,
    "public:privacy": PUBLIC,
    "public:services": PUBLIC,
    "public:services_print": PUBLIC,
    "public:paper_form": PUBLIC,
    "public:hide": PUBLIC,
    "public:emergency": PUBLIC,
    "public:ask": PUBLIC,
    "public:tasks": PUBLIC,
    "public:check": PUBLIC,
    "public:leave": PUBLIC,
    "public:left": PUBLIC,
    "public:close_draft": PUBLIC,
    "public:throw_away": PUBLIC,
    "public:sent": PUBLIC,
    "public:people": PUBLIC,
    "public:person_add": PUBLIC,
    "public:person": PUBLIC,
    "public:person_remove": PUBLIC,
    "public:question": PUBLIC,
    "family:way_in": PUBLIC,
    "family:go": PUBLIC,
    "family:status": Row("family", reach="own_request"),
    "family:withdraw": Row("family", reach="own_request"),
    "family:answer": Row("family", reach="own_question"),
    "family:rate": Row("family", reach="own_started_help"),
    "family:information": Row("family", reach="own_request"),
    "family:circle": Row("family", reach="own_request"),
    "family:end_share": Row("family", reach="own_share"),
    "family:looked": Row("family", reach="own_request"),
    "family:contact": Row("family", reach="own_request"),
    "family:home": Row("family", reach="own_request"),
    "family:must_not_see": Row("family", reach="own_request"),
    "family:let_in": Row("family", reach="own_block"),
    "family:correct": Row("family", reach="own_request"),
    "family:ask_about": Row("family", reach="own_request"),
    "family:complain": Row("family", reach="own_request"),
    "family:asked": Row("family", reach="own_information"),
    "family:asked_print": Row("family", reach="own_information"),
    "practitioner:sign_in": PUBLIC,
    "practitioner:second_step": PUBLIC,
    "practitioner:by_passkey": PUBLIC,
    "practitioner:passkey_options": PUBLIC,
    "practitioner:organisation": PUBLIC,
    "practitioner:back_from_organisation": PUBLIC,
    "practitioner:again": Row("staff"),
    "practitioner:security": Row("staff"),
    "practitioner:app": Row("staff"),
    "practitioner:remove_app": Row("staff", reach="own_app"),
    "practitioner:add_passkey": Row("staff"),
    "practitioner:new_passkey_options": Row("staff"),
    "practitioner:remove_passkey": Row("staff", reach="own_passkey"),
    "practitioner:recovery_codes": Row("staff"),
    "practitioner:password": Row("staff"),
    "practitioner:sessions": Row("staff"),
    "practitioner:end_other_sessions": Row("staff"),
    "practitioner:end_session": Row("staff", reach="own_session"),
    "practitioner:sign_out": PUBLIC,
    "practitioner:start": Row("staff"),
    "practitioner:requests": Row("staff", Permission.REQUEST_SEND),
    "practitioner:new": Row("staff", Permission.REQUEST_SEND),
    "practitioner:check": Row("staff", Permission.REQUEST_SEND, "own_draft"),
    "practitioner:throw_away": Row("staff", Permission.REQUEST_SEND, "own_draft"),
    "practitioner:section": Row("staff", Permission.REQUEST_SEND, "own_draft"),
    "practitioner:request": SENDER,
    "practitioner:complete": SENDER,
    "practitioner:withdraw": SENDER,
    "practitioner:key_in": Row("staff", Permission.REQUEST_KEY_IN),
    "practitioner:slip": Row("staff", Permission.REQUEST_KEY_IN, "own_slip"),
    "practitioner:inbox": Row("staff", Permission.REFERRAL_ANSWER),
    "practitioner:referral": Row("staff", Permission.REFERRAL_ANSWER, "shared_referral"),
    "practitioner:referral_print": Row("staff", Permission.REFERRAL_ANSWER, "shared_referral"),
    "practitioner:answer": Row("staff", Permission.REFERRAL_ANSWER, "received_referral"),
    "practitioner:alerts": Row("staff", Permission.REQUEST_ANSWER_ALERT),
    "practitioner:alert": Row("staff", Permission.REQUEST_ANSWER_ALERT, "request_at_desk"),
    "practitioner:take_alert": Row("staff", Permission.REQUEST_ANSWER_ALERT, "own_alert"),
    "practitioner:people": Row("staff", Permission.CIRCLE_EXTEND),
    "practitioner:person": Row("staff", Permission.CIRCLE_EXTEND, "person_in_circle"),
    "practitioner:person_to_protect": Row("staff", Permission.CIRCLE_EXTEND, "person_to_protect"),
    "practitioner:person_add": Row("staff", Permission.CIRCLE_EXTEND, "person_in_circle"),
    "practitioner:person_end": Row("staff", Permission.CIRCLE_EXTEND, "own_entry"),
    "practitioner:emergency": Row("staff", Permission.RECORD_OPEN_IN_EMERGENCY),
    "practitioner:in_emergency": Row("staff", Permission.RECORD_OPEN_IN_EMERGENCY, "request_in_emergency"),
    "hub:queue": Row("staff", Permission.REQUEST_TRIAGE),
    "hub:circle": HUB,
    "hub:circle_add": HUB,
    "hub:circle_end": Row("staff", Permission.REQUEST_TRIAGE, "own_entry"),
    "hub:concern": HELD,
    "hub:delays": Row("staff", Permission.DELAYS_SEE),
    "hub:request": HUB,
    "hub:print": HUB,
    "hub:take_on": HELD,
    "hub:take_alert": Row("staff", Permission.REQUEST_TRIAGE, "own_hub_alert"),
    "hub:told": HELD,
    "hub:contact": HELD,
    "hub:ask_family": HELD,
    "hub:return": HELD,
    "hub:call_list": HELD,
    "hub:discuss": HELD,
    "hub:close": HELD,
    "hub:reopen": HELD,
    "hub:error": HELD,
    "hub:release": HELD,
    "hub:set_aside": HELD,
    "hub:move": HELD,
    "hub:refer": Row("staff", Permission.REFERRAL_SEND, "request_held"),
    "hub:take_back": Row("staff", Permission.REFERRAL_SEND, "sent_referral"),
    "hub:answer_for": Row("staff", Permission.REFERRAL_SEND, "sent_by_phone"),
    "demonstration:people": DEMO,
    "demonstration:sign_in_as": DEMO,
    "demonstration:outbox": DEMO,
}
"""Every address there is, by its name."""
