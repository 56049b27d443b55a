from django.db import models
from django.utils.translation import gettext_lazy as _


class AskedBy(models.TextChoices):
    """Who asks. Everybody but a practitioner counts as family."""

    PARENT_OR_CARER = "parent_or_carer", _("I am a parent or carer")
    YOUNG_PERSON = "young_person", _("I am a child or young person")
    EXPECTING = "expecting", _("I am expecting a baby")
    RELATIVE = "relative", _("I am a relative or friend")
    PRACTITIONER = "practitioner", _("I work with the family")


class Channel(models.TextChoices):
    """By which way a request came in; all of them end in one queue."""

    ONLINE = "online", _("Online")
    PHONE = "phone", _("By phone")
    PAPER = "paper", _("On paper")
    SCHOOL_DESK = "school_desk", _("At a school")
    VILLAGE_HALL = "village_hall", _("At a village or community hall")
    FAITH_SETTING = "faith_setting", _("At a place of worship")
    DROP_IN = "drop_in", _("At a drop-in")
    SOCIAL_MEDIA = "social_media", _("Through social media")
    AGENCY = "agency", _("Through an agency")


class Stage(models.TextChoices):
    """Where a request is."""

    DRAFT = "draft", _("Being written")
    RECEIVED = "received", _("Received")
    RETURNED = "returned", _("Back with the sender")
    TO_BE_CONTACTED = "to_be_contacted", _("Family to be contacted")
    READY_FOR_TRIAGE = "ready_for_triage", _("Ready for triage")
    IN_DISCUSSION = "in_discussion", _("In discussion")
    MATCHED = "matched", _("Matched with help")
    CLOSED = "closed", _("Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    ENTERED_IN_ERROR = "entered_in_error", _("Entered in error")


class WaitingFor(models.TextChoices):
    """Whose turn it is."""

    HUB = "hub", _("The hub")
    CHECK = "check", _("The hub: looks automatic")
    SENDER = "sender", _("The sender")
    AGENCY = "agency", _("The agencies that were asked")
    NOBODY = "nobody", _("Nobody")


class Mover(models.TextChoices):
    """Who makes a move."""

    FAMILY = "family", _("The family")
    SENDER = "sender", _("The practitioner who sent it")
    PRE_TRIAGE = "pre_triage", _("Pre-triage")
    HUB = "hub", _("The hub")
    AGENCY = "agency", _("An agency that was asked to help")


class Urgency(models.IntegerChoices):
    """The order of the queue: danger first."""

    DANGER = 0, _("Somebody may be in danger")
    SOON = 1, _("Soon")
    ORDINARY = 2, _("Ordinary")


class Outcome(models.TextChoices):
    """With what a request was closed."""

    HELPED = "helped", _("The family got help")
    ADVICE_GIVEN = "advice_given", _("Advice was enough")
    OWN_WAY = "own_way", _("The family found their own way")
    NOT_WANTED_ANY_MORE = "not_wanted_any_more", _("The family no longer want this")
    NOT_REACHED = "not_reached", _("The family could not be reached")
    MOVED_AWAY = "moved_away", _("The family moved to another partnership")
    OTHER_PROCESS = "other_process", _("Taken on by another process, such as child protection")
    NOTHING_FITTING = "nothing_fitting", _("There was no fitting service")
    SET_ASIDE = "set_aside", _("Set aside: it looked automatic")


class ContactOutcome(models.TextChoices):
    """What came of trying to be in touch."""

    SPOKE = "spoke", _("We spoke")
    NO_ANSWER = "no_answer", _("No answer")
    NOT_SAFE = "not_safe", _("It was not safe to talk")
    WRONG_ADDRESS = "wrong_address", _("The number or address was wrong")
    THROUGH_OTHERS = "through_others", _("Somebody they trust passed it on")


class NoteKind(models.TextChoices):
    """What a note is: who wrote it to whom."""

    WHAT_IS_MISSING = "what_is_missing", _("What is missing")
    QUESTION = "question", _("Question to the family")
    ANSWER = "answer", _("Answer")
    DECISION = "decision", _("Decision and reason")
    WORKING_NOTE = "working_note", _("Note")


class Concern(models.TextChoices):
    """Which discussion outside the hub takes a concern on."""

    CHILD_PROTECTION = "child_protection", _("An inter-agency discussion about a child (child protection)")
    ADULT_PROTECTION = "adult_protection", _("Adult support and protection")


class Suspicion(models.TextChoices):
    """Why a request looks as if no person had sent it. It is received all the same."""

    FILLED_TRAP = "filled_trap", _("A field was filled in that people do not see")
    TOO_FAST = "too_fast", _("It was sent faster than anybody writes")
    NOT_OUR_FORM = "not_our_form", _("It did not come from our own page")
    OLD_FORM = "old_form", _("It came from a page that was more than a day old")
    MANY_FROM_NETWORK = "many_from_network", _("Many requests came from the same network within an hour")
    MANY_TO_TARGET = "many_to_target", _("Many requests named the same phone number or email address within a day")


class CheckedAs(models.TextChoices):
    """What a hub worker decided about a request that looked automatic."""

    RELEASED = "released", _("A person sent it")
    SET_ASIDE = "set_aside", _("No person sent it")
