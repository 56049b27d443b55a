"""What every page of the guardian's shows beside its own: the pages of the room, each for those whose role carries its permission.

A new page of the room gets its line in PAGES, its address in urls.py and its name in DESTINATIONS of hub/navigation.py.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reachin.groundwork.permissions.enums import Permission
from reachin.interfaces.hub.navigation import account_of, staff_context


@dataclass(frozen=True, slots=True)
class RoomPage:
    """One entry of the room's own navigation, and the other pages that belong to it."""

    page: str
    words: Promise
    permission: Permission
    also: frozenset[str] = frozenset()


PAGES: tuple[RoomPage, ...] = (
    RoomPage("guardian:start", _("What waits"), Permission.SHARING_REVIEW),
    RoomPage(
        "guardian:agreements",
        _("Agreements"),
        Permission.AGREEMENT_KEEP,
        frozenset({"guardian:agreement_add", "guardian:agreement", "guardian:agreement_end"}),
    ),
    RoomPage(
        "guardian:reviews", _("Reviews"), Permission.SHARING_REVIEW, frozenset({"guardian:review_emergency", "guardian:review_decision"})
    ),
    RoomPage(
        "guardian:information_requests",
        _("Information requests"),
        Permission.INFORMATION_ANSWER,
        frozenset(
            f"guardian:{name}"
            for name in (
                "information_request",
                "acknowledge",
                "gather",
                "copy_entry",
                "prepare",
                "decide",
                *("look_up", "erasure_entry", "erase", "hold_person", "correct", "correction_take_back"),
            )
        ),
    ),
    RoomPage(
        "guardian:retention",
        _("Retention"),
        Permission.DESTRUCTION_REVIEW,
        frozenset(f"guardian:{name}" for name in ("destruction", "destruction_confirm", "holds", "hold_add", "hold_lift", "destroyed")),
    ),
    RoomPage("guardian:looking", _("Who looked"), Permission.SHARING_REVIEW),
    RoomPage("guardian:shares", _("Shares"), Permission.SHARING_REVIEW),
    RoomPage(
        "guardian:accounts",
        _("Accounts"),
        Permission.ACCOUNT_END,
        frozenset(
            {
                "guardian:account_end",
                "guardian:account_reopen",
                "guardian:account_home",
                "guardian:account_new_password",
                "guardian:agency_end",
            }
        ),
    ),
)


def guardian_context(request: HttpRequest) -> dict[str, Any]:
    """For the pages of this room: what every staff page has, and `room`, its own navigation."""
    account, match = account_of(request), request.resolver_match
    here = match.view_name if match is not None else ""
    room = [
        {"text": page.words, "url": reverse(page.page), "current": here == page.page or here in page.also}
        for page in PAGES
        if account.may(page.permission)
    ]
    return {**staff_context(request), "room": room}
