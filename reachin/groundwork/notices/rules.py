from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .enums import ContactWay, MayLeaveMessage, MessageState

ADDRESS_OF_WAY: Mapping[ContactWay, str] = {
    ContactWay.PHONE: "phone",
    ContactWay.TEXT: "phone",
    ContactWay.EMAIL: "email",
    ContactWay.LETTER: "address",
    ContactWay.THROUGH: "through",
}
SENT_BY_MACHINE = frozenset({ContactWay.TEXT, ContactWay.EMAIL})
MOST_ATTEMPTS = 8
CHECK_HOLDS = timedelta(days=90)
"""How long a way counts as safe after it was told or checked: a quarter of a year. No source gives a figure (docs/decisions/0021)."""


@dataclass(frozen=True, slots=True)
class SafeContact:
    """How somebody said that they may be reached. Nothing is sent without one: it is made only by `safe_contact`."""

    way: ContactWay
    address: str
    may_leave_message: bool
    safe_times: str
    who_may_answer: str
    cover_name: str
    told_at: datetime
    written_in: str = ""
    """The language to write in, as a language code; empty for the product's own."""


def safe_contact(told: Mapping[str, Any], *, told_at: datetime) -> SafeContact | None:
    """The instruction as a safe contact, or None when it does not say enough. Unknown means: do not contact.

    `told` holds JSON values by question code: contact_way, phone, email, address, through, may_leave_message, safe_times,
    who_may_answer, cover_name; and `written_in`, which nobody is asked.
    """
    way = told.get("contact_way")
    if way not in ContactWay.values or way == ContactWay.COME_BACK:
        return None
    address = str(told.get(ADDRESS_OF_WAY[ContactWay(way)]) or "").strip()
    if not address:
        return None
    return SafeContact(
        way=ContactWay(way),
        address=address,
        may_leave_message=told.get("may_leave_message") == MayLeaveMessage.YES,
        safe_times=str(told.get("safe_times") or ""),
        who_may_answer=str(told.get("who_may_answer") or ""),
        cover_name=str(told.get("cover_name") or ""),
        told_at=told_at,
        written_in=str(told.get("written_in") or ""),
    )


@dataclass(frozen=True, slots=True)
class StaffContact:
    """A member of staff or a desk, reached at their work's e-mail address."""

    address: str


Recipient = SafeContact | StaffContact


def first_state(to: Recipient) -> MessageState:
    """Whether a machine may send it. A person tells them where no message may be left, or where they said times: an email sounds too."""
    if isinstance(to, StaffContact):
        return MessageState.QUEUED
    by_itself = to.way in SENT_BY_MACHINE and to.may_leave_message and not to.safe_times.strip()
    return MessageState.QUEUED if by_itself else MessageState.BY_HAND


def is_stale(checked_at: datetime, *, now: datetime) -> bool:
    """Whether a way of contact that was told or checked then has to be checked again before anything goes by it."""
    return now - checked_at > CHECK_HOLDS


def wait_before(attempt: int) -> timedelta:
    """How long to wait before trying again: a minute, doubled each time."""
    return timedelta(minutes=2 ** (attempt - 1))
