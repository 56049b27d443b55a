from datetime import datetime
from uuid import UUID

from reachin.groundwork.audited_access.audit import record
from reachin.groundwork.audited_access.context import current_actor
from reachin.groundwork.field_encryption import seal_answers

from .delivery import delivers
from .enums import ContactWay, MessageState
from .models import Message
from .rules import MOST_ATTEMPTS, Recipient, StaffContact, first_state, wait_before


def queue_message(about_id: UUID, *, to: Recipient, event: str, subject: str, words: str, now: datetime) -> Message:
    """Puts a message into the outbox, in the transaction of what it tells of. Only a Recipient can be written to."""
    for_staff = isinstance(to, StaffContact)
    actor = current_actor()
    message = Message(
        about_id=about_id,
        event=event,
        is_for_staff=for_staff,
        way=ContactWay.EMAIL if isinstance(to, StaffContact) else to.way,
        state=_first_state(to),
        queued_at=now,
        queued_by=actor.user or actor.scope,
        not_before=now,
    )
    message.sealed = seal_answers({"address": to.address, "subject": subject, "words": words}, field=Message.FIELD, row=message.id)
    message.save(force_insert=True)
    return message


def _first_state(to: Recipient) -> MessageState:
    """As the rule says; but what is set up here cannot send, a person tells at once."""
    state = first_state(to)
    if state == MessageState.QUEUED and not isinstance(to, StaffContact) and not delivers(to.way):
        return MessageState.BY_HAND
    return state


def leave_to_a_person(message: Message, *, now: datetime) -> Message:
    """A message that waited to be sent, and that what is set up here cannot send: a person tells it."""
    message.state = MessageState.BY_HAND
    message.save(update_fields=["state"])
    record("message.left_to_a_person", subject_kind="message", subject_id=message.id, fields=["state"])
    return message


def settle(message: Message, state: MessageState, *, by: str, now: datetime) -> Message:
    """A message went out, or was told by a person. `by` names the way out or the account."""
    message.state, message.settled_at, message.settled_by = state, now, by
    message.save(update_fields=["state", "settled_at", "settled_by"])
    record("message.settled", subject_kind="message", subject_id=message.id, fields=["state"])
    return message


def stop_messages(about_id: UUID, *, by: str, now: datetime) -> list[Message]:
    """Nothing that still waits goes to where it was addressed; staff are not concerned. One that is going out just now is waited for."""
    waiting = Message.objects.filter(about_id=about_id, is_for_staff=False, state__in=[MessageState.QUEUED, MessageState.BY_HAND])
    return [settle(message, MessageState.STOPPED, by=by, now=now) for message in waiting.select_for_update()]


def try_later(message: Message, *, now: datetime) -> Message:
    """A way out failed: waits longer each time and gives up, visibly, after eight tries."""
    message.attempts += 1
    message.not_before = now + wait_before(message.attempts)
    message.save(update_fields=["attempts", "not_before"])
    if message.attempts >= MOST_ATTEMPTS:
        return settle(message, MessageState.FAILED, by="outbox", now=now)
    return message
