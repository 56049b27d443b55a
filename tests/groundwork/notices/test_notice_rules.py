import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachin.groundwork.notices.enums import ContactWay, MessageState
from reachin.groundwork.notices.rules import (
    ADDRESS_OF_WAY,
    MOST_ATTEMPTS,
    SENT_BY_MACHINE,
    StaffContact,
    first_state,
    safe_contact,
    wait_before,
)

TOLD_AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
WHOLE = {"phone": "07700 900123", "email": "a@example.com", "address": "1 Pier Road", "through": "Gran, 07700 900124"}


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"contact_way": ""},
        {"contact_way": None},
        {"contact_way": "pigeon", **WHOLE},
        {"contact_way": "come_back", **WHOLE},
        {"contact_way": "phone"},
        {"contact_way": "phone", "phone": ""},
        {"contact_way": "phone", "phone": "   "},
        {"contact_way": "phone", "phone": None},
        {"contact_way": "email", "phone": "07700 900123"},
        {"contact_way": "text", "email": "a@example.com"},
        {"contact_way": "letter", "place": "Balnashee"},
        WHOLE,
    ],
)
def test_an_instruction_that_does_not_say_enough_means_do_not_contact(told: dict[str, Any]) -> None:
    assert safe_contact(told, told_at=TOLD_AT) is None


@pytest.mark.parametrize(("way", "needs"), ADDRESS_OF_WAY.items())
def test_a_safe_contact_goes_to_the_address_of_its_own_way(way: ContactWay, needs: str) -> None:
    made = safe_contact({"contact_way": way.value, **WHOLE}, told_at=TOLD_AT)
    assert made is not None
    assert (made.way, made.address, made.told_at) == (way, WHOLE[needs], TOLD_AT)


@given(
    st.dictionaries(
        st.sampled_from(["contact_way", *WHOLE, "may_leave_message"]),
        st.one_of(st.none(), st.text(max_size=20), st.sampled_from(ContactWay.values)),
    )
)
def test_whatever_was_told_there_is_never_a_safe_contact_without_its_address(told: dict[str, Any]) -> None:
    made = safe_contact(told, told_at=TOLD_AT)
    assert made is None or (made.way == told["contact_way"] and made.address == str(told[ADDRESS_OF_WAY[made.way]]).strip() != "")


@pytest.mark.parametrize("way", sorted(ADDRESS_OF_WAY))
@pytest.mark.parametrize("may_leave", ["yes", "no", "", None])
def test_a_machine_sends_only_where_a_message_may_be_left(way: ContactWay, may_leave: str | None) -> None:
    made = safe_contact({"contact_way": way.value, "may_leave_message": may_leave, **WHOLE}, told_at=TOLD_AT)
    assert made is not None
    by_machine = way in SENT_BY_MACHINE and may_leave == "yes"
    assert first_state(made) == (MessageState.QUEUED if by_machine else MessageState.BY_HAND)


@pytest.mark.parametrize(
    ("way", "times", "state"),
    [
        ("text", "", MessageState.QUEUED),
        ("text", "School hours", MessageState.BY_HAND),
        ("text", "  ", MessageState.QUEUED),
        ("email", "", MessageState.QUEUED),
        ("email", "School hours", MessageState.BY_HAND),
        ("phone", "", MessageState.BY_HAND),
        ("phone", "School hours", MessageState.BY_HAND),
    ],
)
def test_no_machine_sends_at_another_time_than_they_said(way: str, times: str, state: MessageState) -> None:
    made = safe_contact({"contact_way": way, "may_leave_message": "yes", "safe_times": times, **WHOLE}, told_at=TOLD_AT)
    assert made is not None
    assert first_state(made) == state


def test_staff_are_written_to_by_a_machine() -> None:
    assert first_state(StaffContact("a@example.com")) == MessageState.QUEUED


def test_each_wait_is_twice_the_one_before_and_all_of_them_are_some_hours() -> None:
    waits = [wait_before(attempt) for attempt in range(1, MOST_ATTEMPTS)]
    assert waits[0] == timedelta(minutes=1)
    assert all(later == 2 * earlier for earlier, later in itertools.pairwise(waits))
    assert timedelta(hours=2) < sum(waits, timedelta()) < timedelta(hours=12)
