"""What people are told of a request: only by a safe way, and never what it is about."""

import re
from typing import Any

import pytest
from django.utils.translation import override

from reachin.access.requests_for_assistance import actions, notices
from reachin.access.requests_for_assistance.enums import Outcome, Stage
from reachin.families.people.models import ContactInstruction
from reachin.groundwork.audited_access.context import Actor, acting
from reachin.groundwork.notices.enums import MessageState
from reachin.groundwork.notices.models import Message
from reachin.groundwork.notices.rules import SafeContact
from tests import cast

OF_FAMILIES = (notices.NEWS_SUBJECT, notices.NEWS_WORDS)
OF_STAFF = (notices.WORK_SUBJECT, notices.WORK_WORDS, notices.URGENT_SUBJECT, notices.URGENT_WORDS)
TELLING = frozenset(
    "family child parent baby help support request referral social abuse violence health worry hub school charity".split()  # noqa: SIM905
)


def to_family() -> list[Message]:
    return list(Message.objects.using("owner").filter(is_for_staff=False).order_by("queued_at", "id"))


@pytest.mark.parametrize("told", [{"contact_way": None}, {"phone": None}, {"contact_way": "come_back"}, {"contact_way": "email"}])
def test_without_a_safe_way_nothing_is_queued_at_all(db: None, told: dict[str, Any]) -> None:
    made = cast.family_request(**told)
    worker = cast.hub_worker()
    with cast.opened(worker, made) as now:
        actions.ask_family(made, by=worker, question="How are you?", now=now)
    assert to_family() == []


@pytest.mark.parametrize(
    ("way", "may_leave", "state"),
    [
        ("text", "yes", MessageState.QUEUED),
        ("text", "no", MessageState.BY_HAND),
        ("text", None, MessageState.BY_HAND),
        ("email", "yes", MessageState.QUEUED),
        ("email", None, MessageState.BY_HAND),
        ("phone", "yes", MessageState.BY_HAND),
        ("letter", "yes", MessageState.BY_HAND),
        ("through", "yes", MessageState.BY_HAND),
    ],
)
def test_a_machine_writes_only_where_a_message_may_be_left_and_else_a_person_tells(
    db: None, way: str, may_leave: str | None, state: MessageState
) -> None:
    ways: dict[str, Any] = {"email": "rowan@example.com", "address": "1 Pier Road", "through": "Gran, 01632 960999"}
    cast.family_request(contact_way=way, may_leave_message=may_leave, safe_times="", **ways)
    [message] = to_family()
    assert (message.state, message.way, message.event) == (state, way, "request.received")
    expected = {
        "text": "07700 900123",
        "phone": "07700 900123",
        "email": ways["email"],
        "letter": ways["address"],
        "through": ways["through"],
    }
    assert message.unsealed()["address"] == expected[way]


@pytest.mark.parametrize("words", [*OF_FAMILIES, *OF_STAFF], ids=str)
def test_a_message_says_only_that_there_is_a_message(words: Any) -> None:
    for language in ("en-gb", "gd"):
        with override(language):
            assert not TELLING & set(re.findall(r"\w+", str(words).casefold()))
            assert "%" not in str(words)


def test_every_message_of_a_request_from_first_to_last_is_one_of_these(db: None) -> None:
    made, worker = cast.family_request(in_danger="yes"), cast.hub_worker()
    with cast.opened(worker, made) as now:
        actions.ask_family(made, by=worker, question="Is he there now?", now=now)
    cast.completed_referral(request_for_assistance=made, words="Rowan likes Tuesdays")
    cast.decide(made, Stage.CLOSED, outcome=Outcome.HELPED)
    said = {(message.unsealed()["subject"], message.unsealed()["words"]) for message in Message.objects.using("owner")}
    assert said <= {
        (str(notices.NEWS_SUBJECT), str(notices.NEWS_WORDS)),
        (str(notices.WORK_SUBJECT), str(notices.WORK_WORDS)),
        (str(notices.URGENT_SUBJECT), str(notices.URGENT_WORDS)),
    }
    assert len(to_family()) > 4


def test_the_family_is_written_to_in_the_language_in_which_it_asked_and_not_in_the_workers(db: None) -> None:
    with override("gd"):
        gaelic, made = str(notices.NEWS_SUBJECT), cast.family_request()
    worker = cast.hub_worker()
    with cast.opened(worker, made) as now, override("en-gb"):
        actions.ask_family(made, by=worker, question="x", now=now)
    assert gaelic != str(notices.NEWS_SUBJECT)
    assert [message.unsealed()["subject"] for message in to_family()] == [gaelic, gaelic]


def test_whoever_says_that_gaelic_is_best_is_written_to_in_gaelic_on_any_pages(db: None) -> None:
    cast.family_request(language="Gàidhlig, please")
    with override("gd"):
        assert [message.unsealed()["subject"] for message in to_family()] == [str(notices.NEWS_SUBJECT)]


def test_a_language_that_is_told_later_counts_from_then_on(db: None) -> None:
    made, by = cast.practitioner_request(phone=None), cast.teacher()
    with cast.opened(by, made, purpose="own_request") as now:
        actions.complete(made, {"phone": "07700 900123", "may_leave_message": "yes", "language": "Gaelic"}, by=by, now=now)
    with cast.opened(cast.hub_worker(), made) as now:
        actions.ask_family(made, by=cast.hub_worker(), question="x", now=now)
    with override("gd"):
        assert to_family()[-1].unsealed()["subject"] == str(notices.NEWS_SUBJECT)


def test_nobody_makes_a_safe_contact_out_of_an_instruction_that_ended(db: None) -> None:
    made, by = cast.practitioner_request(contact_way=None), cast.teacher()
    with cast.opened(by, made, purpose="own_request") as now:
        actions.complete(made, {"contact_way": "come_back"}, by=by, now=now)
    before = len(to_family())
    with acting(cast.hub_worker().actor()) as now:
        actions.tell_of_news(made.id, event="referral.accepted", now=now)
    assert len(to_family()) == before
    assert ContactInstruction.objects.using("owner").filter(ended_at=None).count() == 1


def test_where_the_desk_has_no_address_the_alert_stands_on_its_page_all_the_same(db: None) -> None:
    desk = cast.social_work()
    desk.email = ""
    desk.save()
    made = cast.danger_request()
    assert not Message.objects.using("owner").filter(is_for_staff=True).exists()
    with acting(cast.duty_worker().actor(), read_only=True):
        assert made.alerts.count() == 1


def test_a_message_needs_a_safe_contact_and_an_address_alone_is_not_one(db: None) -> None:
    made = cast.family_request()
    for wrong in ("07700 900123", {"address": "07700 900123"}, None):
        with pytest.raises((AttributeError, TypeError)), acting(Actor.family(made.id)) as now:
            notices.queue_message(made.id, to=wrong, event="x", subject="x", words="x", now=now)  # type: ignore[arg-type,attr-defined]
    assert SafeContact.__dataclass_params__.frozen  # type: ignore[attr-defined]
