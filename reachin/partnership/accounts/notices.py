"""What a member of staff is told about their own sign-in, at their work address: so that they notice what somebody else did."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reachin.groundwork.notices.actions import queue_message
from reachin.groundwork.notices.models import Message
from reachin.groundwork.notices.rules import StaffContact

from .models import Account

SUBJECT = _("Your sign-in to Reach In")
NOT_YOU = _(
    "If this was not you, tell your information guardian at once: they can end every session of yours. This message needs no answer."
)
WORDS: Mapping[str, Promise] = {
    "account.new_device": _("You signed in with a browser or device that you had not used before."),
    "account.codes_refused": _("Somebody typed your password and then several wrong codes. No code works for a quarter of an hour."),
    "account.password_changed": _("Your password was changed, and you were signed out everywhere else."),
    "account.passkey_added": _("A passkey was added to your sign-in."),
    "account.passkey_removed": _("A passkey was removed from your sign-in."),
    "account.app_added": _("An app with codes was added to your sign-in."),
    "account.app_removed": _("The app with codes was removed from your sign-in."),
    "account.recovery_codes_made": _("New recovery codes were made. The earlier ones work no more."),
    "account.factors_forgotten": _("Your passkeys, app and recovery codes were taken away. You set up new ones when you sign in next."),
}
"""Of which events they are told."""


def tell_account(account: Account, event: str, *, now: datetime) -> Message:
    """Tells somebody what happened to their own sign-in; the message says no secret and holds no link."""
    return queue_message(
        account.id, to=StaffContact(account.email), event=event, subject=str(SUBJECT), words=f"{WORDS[event]} {NOT_YOU}", now=now
    )


def send_new_password_link(account: Account, address: str, *, now: datetime) -> Message:
    """Sends the address at which they choose a new password: useless without the words that they agreed on with whoever helped."""
    words = _(
        "Your organisation has made a link by which you choose a new password: %(address)s It works once, within an hour, with the words"
        " that you agreed on. If you did not ask for it, tell your information guardian: nothing has changed yet."
    )
    return queue_message(
        account.id,
        to=StaffContact(account.email),
        event="account.new_password_offered",
        subject=str(SUBJECT),
        words=str(words) % {"address": address},
        now=now,
    )
