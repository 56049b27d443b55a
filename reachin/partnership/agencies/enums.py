from django.db import models
from django.utils.translation import gettext_lazy as _


class AgencyKind(models.TextChoices):
    """What sort of agency it is; families choose by these words who should be in touch first."""

    HUB = "hub", _("Family support hub")
    COUNCIL = "council", _("Council")
    SOCIAL_WORK = "social_work", _("Social work")
    SCHOOL = "school", _("School or nursery")
    HEALTH = "health", _("Health service")
    POLICE = "police", _("Police")
    CHARITY = "charity", _("Charity or community group")
    HOUSING = "housing", _("Housing service")
    OTHER = "other", _("Another organisation")
