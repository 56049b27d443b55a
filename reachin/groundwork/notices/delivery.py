"""The ways out of the outbox. One is chosen by settings; in the demonstration everything stays in."""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from notifications_python_client.notifications import NotificationsAPIClient

from .enums import ContactWay
from .models import Message

WayOut = Callable[[Message, Mapping[str, str]], None]


def _by_console(message: Message, told: Mapping[str, str]) -> None:
    print(f"message {message.id} by {message.way}: {told['subject']}")  # noqa: T201


def _by_email(message: Message, told: Mapping[str, str]) -> None:
    if message.way != ContactWay.EMAIL:
        raise NotImplementedError(f"the e-mail way out cannot send a {message.way}")
    send_mail(told["subject"], told["words"], settings.DEFAULT_FROM_EMAIL, [told["address"]])


def _by_govuk_notify(message: Message, told: Mapping[str, str]) -> None:
    client: Any = NotificationsAPIClient(settings.NOTIFY_API_KEY, base_url=settings.NOTIFY_URL)  # type: ignore[no-untyped-call]
    words = {"subject": told["subject"], "words": told["words"]}
    if message.way == ContactWay.EMAIL:
        client.send_email_notification(told["address"], settings.NOTIFY_TEMPLATES["email"], words, reference=str(message.id))
    elif message.way == ContactWay.TEXT:
        client.send_sms_notification(told["address"], settings.NOTIFY_TEMPLATES["text"], words, reference=str(message.id))
    else:
        raise NotImplementedError(f"GOV.UK Notify cannot send a {message.way}")


WAYS_OUT: Mapping[str, WayOut] = {"console": _by_console, "email": _by_email, "govuk_notify": _by_govuk_notify}


def delivers(way: str) -> bool:
    """Whether what was set up here can send a message that way. In the demonstration, where nothing leaves, it could."""
    if settings.DELIVERY == "email":
        return way == ContactWay.EMAIL
    if settings.DELIVERY == "govuk_notify":
        return bool(settings.NOTIFY_TEMPLATES.get(way))
    return True


def way_out() -> WayOut | None:
    """The chosen way out; None in the demonstration, where nothing leaves."""
    return WAYS_OUT.get(settings.DELIVERY)
