from django.db import models
from django.utils.translation import gettext_lazy as _


class AskedFor(models.TextChoices):
    """What a person asks about their own information."""

    COPY = "copy", _("A copy of what is held about me")
    ERASURE = "erasure", _("Delete what is held about me")
    OBJECTION = "objection", _("Stop using or sharing it")
    CORRECTION = "correction", _("Put right what is wrong")
    COMPLAINT = "complaint", _("Something was not right")


class State(models.TextChoices):
    """Where it is. What was prepared is looked at by a second person before the person gets it."""

    ASKED = "asked", _("Asked")
    ACKNOWLEDGED = "acknowledged", _("Being worked on")
    PREPARED = "prepared", _("With a second guardian")
    RELEASED = "released", _("Answered")
    REFUSED = "refused", _("Refused, with the reason")


class Face(models.TextChoices):
    """How something was, for somebody who would rather point than write."""

    SAD = "sad", _("Sad")
    ANGRY = "angry", _("Angry")
    SCARED = "scared", _("Scared")
    MIXED = "mixed", _("Mixed up")


class WordsKind(models.TextChoices):
    """Whose words they are: what was asked, the answer, why it is refused, why it went back to whoever prepared it."""

    ASKED = "asked", _("What was asked")
    ANSWER = "answer", _("Answer")
    REFUSAL = "refusal", _("Why it is refused")
    HANDED_BACK = "handed_back", _("Why it was handed back")
