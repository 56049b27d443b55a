from django.db import models
from django.utils.translation import gettext_lazy as _


class Means(models.TextChoices):
    """By what a session was begun. Those of TWO_FACTORS prove two things, such as knowing and having; the others prove one or none."""

    PASSWORD = "password", _("with a password alone")
    APP = "app", _("with a code from an app")
    RECOVERY_CODE = "recovery_code", _("with a recovery code")
    PASSKEY = "passkey", _("with a passkey")
    PROVIDER = "provider", _("through your organisation")
    PROVIDER_ALONE = "provider_alone", _("through your organisation, without a second step there")
    DEMONSTRATION = "demonstration", _("by choosing who to be, in the demonstration")


TWO_FACTORS = frozenset({Means.APP, Means.RECOVERY_CODE, Means.PASSKEY, Means.PROVIDER})
