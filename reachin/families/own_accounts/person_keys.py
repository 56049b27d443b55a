"""What an own account holds about somebody, for the register."""

from collections.abc import Collection, Iterator
from uuid import UUID

from django.utils.translation import gettext as _

from reachin.families.information_sharing.enums import Category
from reachin.families.people.register import HeldEntry, OnErasure, OnMerge, PersonKey

from .models import OwnAccount


def _accounts(records: Collection[UUID]) -> Iterator[HeldEntry]:
    for account in OwnAccount.objects.filter(person_id__in=records).select_related("person"):
        words = _("You were offered an account of your own. %(ground)s") % {"ground": account.get_ground_display()}
        yield HeldEntry(account.invited_at, words, account.person.controller_id, Category.CONTACT)


KEYS = (
    PersonKey.of(
        OwnAccount,
        "person",
        on_merge=OnMerge.STAYS,
        on_erasure=OnErasure.REMOVED,
        because="a way in opens the record that it was offered for; joined records are not opened with it until somebody offers that",
        gather=_accounts,
    ),
)
