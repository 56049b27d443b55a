"""What retention holds about somebody, for the register."""

from reachin.families.people.register import OnErasure, OnMerge, PersonKey

from .models import LegalHold

KEYS = (
    PersonKey.of(
        LegalHold,
        "alias",
        on_merge=OnMerge.BY_ALIAS,
        on_erasure=OnErasure.KEPT,
        because="a hold stands above an erasure until it is lifted; the alias knows who this is now",
    ),
)
