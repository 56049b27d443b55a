from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied

from reachin.families.people.models import PersonDetails
from reachin.groundwork.audited_access.audit import record
from reachin.groundwork.field_encryption import blind_index
from reachin.groundwork.field_encryption.phrases import hash_phrase
from reachin.groundwork.ids import new_reference
from reachin.groundwork.one_time_links.actions import end_links, make_link
from reachin.groundwork.permissions.enums import Permission
from reachin.partnership.accounts.models import Account

from .enums import Ground
from .models import OwnAccount
from .rules import INVITATION_LASTS, PURPOSE, ground_fits

WAY_IN = "requests.way_in"
"""The field under which codes are digested: one page takes the codes of requests and of accounts, and does the same work for both."""


class SamePerson(ValueError):
    """Whoever offered a page does not also make sure that the right person began it."""


class DoesNotFit(ValueError):
    """The ground does not fit the person; `code` is the rule's short code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def invite(
    person_id: UUID, *, by: Account, ground: Ground, why: str, phrase: str, now: datetime, checked: str = ""
) -> tuple[OwnAccount, str]:
    """Invites a person to their own account, and gives the token of a link that works once, with a phrase that worker and person agreed on.

    An invitation that nobody has taken up makes way for a new one, and so does an account: whoever lost their phrase begins anew with a
    worker who has made sure that it is them. `checked` says how they made sure; the database wants it for a record that somebody else's
    asking made. The person must be open. Raises PermissionDenied, DoesNotFit.
    """
    if not by.may(Permission.OWN_ACCOUNT_OFFER):
        raise PermissionDenied
    details = PersonDetails.objects.filter(person_id=person_id).first()
    age = None if details is None else details.facts().age_on(now.date())
    wrong = ground_fits(ground, age=age, why=why)
    if wrong:
        raise DoesNotFit(wrong)
    for before in OwnAccount.objects.select_for_update().filter(person_id=person_id, ended_at=None):
        _end(before, by=by.id, now=now)
    account = OwnAccount(person_id=person_id, ground=ground, invited_at=now, invited_by=by.id)
    if why.strip():
        account.keep_why(why.strip())
    if checked.strip():
        account.keep_checked(checked.strip())
    account.save(force_insert=True)
    _, token = make_link(PURPOSE, account.id, by=by.id, phrase=phrase, lasts=INVITATION_LASTS, agency_id=by.agency_id, now=now)
    record("own_account.offered", subject_kind="person", subject_id=person_id, fields=["ground"])
    return account, token


def begin(account_id: UUID, *, phrase: str, now: datetime, code: Callable[[], str] = new_reference) -> str:
    """The person takes up the invitation whose link they used, with a phrase of their own; gives the code that goes with it.

    The code lets nobody in before a second worker made sure that it is them (`confirm`).
    Raises OwnAccount.DoesNotExist for one that has ended or was begun before.
    """
    account = OwnAccount.objects.select_for_update().get(id=account_id, begun_at=None, ended_at=None)
    reference = code()
    account.reference_digest = blind_index(reference, field=WAY_IN)
    account.phrase_hash = hash_phrase(phrase)
    account.begun_at, account.begun_by = now, account.id
    account.save(update_fields=["reference_digest", "phrase_hash", "begun_at", "begun_by"])
    record("own_account.begun", subject_kind="own_account", subject_id=account.id)
    return reference


def confirm(account_id: UUID, *, by: Account, now: datetime) -> OwnAccount:
    """A second worker has asked the person, and made sure that nobody else began it: from now on it lets them in. Twice is once.

    The person must be open. Raises PermissionDenied, SamePerson for whoever offered it, OwnAccount.DoesNotExist for what is not open.
    """
    if not by.may(Permission.OWN_ACCOUNT_OFFER):
        raise PermissionDenied
    account = OwnAccount.objects.select_for_update().get(id=account_id, ended_at=None)
    if account.invited_by == by.id:
        raise SamePerson
    if account.confirmed_at is None:
        account.confirmed_at, account.confirmed_by = now, by.id
        account.save(update_fields=["confirmed_at", "confirmed_by"])
        record("own_account.confirmed", subject_kind="own_account", subject_id=account.id)
    return account


def end_account(account_id: UUID, *, by: UUID, now: datetime) -> OwnAccount:
    """The person, or a worker who has them open, ends the account: it lets nobody in from now on. Twice is once.

    Raises OwnAccount.DoesNotExist for what is not open.
    """
    held = OwnAccount.objects.select_for_update().filter(id=account_id, ended_at=None).first()
    return OwnAccount.objects.get(id=account_id) if held is None else _end(held, by=by, now=now)


def _end(account: OwnAccount, *, by: UUID, now: datetime) -> OwnAccount:
    account.ended_at, account.ended_by = now, by
    account.save(update_fields=["ended_at", "ended_by"])
    end_links(because="account ended", purpose=PURPOSE, subject_id=account.id, now=now)
    record("own_account.ended", subject_kind="own_account", subject_id=account.id)
    return account
