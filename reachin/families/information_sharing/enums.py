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
