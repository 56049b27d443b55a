from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Permission(StrEnum):
    """What somebody may do, as noun.verb."""

    REQUEST_SEND = "request.send"
    REQUEST_KEY_IN = "request.key_in"
    REQUEST_TRIAGE = "request.triage"
    REQUEST_ANSWER_ALERT = "request.answer_alert"
    REFERRAL_SEND = "referral.send"
    REFERRAL_ANSWER = "referral.answer"
    DIRECTORY_IMPORT = "directory.import"
    DELAYS_SEE = "delays.see"
    OUTBOX_SEE = "outbox.see"
    ACCOUNT_END = "account.end"
    AGENCY_END = "agency.end"
    CIRCLE_EXTEND = "circle.extend"
    CONCERN_HAND_ON = "concern.hand_on"
    BLOCK_OVERRULE = "block.overrule"
    OWN_ACCOUNT_OFFER = "own_account.offer"
    RECORD_OPEN_IN_EMERGENCY = "record.open_in_emergency"
    SHARING_REVIEW = "sharing.review"
    AGREEMENT_KEEP = "agreement.keep"
    PERSON_MERGE = "person.merge"
    INFORMATION_ANSWER = "information.answer"
    DESTRUCTION_REVIEW = "destruction.review"
    RECORD_HOLD = "record.hold"


class Role(models.TextChoices):
    """The part that somebody plays in the partnership. A role is a set of permissions and a perspective, never a rank."""

    PRACTITIONER = "practitioner", _("Practitioner")
    DESK_WORKER = "desk_worker", _("Desk worker")
    SUPPORT_WORKER = "support_worker", _("Family support worker")
    HUB_WORKER = "hub_worker", _("Hub worker")
    DUTY_WORKER = "duty_worker", _("Duty worker")
    SERVICE_MANAGER = "service_manager", _("Service manager")
    DATA_OFFICER = "data_officer", _("Data officer")
    PARTICIPATION_OFFICER = "participation_officer", _("Participation officer")
    INFORMATION_GUARDIAN = "information_guardian", _("Information guardian")
    STRATEGIC_LEAD = "strategic_lead", _("Strategic lead")
    INDEPENDENT_REVIEWER = "independent_reviewer", _("Independent reviewer")
    ADMINISTRATOR = "administrator", _("Administrator")
