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


class DoesNotFit(ValueError):
    """The ground does not fit the person; `code` is the rule's short code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def invite(person_id: UUID, *, by: Account, ground: Ground, why: str, phrase: str, now: datetime) -> tuple[OwnAccount, str]:
    """Invites a person to their own account, and gives the token of a link that works once, with a phrase that worker and person agreed on.

    An invitation that nobody has taken up makes way for a new one, and so does an account: whoever lost their phrase begins anew with a
    worker who has made sure that it is them. The person must be open. Raises PermissionDenied, DoesNotFit.
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
    account.save(force_insert=True)
    _, token = make_link(PURPOSE, account.id, by=by.id, phrase=phrase, lasts=INVITATION_LASTS, agency_id=by.agency_id, now=now)
    record("own_account.offered", subject_kind="person", subject_id=person_id, fields=["ground"])
    return account, token


def begin(account_id: UUID, *, phrase: str, now: datetime, code: Callable[[], str] = new_reference) -> str:
    """The person takes up the invitation whose link they used, with a phrase of their own; gives the code that goes with it.

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


def end_account(account_id: UUID, *, by: UUID, now: datetime) -> OwnAccount:
    """The person, or a worker who has them open, ends the account: it lets nobody in from now on. Twice is once.

    Raises OwnAccount.DoesNotExist for what is not open.
    """
    return _end(OwnAccount.objects.select_for_update().get(id=account_id), by=by, now=now)


def _end(account: OwnAccount, *, by: UUID, now: datetime) -> OwnAccount:
    if account.ended_at is None:
        account.ended_at, account.ended_by = now, by
        account.save(update_fields=["ended_at", "ended_by"])
        end_links(because="account ended", purpose=PURPOSE, subject_id=account.id, now=now)
        record("own_account.ended", subject_kind="own_account", subject_id=account.id)
    return account
