"""A forgotten password: whoever helps makes a link that works once, and never learns or chooses the password. No factor is passed over."""

from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied

from reachin.groundwork.audited_access.audit import record
from reachin.groundwork.one_time_links.actions import make_link
from reachin.groundwork.permissions.enums import Permission, Role

from .models import Account
from .notices import tell_account
from .sessions import end_sessions

PURPOSE = "password.choose"
LINK_LASTS = timedelta(hours=1)
CHOOSE_WITHIN = timedelta(minutes=10)


def offer_new_password(account: Account, *, by: Account, phrase: str, now: datetime) -> str:
    """Makes a link by which somebody chooses a new password, and gives its token: to be sent to their work address, and shown to nobody.

    It needs the words that both agreed on, works once within an hour, and ends with the account. The password and every session stay as
    they are until it is used. `by`: an information guardian of the account's agency, or an administrator, and not the account itself.
    Raises PermissionDenied.
    """
    held = Account.objects.select_related("agency").get(id=account.id)
    reaches = by.role == Role.ADMINISTRATOR or by.agency_id == held.agency_id
    if not (by.may(Permission.ACCOUNT_END) and reaches and held.id != by.id and held.is_active):
        raise PermissionDenied
    _, token = make_link(PURPOSE, held.id, by=by.id, phrase=phrase, lasts=LINK_LASTS, account_id=held.id, agency_id=held.agency_id, now=now)
    record("account.new_password_offered", subject_kind="account", subject_id=held.id)
    return token


def choose_new_password(account_id: UUID, new: str, *, now: datetime) -> Account:
    """Whoever has used the link chooses a password, which has been judged. Every session ends, and nobody is signed in by it.

    Raises Account.DoesNotExist where the account or its agency works no more.
    """
    held = Account.objects.active().select_for_update(of=("self",)).get(id=account_id)
    held.set_password(new)
    held.save(update_fields=["password"])
    record("account.password_changed", subject_kind="account", subject_id=held.id, fields=["password"])
    tell_account(held, "account.password_changed", now=now)
    return end_sessions(held)
