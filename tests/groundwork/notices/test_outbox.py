"""Into the outbox comes only what may be sent, sealed; out of it each way sends what it should and nothing else."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidTag
from django.core import mail
from django.db.utils import ProgrammingError

from reachin.groundwork.audited_access.context import Actor, acting
from reachin.groundwork.audited_access.models import DatabaseMark
from reachin.groundwork.field_encryption import seal_answers
from reachin.groundwork.notices.actions import queue_message, settle, stop_messages, try_later
from reachin.groundwork.notices.delivery import WAYS_OUT, way_out
from reachin.groundwork.notices.enums import ContactWay, MessageState
from reachin.groundwork.notices.models import Message
from reachin.groundwork.notices.rules import MOST_ATTEMPTS, Recipient, StaffContact, safe_contact, wait_before
from tests.groundwork.notices import notify_server
from tests.groundwork.notices.notify_server import Notify

ABOUT, USER = uuid4(), uuid4()
STAFF = Actor.staff(user=USER, agency=uuid4(), role="hub_worker")
DELIVERY = Actor.system("delivery")
DESK = StaffContact("duty@desk.example")
NOTIFY_KEY = f"test-{uuid4()}-{uuid4()}"


def contact(way: ContactWay, *, may_leave: str = "yes") -> Recipient:
    told = {
        "contact_way": way.value,
        "may_leave_message": may_leave,
        "phone": "07700 900123",
        "email": "rowan@example.com",
        "address": "1 Pier Rd",
    }
    made = safe_contact(told | {"through": "Gran"}, told_at=datetime.now(UTC))
    assert made is not None
    return made


def queued(to: Recipient = DESK, *, actor: Actor = STAFF, about: UUID = ABOUT) -> Message:
    with acting(actor) as now:
        return queue_message(about, to=to, event="x.happened", subject="There is a message", words="Please look.", now=now)


@pytest.fixture
def notify(settings: Any) -> Iterator[Notify]:
    with notify_server.running() as server:
        settings.NOTIFY_URL, settings.NOTIFY_API_KEY = server.url, NOTIFY_KEY
        settings.NOTIFY_TEMPLATES = {"email": "email-template", "text": "text-template"}
        yield server


# Into it


def test_address_and_words_are_sealed_and_belong_to_their_message(db: None) -> None:
    message = queued(contact(ContactWay.EMAIL))
    assert message.unsealed() == {"address": "rowan@example.com", "subject": "There is a message", "words": "Please look."}
    assert b"rowan" not in bytes(message.sealed)
    message.id = uuid4()
    with pytest.raises(InvalidTag):
        message.unsealed()


def test_a_message_keeps_by_whom_it_was_queued(db: None) -> None:
    scope = uuid4()
    assert queued().queued_by == USER
    assert queued(actor=Actor.family(scope)).queued_by == scope
    assert queued(actor=DELIVERY).queued_by is None


def test_a_message_in_anothers_name_or_by_a_visitor_is_refused(db: None) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"):
        queued(actor=Actor.visitor())
    with pytest.raises(ProgrammingError, match="row-level security"), acting(STAFF) as now:
        Message.objects.create(
            about_id=ABOUT, event="x", is_for_staff=True, way="email", state="queued", queued_at=now, queued_by=uuid4(), not_before=now,
            sealed=seal_answers({}, field=Message.FIELD, row=ABOUT),
        )  # fmt: skip


OTHERS = [
    STAFF,
    Actor.family(ABOUT),
    Actor.visitor(),
    Actor.staff(user=USER, agency=uuid4(), role="administrator"),
    Actor.system("import_services"),
    Actor.system("demonstration"),
]


@pytest.mark.parametrize("actor", OTHERS, ids=lambda actor: f"{actor.kind} {actor.role}")
def test_nobody_but_the_delivery_reads_the_outbox(db: None, actor: Actor) -> None:
    queued(contact(ContactWay.EMAIL))
    queued()
    with acting(actor, read_only=True):
        assert Message.objects.count() == 0
    with acting(DELIVERY, read_only=True):
        assert Message.objects.count() == 2


def test_in_a_demo_what_would_have_been_sent_is_shown_but_not_changed(db: None) -> None:
    queued()
    DatabaseMark.objects.using("owner").create(name="demo", marked_at=datetime.now(UTC))
    with acting(Actor.system("demonstration")):
        assert Message.objects.count() == 1
        assert Message.objects.update(state=MessageState.SENT) == 0


def test_a_message_cannot_be_readdressed(db: None) -> None:
    message = queued()
    with pytest.raises(ProgrammingError, match="permission denied"), acting(DELIVERY):
        message.save(update_fields=["sealed"])


def test_stopping_leaves_nothing_waiting_and_does_not_touch_staff_or_what_was_sent(db: None) -> None:
    waiting, by_hand, for_staff, other = (
        queued(contact(ContactWay.TEXT)), queued(contact(ContactWay.PHONE)), queued(), queued(contact(ContactWay.TEXT), about=uuid4())
    )  # fmt: skip
    sent = queued(contact(ContactWay.EMAIL))
    with acting(DELIVERY) as now:
        settle(sent, MessageState.SENT, by="email", now=now)
        assert {message.id for message in stop_messages(ABOUT, by="new contact", now=now)} == {waiting.id, by_hand.id}
    states = dict(Message.objects.using("owner").values_list("id", "state"))
    assert (states[waiting.id], states[by_hand.id], states[for_staff.id]) == ("stopped", "stopped", "queued")
    assert (states[sent.id], states[other.id]) == ("sent", "queued")


def test_after_a_failure_it_waits_longer_each_time_and_then_fails_visibly(db: None) -> None:
    message = queued()
    with acting(DELIVERY) as now:
        for attempt in range(1, MOST_ATTEMPTS):
            assert try_later(message, now=now).state == MessageState.QUEUED
            assert message.not_before == now + wait_before(attempt)
        assert try_later(message, now=now).state == MessageState.FAILED
    kept = Message.objects.using("owner").get()
    assert (kept.state, kept.attempts, kept.settled_by, kept.settled_at) == ("failed", MOST_ATTEMPTS, "outbox", now)


# Out of it


@pytest.mark.parametrize(
    ("delivery", "name"),
    [("demonstration", None), ("", None), ("console", "console"), ("email", "email"), ("govuk_notify", "govuk_notify")],
)
def test_the_way_out_is_the_one_that_was_chosen_and_in_the_demonstration_none(settings: Any, delivery: str, name: str | None) -> None:
    settings.DELIVERY = delivery
    assert way_out() is (WAYS_OUT[name] if name else None)


@pytest.mark.asvs("16.2.5")
def test_the_console_shows_neither_address_nor_words(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    message = queued(contact(ContactWay.TEXT))
    WAYS_OUT["console"](message, message.unsealed())
    shown = capsys.readouterr().out
    assert str(message.id) in shown
    assert not any(secret in shown for secret in ("07700", "Please look", "rowan"))


def test_an_email_goes_to_its_address_from_a_neutral_sender(db: None) -> None:
    message = queued(contact(ContactWay.EMAIL))
    WAYS_OUT["email"](message, message.unsealed())
    [sent] = mail.outbox
    assert (sent.to, sent.subject, sent.body, sent.cc, sent.bcc) == (["rowan@example.com"], "There is a message", "Please look.", [], [])
    assert sent.from_email == "no-reply@localhost"


@pytest.mark.parametrize("subject", ["x\nBcc: he@example.com", "x\r\nTo: he@example.com"])
@pytest.mark.asvs("1.3.11")
def test_no_subject_adds_a_recipient(db: None, subject: str) -> None:
    message = queued(contact(ContactWay.EMAIL))
    with pytest.raises(ValueError, match="newlines"):
        WAYS_OUT["email"](message, message.unsealed() | {"subject": subject})
    assert mail.outbox == []


@pytest.mark.parametrize("way", [ContactWay.TEXT, ContactWay.PHONE, ContactWay.LETTER, ContactWay.THROUGH])
def test_email_sends_no_other_way(db: None, way: ContactWay) -> None:
    message = queued(contact(way))
    with pytest.raises(NotImplementedError):
        WAYS_OUT["email"](message, message.unsealed())
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("way", "path", "told"),
    [
        (ContactWay.EMAIL, "/v2/notifications/email", {"email_address": "rowan@example.com", "template_id": "email-template"}),
        (ContactWay.TEXT, "/v2/notifications/sms", {"phone_number": "07700 900123", "template_id": "text-template"}),
    ],
)
def test_notify_is_sent_the_address_the_template_and_the_words(
    db: None, notify: Notify, way: ContactWay, path: str, told: dict[str, str]
) -> None:
    message = queued(contact(way))
    WAYS_OUT["govuk_notify"](message, message.unsealed())
    words = {"subject": "There is a message", "words": "Please look."}
    assert notify.came == [(path, {**told, "personalisation": words, "reference": str(message.id)})]


@pytest.mark.parametrize("way", [ContactWay.PHONE, ContactWay.LETTER, ContactWay.THROUGH])
def test_notify_sends_no_other_way(db: None, notify: Notify, way: ContactWay) -> None:
    message = queued(contact(way))
    with pytest.raises(NotImplementedError):
        WAYS_OUT["govuk_notify"](message, message.unsealed())
    assert notify.came == []


# What is set up here


@pytest.mark.parametrize(
    ("delivery", "way", "state"),
    [
        ("email", ContactWay.TEXT, MessageState.BY_HAND),
        ("email", ContactWay.EMAIL, MessageState.QUEUED),
        ("govuk_notify", ContactWay.TEXT, MessageState.QUEUED),
        ("govuk_notify", ContactWay.EMAIL, MessageState.QUEUED),
        ("demonstration", ContactWay.TEXT, MessageState.QUEUED),
        ("console", ContactWay.TEXT, MessageState.QUEUED),
    ],
)
def test_what_is_set_up_here_cannot_send_a_person_tells_at_once(
    db: None, settings: Any, delivery: str, way: ContactWay, state: MessageState
) -> None:
    settings.DELIVERY = delivery
    settings.NOTIFY_TEMPLATES = {"email": "email-template", "text": "text-template"}
    assert queued(contact(way)).state == state


def test_without_a_template_for_texts_a_person_tells_them(db: None, settings: Any) -> None:
    settings.DELIVERY, settings.NOTIFY_TEMPLATES = "govuk_notify", {"email": "email-template", "text": ""}
    assert queued(contact(ContactWay.TEXT)).state == MessageState.BY_HAND
    assert queued(contact(ContactWay.EMAIL)).state == MessageState.QUEUED
