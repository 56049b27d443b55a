from django.db import models
from django.utils.translation import gettext_lazy as _


class ReferralState(models.TextChoices):
    """Where a referral is."""

    DRAFT = "draft", _("Being written")
    SENT = "sent", _("Sent")
    WAITING = "waiting", _("On the waiting list")
    ACCEPTED = "accepted", _("Accepted")
    IN_PROGRESS = "in_progress", _("Help has started")
    COMPLETED = "completed", _("Completed")
    DECLINED = "declined", _("Declined")
    REROUTED = "rerouted", _("Passed to another service")
    NO_RESPONSE = "no_response", _("No answer from the service")
    COULD_NOT_CONTACT = "could_not_contact", _("The service could not reach the family")
    NOT_NEEDED = "not_needed", _("Not needed any more")
    WITHDRAWN_BY_FAMILY = "withdrawn_by_family", _("Taken back by the family")
    WITHDRAWN_BY_SENDER = "withdrawn_by_sender", _("Taken back by the sender")
    ENTERED_IN_ERROR = "entered_in_error", _("Entered in error")


class ReferralMover(models.TextChoices):
    """Who makes a move."""

    SENDER = "sender", _("The sender")
    RECEIVER = "receiver", _("The agency that was asked")
    FAMILY = "family", _("The family")
    CLOCK = "clock", _("The clock")


class DeclineReason(models.TextChoices):
    """Why an agency said no. Each has a side, so that no family is blamed for a full service."""

    FULL = "full", _("No places at the moment")
    OUT_OF_AREA = "out_of_area", _("The family lives outside the area")
    AGE = "age", _("The age does not fit")
    NOT_ELIGIBLE = "not_eligible", _("The service is for others")
    WRONG_SERVICE = "wrong_service", _("Another service would fit better")
    TOO_LITTLE_KNOWN = "too_little_known", _("Too little was said to decide")
    ALREADY_HELPED = "already_helped", _("The family already gets this help")
    FAMILY_SAID_NO = "family_said_no", _("The family said no")


class Side(models.TextChoices):
    """On whose side the reason lies."""

    SERVICE = "service", _("The service")
    SENDER = "sender", _("The sender")
    FAMILY = "family", _("The family's own choice")


class ReferralOutcome(models.TextChoices):
    """With what help ended, as the agency saw it. The family's own word is kept beside it."""

    AS_HOPED = "as_hoped", _("It went as hoped")
    PARTLY = "partly", _("It went partly as hoped")
    NO_CHANGE = "no_change", _("Nothing changed")
    STOPPED_COMING = "stopped_coming", _("They stopped coming")
    MOVED_ON = "moved_on", _("They moved on to other help")


class Helped(models.TextChoices):
    """The family's own answer: did it help?"""

    YES = "yes", _("Yes, it helped")
    PARTLY = "partly", _("It helped a bit")
    NO = "no", _("No, it did not help")
    TOO_EARLY = "too_early", _("It is too early to say")


class Shared(models.TextChoices):
    """What a sender may share with a referral, part by part."""

    STORY = "story", _("What is going on, in the family's words")
    CONTACT = "contact", _("How to be in touch safely")
    PLACE = "place", _("Where they live")
    CAUTION = "caution", _("Who must not know")
