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


class KeptBecause(models.TextChoices):
    """Why a record is not deleted although its person asks for it (Article 17 of the UK GDPR, and what stands above it)."""

    DANGER = "danger", _("It told of danger, or keeps somebody safe")
    HELD = "held", _("A court, an inquiry or a complaint needs it")
    ASKED = "asked", _("Something else that was asked about it is not answered yet")
    STILL_OPEN = "still_open", _("Help is still being found")
    OTHERS_WORDS = "others_words", _("Somebody else asked, and it holds their words")
    OTHERS = "others", _("It is somebody else’s record, too, and they have a say")
    REVIEW = "review", _("How it was looked at is still being checked")
    ELSEWHERE = "elsewhere", _("Another organisation answers for it")
    WAY_IN = "way_in", _("It is the way in by which the answer is read")
    CLAIMS = "claims", _("It is needed for a claim in law")
    BY_LAW = "by_law", _("A law says that it has to be kept")


CHOSEN_BY_GUARDIANS = (KeptBecause.CLAIMS, KeptBecause.BY_LAW, KeptBecause.DANGER)
"""What a guardian may say of a record that the database would let go."""


class NoticeOf(models.TextChoices):
    """Of what another agency is told."""

    CORRECTED = "corrected", _("Put right")
    DELETED = "deleted", _("Deleted")


class Corrected(models.TextChoices):
    """Which kind of fact is put right: who somebody is, or an answer in a request."""

    DETAILS = "details", _("Who somebody is")
    TOLD = "told", _("What was told")
