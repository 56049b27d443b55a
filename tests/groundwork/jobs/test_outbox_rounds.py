"""The outbox's rounds: everything that is due goes once, whoever and however many send; what fails waits and is seen to fail."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier, Lock
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core import mail
from django.db import connection
from procrastinate.contrib.django import app

from reachin.groundwork.audited_access import context
from reachin.groundwork.audited_access.context import Actor, acting
from reachin.groundwork.audited_access.models import AuditEvent
from reachin.groundwork.jobs.outbox import go_round, send_next
from reachin.groundwork.notices.actions import queue_message
from reachin.groundwork.notices.enums import MessageState
from reachin.groundwork.notices.models import Message
from reachin.groundwork.notices.rules import MOST_ATTEMPTS, Recipient, StaffContact, safe_contact
from tests.groundwork.notices import notify_server
from tests.groundwork.notices.notify_server import Notify

STAFF = Actor.staff(user=uuid4(), agency=uuid4(), role="hub_worker")


def queued(count: int = 1, *, to: Recipient | None = None) -> list[UUID]:
    with acting(STAFF) as now:
        return [
            queue_message(
                uuid4(), to=to or StaffContact(f"{n}@desk.example"), event="x.happened", subject="A message", words="Look.", now=now
            ).id
            for n in range(count)
        ]


def kept(message: UUID) -> Message:
    return Message.objects.using("owner").get(id=message)


def fails(message: Message, told: Mapping[str, str]) -> None:
    raise OSError(f"no way to {told['address']}")


@pytest.fixture
def notify(settings: Any) -> Iterator[Notify]:
    with notify_server.running() as server:
        settings.DELIVERY = "govuk_notify"
        settings.NOTIFY_URL, settings.NOTIFY_API_KEY = server.url, f"test-{uuid4()}-{uuid4()}"
        settings.NOTIFY_TEMPLATES = {"email": "email-template", "text": "text-template"}
        yield server


def test_a_round_sends_everything_that_is_due_and_nothing_twice(db: None, settings: Any) -> None:
    settings.DELIVERY = "email"
    sent = queued(3)
    go_round(0)
    go_round(60)
    assert sorted(letter.to[0] for letter in mail.outbox) == ["0@desk.example", "1@desk.example", "2@desk.example"]
    assert {(kept(message).state, kept(message).settled_by) for message in sent} == {("sent", "email")}
    assert AuditEvent.objects.using("owner").filter(event="message.settled", role="delivery").count() == 3


def test_in_the_demonstration_everything_stays_in(db: None, settings: Any) -> None:
    settings.DELIVERY = "demonstration"
    [message] = queued()
    go_round(0)
    assert kept(message).state == MessageState.QUEUED


def test_what_a_person_tells_is_never_sent_by_a_machine(db: None, settings: Any) -> None:
    settings.DELIVERY = "email"
    told = {"contact_way": "email", "email": "rowan@example.com", "may_leave_message": "no"}
    [message] = queued(to=safe_contact(told, told_at=datetime.now(UTC)))
    go_round(0)
    assert (kept(message).state, mail.outbox) == (MessageState.BY_HAND, [])


def test_several_workers_at_once_send_each_message_once(db: None) -> None:
    messages = queued(24)
    went: Counter[UUID] = Counter()
    lock, together = Lock(), Barrier(4)

    def out(message: Message, told: Mapping[str, str]) -> None:
        time.sleep(0.005)
        with lock:
            went[message.id] += 1

    def work(_: int) -> int:
        try:
            together.wait()
            count = 0
            while send_next(out):
                count += 1
            return count
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(work, range(4)))
    assert went == Counter(messages)
    assert sum(counts) == 24
    assert Message.objects.using("owner").filter(state="sent").count() == 24


def test_a_message_that_another_worker_holds_is_passed_over_and_not_waited_for(db: None) -> None:
    first, second = queued(2)
    seen: list[UUID] = []

    def out(message: Message, told: Mapping[str, str]) -> None:
        seen.append(message.id)
        if len(seen) == 1:
            with ThreadPoolExecutor(1) as pool:
                pool.submit(other_worker).result(timeout=5)

    def other_worker() -> None:
        try:
            assert send_next(out)
            assert not send_next(out)
        finally:
            connection.close()

    assert send_next(out)
    assert seen == [first, second]


def test_what_could_not_be_sent_waits_and_goes_later(db: None, time_is: Callable[[datetime], None], settings: Any) -> None:
    [message] = queued()
    send_next(fails)
    assert (kept(message).state, kept(message).attempts) == (MessageState.QUEUED, 1)
    assert not send_next(fails), "it is not due yet"
    time_is(datetime.now(UTC) + timedelta(seconds=65))
    settings.DELIVERY = "email"
    go_round(0)
    assert kept(message).state == MessageState.SENT


def test_one_that_fails_does_not_hold_up_the_others(db: None) -> None:
    first, second = queued(2)

    def out(message: Message, told: Mapping[str, str]) -> None:
        if message.id == first:
            raise OSError

    while send_next(out):
        pass
    assert (kept(first).state, kept(second).state) == (MessageState.QUEUED, MessageState.SENT)


def test_after_the_last_try_it_has_failed_for_everybody_to_see(db: None, time_is: Callable[[datetime], None]) -> None:
    [message] = queued()
    for attempt in range(MOST_ATTEMPTS):
        time_is(datetime.now(UTC) + timedelta(hours=3 * attempt))
        assert send_next(fails)
    assert (kept(message).state, kept(message).attempts, kept(message).settled_by) == (MessageState.FAILED, MOST_ATTEMPTS, "outbox")
    time_is(datetime.now(UTC) + timedelta(hours=30))
    assert not send_next(fails)


@pytest.mark.asvs("16.2.5")
def test_the_log_says_which_message_failed_and_neither_to_whom_nor_what(db: None, caplog: pytest.LogCaptureFixture) -> None:
    [message] = queued()
    with caplog.at_level(logging.DEBUG):
        send_next(fails)
    assert str(message) in caplog.text
    assert "desk.example" not in caplog.text


def test_a_way_out_that_is_slower_than_a_context_lives_still_counts_as_sent(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    [message] = queued()
    monkeypatch.setattr(context, "LIFETIME_SECONDS", 1)
    send_next(lambda message, told: time.sleep(2.1))
    assert kept(message).state == MessageState.SENT


def test_a_message_that_was_tampered_with_is_not_sent(db: None) -> None:
    [message] = queued()
    Message.objects.using("owner").update(sealed=b"\x01" + b"x" * 60)
    went: list[UUID] = []
    send_next(lambda message, told: went.append(message.id))
    assert went == []
    assert kept(message).attempts == 1


def test_notify_sends_and_its_refusal_is_tried_again(db: None, notify: Notify) -> None:
    [message] = queued(to=safe_contact({"contact_way": "text", "phone": "07700", "may_leave_message": "yes"}, told_at=datetime.now(UTC)))
    notify.answer = (400, {"errors": [{"error": "BadRequestError", "message": "no"}], "status_code": 400})
    go_round(0)
    assert (kept(message).state, kept(message).attempts) == (MessageState.QUEUED, 1)
    Message.objects.using("owner").update(not_before=datetime.now(UTC) - timedelta(minutes=1))
    notify.answer = (201, {"id": "x"})
    go_round(60)
    assert kept(message).state == MessageState.SENT
    assert {body["reference"] for _, body in notify.came} == {str(message)}
    assert len(notify.came) == 2


@pytest.mark.asvs("16.5.2")
def test_when_notify_cannot_be_reached_nothing_is_lost(db: None, settings: Any) -> None:
    settings.DELIVERY, settings.NOTIFY_URL, settings.NOTIFY_API_KEY = "govuk_notify", "http://127.0.0.1:9", f"test-{uuid4()}-{uuid4()}"
    [message] = queued()
    go_round(0)
    assert (kept(message).state, kept(message).attempts) == (MessageState.QUEUED, 1)


def test_the_round_is_ordered_every_minute_and_never_twice_at_once(db: None) -> None:
    task = app.tasks["outbox.round"]
    assert task.queueing_lock == "outbox.round"
    assert ("outbox.round", "* * * * *") in [(entry.task.name, entry.cron) for entry in app.periodic_registry.periodic_tasks.values()]


def test_a_text_that_waited_when_its_way_out_was_taken_away_is_left_to_a_person(db: None, settings: Any) -> None:
    told = {"contact_way": "text", "phone": "07700 900123", "may_leave_message": "yes"}
    [message] = queued(to=safe_contact(told, told_at=datetime.now(UTC)))
    settings.DELIVERY = "email"
    go_round(0)
    assert (kept(message).state, kept(message).attempts) == (MessageState.BY_HAND, 0)
    assert mail.outbox == []
