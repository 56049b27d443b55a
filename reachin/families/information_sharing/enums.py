from django.db import models
from django.utils.translation import gettext_lazy as _


class Category(models.TextChoices):
    """The kinds of words that are kept about a person; a circle entry names those it lets be seen."""

    CONTACT = "contact", _("Names and how to get in touch")
    STORY = "story", _("What is going on")
    PLAN = "plan", _("The plan")
    HEALTH = "health", _("Health")
    ADULTS_MATTERS = "adults_matters", _("Adults' own matters")
    SAFETY = "safety", _("Staying safe")
    PROTECTED_ADDRESS = "protected_address", _("An address that is kept secret")


class Purpose(models.TextChoices):
    """What somebody is in a circle for. A purpose is not a lawful basis."""

    FRONT_DOOR = "front_door", _("To find the right help after somebody asked")
    SUPPORT = "support", _("To give help")
    PROTECTION = "protection", _("To keep somebody safe")


class Basis(models.TextChoices):
    """The lawful basis of a share (Article 6 of the UK GDPR), kept apart from its purpose."""

    CONSENT = "consent", _("The person agreed")
    PUBLIC_TASK = "public_task", _("A public task")
    LEGAL_OBLIGATION = "legal_obligation", _("A duty in law")
    VITAL_INTERESTS = "vital_interests", _("To protect a life")
    LEGITIMATE_INTERESTS = "legitimate_interests", _("A legitimate interest")


class CircleRole(models.TextChoices):
    """What somebody in a circle is to the person."""

    FRONT_DOOR = "front_door", _("Receives the request for help")
    DUTY_DESK = "duty_desk", _("Keeps people safe")
    SERVICE = "service", _("Gives help")
    NAMED_PERSON = "named_person", _("Named person")
    LEAD_PROFESSIONAL = "lead_professional", _("Lead professional")
    PLAN_PARTNER = "plan_partner", _("Partner in the plan")


class SpecialCondition(models.TextChoices):
    """Why words about health, or of the same kind, may be shared (Article 9, with Schedule 1 of the Data Protection Act 2018)."""

    EXPLICIT_CONSENT = "explicit_consent", _("The person explicitly agreed")
    HEALTH_OR_SOCIAL_CARE = "health_or_social_care", _("Health or social care")
    SAFEGUARDING = "safeguarding", _("Safeguarding children and people at risk")
    VITAL_INTERESTS = "vital_interests", _("To protect a life, where nobody can agree")


class CriminalCondition(models.TextChoices):
    """Why words about offences may be shared (Article 10, with Schedule 1 of the Data Protection Act 2018)."""

    SAFEGUARDING = "safeguarding", _("Safeguarding children and people at risk")
    PREVENTING_CRIME = "preventing_crime", _("Preventing or detecting unlawful acts")
    VITAL_INTERESTS = "vital_interests", _("To protect a life, where nobody can agree")


class SaidAs(models.TextChoices):
    """As what somebody said that an agency must not see a person: it decides how far that reaches."""

    SELF = "self", _("For themselves")
    PARENT = "parent", _("For their child")
    WORKER = "worker", _("A worker, to keep somebody safe")
    OTHER = "other", _("For somebody else")


class Decision(models.TextChoices):
    """What was decided about sharing. Not to share is a decision too, and is kept."""

    SHARE = "share", _("Share")
    NOT_SHARE = "not_share", _("Do not share")


class Informed(models.TextChoices):
    """Whether the person was asked, told, or not told. Where it will be shared anyway, they are told and not asked."""

    AGREED = "agreed", _("They were asked and agreed")
    REFUSED = "refused", _("They were asked and did not agree")
    TOLD = "told", _("They were told")
    NOT_TOLD = "not_told", _("They were not told")


class ReviewOutcome(models.TextChoices):
    """What an information guardian found when they looked at an emergency, or at what was decided in one."""

    JUSTIFIED = "justified", _("It was right")
    NOT_JUSTIFIED = "not_justified", _("It was not right")
