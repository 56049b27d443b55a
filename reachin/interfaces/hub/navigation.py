"""What every staff page shows at its head: who is signed in, and the pages that their role opens."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reachin.groundwork.permissions.enums import Permission, Role
from reachin.partnership.accounts.models import Account


@dataclass(frozen=True, slots=True)
class Destination:
    """One entry of the navigation: its page, its words, the permission that it needs (if any), and the other pages that belong to it."""

    page: str
    words: Promise
    permission: Permission | None
    also: frozenset[str] = frozenset()

    def covers(self, page: str) -> bool:
        return page == self.page or page in self.also


OF_ONE_REQUEST = (
    *(
        "search",
        "request",
        "print",
        "take_on",
        "take_alert",
        "told",
        "contact",
        "contact_check",
        "confirm_own_account",
        "shut_way_in",
        "ask_family",
        "return",
        "call_list",
        "discuss",
        "close",
        "reopen",
        "error",
        "release",
        "set_aside",
        "offer_own_account",
    ),
    *("move", "refer", "answer_for", "take_back", "circle", "circle_add", "circle_share_now", "circle_end", "concern", "home"),
)
OF_ONES_SIGN_IN = ("again", "app", "remove_app", "add_passkey", "remove_passkey", "recovery_codes", "password", "sessions", "own_home")
OF_A_GUARDIAN = (
    *("agreements", "agreement_add", "agreement", "agreement_print", "agreement_end"),
    *("reviews", "review_emergency", "review_decision", "looking", "brake_seen", "shares"),
    *(
        "information_requests",
        "information_request",
        "acknowledge",
        "gather",
        "copy_entry",
        "prepare",
        "decide",
        *("look_up", "erasure_entry", "erase", "hold_person", "correct", "correction_take_back"),
    ),
    *("retention", "destruction", "destruction_confirm", "holds", "hold_add", "hold_lift", "destroyed"),
)
OF_ACCOUNTS = ("account_end", "account_reopen", "account_home", "account_new_password", "agency_end")
DESTINATIONS: tuple[Destination, ...] = (
    Destination(
        "practitioner:start",
        _("Start"),
        None,
        frozenset(f"practitioner:{name}" for name in ("emergency", "in_emergency", "records", "record")),
    ),
    Destination("hub:queue", _("Queue"), Permission.REQUEST_TRIAGE, frozenset(f"hub:{name}" for name in OF_ONE_REQUEST)),
    Destination(
        "practitioner:alerts", _("Alerts"), Permission.REQUEST_ANSWER_ALERT, frozenset({"practitioner:alert", "practitioner:take_alert"})
    ),
    Destination(
        "practitioner:inbox",
        _("Inbox"),
        Permission.REFERRAL_ANSWER,
        frozenset({"practitioner:referral", "practitioner:referral_print", "practitioner:answer"}),
    ),
    Destination(
        "practitioner:requests",
        _("Requests that I sent"),
        Permission.REQUEST_SEND,
        frozenset(f"practitioner:{name}" for name in ("request", "complete", "withdraw", "new", "section", "check", "throw_away")),
    ),
    Destination(
        "practitioner:people",
        _("People shared with us"),
        Permission.CIRCLE_EXTEND,
        frozenset(f"practitioner:{name}" for name in ("person", "person_to_protect", "person_add", "person_end", "person_concern")),
    ),
    Destination("practitioner:key_in", _("Key in a form"), Permission.REQUEST_KEY_IN, frozenset({"practitioner:slip"})),
    Destination("hub:delays", _("Delays"), Permission.DELAYS_SEE),
    Destination(
        "guardian:start", _("Information guardian"), Permission.SHARING_REVIEW, frozenset(f"guardian:{name}" for name in OF_A_GUARDIAN)
    ),
    Destination("guardian:accounts", _("Accounts"), Permission.ACCOUNT_END, frozenset(f"guardian:{name}" for name in OF_ACCOUNTS)),
    Destination("practitioner:security", _("My sign-in"), None, frozenset(f"practitioner:{name}" for name in OF_ONES_SIGN_IN)),
)


def account_of(request: HttpRequest) -> Account:
    """The signed-in account on a staff page. Raises AttributeError on any other page."""
    account: Account = request.account  # type: ignore[attr-defined]
    return account


def staff_context(request: HttpRequest) -> dict[str, Any]:
    """For `page_parts/staff_page.html`: `signed_in` and `navigation`. Empty where nobody is signed in (the sign-in page, errors)."""
    account: Account | None = getattr(request, "account", None)
    if account is None:
        return {}
    match = request.resolver_match
    here = match.view_name if match is not None else ""
    return {
        "signed_in": {"name": account.name, "role": Role(account.role).label, "agency": account.agency.name},
        "navigation": [
            {"url": reverse(destination.page), "text": destination.words, "current": destination.covers(here)}
            for destination in DESTINATIONS
            if destination.permission is None or account.may(destination.permission)
        ],
    }
