"""Who is signed in: looked up at every page of the staff, so that ending an account or its agency ends it at once."""

from functools import cache
from uuid import UUID

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser
from django.db import connection

from reachin.partnership.agencies.models import Agency

from .models import Account


class StaffBackend(ModelBackend):
    """Django's, but that a signed-in account is read together with its agency by one statement, composed once and not for each page."""

    def get_user(self, user_id: UUID | str) -> Account | None:
        """The account while it and its agency work, else None."""
        with connection.cursor() as cursor:
            cursor.execute(_statement(), [str(user_id)])
            row = cursor.fetchone()
        if row is None:
            return None
        own, of_agency = _columns(Account), _columns(Agency)
        account = Account.from_db(connection.alias, own, row[: len(own)])
        account.agency = Agency.from_db(connection.alias, of_agency, row[len(own) :])
        return account

    def user_can_authenticate(self, user: Account | AnonymousUser | None) -> bool:
        """Whether the right password lets them in: a try at the account of an ended agency fails and counts as any other."""
        return isinstance(user, Account) and user.is_active and user.agency.closed_at is None


def _columns(model: type[Account] | type[Agency]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


@cache
def _statement() -> str:
    columns = [*(f"account.{name}" for name in _columns(Account)), *(f"agency.{name}" for name in _columns(Agency))]
    return (
        f"select {', '.join(columns)} from accounts_account account join agencies_agency agency on agency.id = account.agency_id"
        " where account.id = %s::uuid and account.is_active and agency.closed_at is null"
    )
