"""What retention holds about somebody, for the register."""

from reachin.families.people.register import OnErasure, OnMerge, PersonKey

from .models import DestructionReview, LegalHold

KEYS = (
    PersonKey.of(
        LegalHold,
        "alias",
        on_merge=OnMerge.BY_ALIAS,
        on_erasure=OnErasure.KEPT,
        because="a hold stands above an erasure until it is lifted; the alias knows who this is now",
    ),
    PersonKey.of(
        DestructionReview,
        "subject_id",
        on_merge=OnMerge.STAYS,
        on_erasure=OnErasure.KEPT,
        because="that something was destroyed, when and on whose word has to be shown; the id leads to nothing any more",
    ),
    PersonKey.of(
        LegalHold,
        "subject_id",
        on_merge=OnMerge.STAYS,
        on_erasure=OnErasure.KEPT,
        because="a hold stands above an erasure until it is lifted",
    ),
)
