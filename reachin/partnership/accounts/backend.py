"""Who is signed in: looked up at every page of the staff, so that ending an account or its agency ends it at once."""

from uuid import UUID

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser

from reachin.groundwork.audited_access.lookups import Lookup

from .models import Account

_working = Lookup(lambda account: Account.objects.active().select_related("agency").filter(id=account))


class StaffBackend(ModelBackend):
    """Django's, but that a signed-in account is read together with its agency by one look-up."""

    def get_user(self, user_id: UUID | str) -> Account | None:
        """The account while it and its agency work, else None."""
        return _working.first(UUID(str(user_id)))

    def user_can_authenticate(self, user: Account | AnonymousUser | None) -> bool:
        """Whether the right password lets them in: a try at the account of an ended agency fails and counts as any other."""
        return isinstance(user, Account) and user.is_active and user.agency.closed_at is None
