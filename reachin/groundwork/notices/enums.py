from django.db import models
from django.utils.translation import gettext_lazy as _


class ContactWay(models.TextChoices):
    """The ways in which somebody can be reached."""

    PHONE = "phone", _("Phone call")
    TEXT = "text", _("Text message")
    EMAIL = "email", _("Email")
    LETTER = "letter", _("Letter")
    THROUGH = "through", _("Through somebody I trust")
    COME_BACK = "come_back", _("I will look here myself")


class MayLeaveMessage(models.TextChoices):
    YES = "yes", _("Yes, you can leave a message")
    NO = "no", _("No, do not leave a message")


class MessageState(models.TextChoices):
    """Where a message is. By hand: the way that was asked for needs a person (a call, a letter), or a message must not be left."""

    QUEUED = "queued", _("Waiting to go")
    BY_HAND = "by_hand", _("To be told by a person")
    TOLD = "told", _("Told by a person")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Could not be sent")
    STOPPED = "stopped", _("Not sent: the safe way had changed")
