"""The street of a member of staff, kept as a keyed digest only: so that an information guardian can ask why they looked at a neighbour."""

from datetime import datetime

from django.core.exceptions import PermissionDenied

from reachin.groundwork.audited_access.audit import record
from reachin.groundwork.permissions.enums import Permission, Role
from reachin.partnership.places.homes import home_digest

from .models import Account, StaffHome


class NoPostcode(ValueError):
    """There is no whole postcode in it."""


def say_home(account: Account, words: str, *, by: Account, now: datetime) -> StaffHome:
    """Keeps the digest of the postcode in these words, and nothing else of them; it takes the place of an earlier one.

    `by`: they themselves, or an information guardian of their agency (an administrator, of any). Raises NoPostcode, PermissionDenied for
    anybody else, and for them themselves where their agency has said it.
    """
    _may_say(account, by)
    digest = home_digest(words)
    if digest is None:
        raise NoPostcode
    kept, _ = StaffHome.objects.update_or_create(account=account, defaults={"postcode_digest": digest, "said_at": now, "said_by": by.id})
    record("account.home_said", subject_kind="account", subject_id=account.id)
    return kept


def forget_home(account: Account, *, by: Account, now: datetime) -> None:
    """Forgets it. Twice is once. Raises as `say_home`."""
    _may_say(account, by)
    if StaffHome.objects.filter(account=account).delete()[0]:
        record("account.home_forgotten", subject_kind="account", subject_id=account.id)


def was_said_by_agency(account: Account) -> bool:
    """Whether their agency has said where they live; then only it changes that."""
    return StaffHome.objects.filter(account=account).exclude(said_by=account.id).exists()


def _may_say(account: Account, by: Account) -> None:
    Account.objects.select_for_update(of=("self",)).get(id=account.id)
    if by.id == account.id:
        allowed = not was_said_by_agency(account)
    else:
        allowed = by.may(Permission.ACCOUNT_END) and (by.role == Role.ADMINISTRATOR or by.agency_id == account.agency_id)
    if not allowed:
        raise PermissionDenied
