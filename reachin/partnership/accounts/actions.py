"""Ending and reopening accounts and agencies, factors that were lost, and changing a password: all are felt within one request."""

from datetime import datetime

from django.core.exceptions import PermissionDenied

from reachin.groundwork.audited_access.audit import record
from reachin.groundwork.one_time_links.actions import end_links
from reachin.groundwork.permissions.enums import Permission, Role
from reachin.partnership.agencies.models import Agency

from .models import Account, AuthenticatorApp, Passkey, RecoveryCode, SignInProvider
from .notices import tell_account
from .sessions import end_other_sessions, end_sessions


class NotSo(ValueError):
    """It is so already: what should end is ended, what should open again is open."""


def end_account(account: Account, *, by: Account, now: datetime) -> Account:
    """Ends an account: whoever holds it is out with their next request, and cannot come in again by any way.

    All sessions end, listed or not; half-made sign-ins (a password without its second step) lead nowhere; one-time links that end with
    the account lead nowhere; passkeys, app, recovery codes and the agency's own sign-in are refused while it is ended. No device is
    remembered that could be used instead. What they wrote and opened stays.

    `by`: an information guardian of the account's own agency, or an administrator, and not the account itself. Raises PermissionDenied
    for anybody else, NotSo when it is ended already. Writes account.ended and account.sessions_ended to the audit. Call it inside `acting`.
    """
    held = _account_to_end(account, by)
    if not held.is_active:
        raise NotSo
    held.is_active, held.ended_at, held.ended_by = False, now, by.id
    held.save(update_fields=["is_active", "ended_at", "ended_by"])
    end_sessions(held)
    end_links(account_id=held.id, because="account.ended", now=now)
    record("account.ended", subject_kind="account", subject_id=held.id, fields=["is_active"])
    return held


def reopen_account(account: Account, *, by: Account, now: datetime) -> Account:
    """Opens an ended account again, with the password and the factors that it had; no session of before comes back.

    `by` as in `end_account`. Raises PermissionDenied, NotSo when it is not ended. It does not open an agency that is ended: the account
    works when both do. Writes account.reopened.
    """
    held = _account_to_end(account, by)
    if held.is_active:
        raise NotSo
    held.is_active, held.ended_at, held.ended_by = True, None, None
    held.save(update_fields=["is_active", "ended_at", "ended_by"])
    end_sessions(held)
    record("account.reopened", subject_kind="account", subject_id=held.id, fields=["is_active"])
    return held


def forget_factors(account: Account, *, by: Account, now: datetime) -> Account:
    """Takes away the passkeys, app and recovery codes of somebody who has lost them, after making sure by other means who they are.

    All their sessions end. With their next password they are led to set up anew before anything else. The password stays as it is.

    `by` as in `end_account`, and so never the account itself. Raises PermissionDenied. Writes account.factors_forgotten.
    """
    held = _account_to_end(account, by)
    for factor in (Passkey, AuthenticatorApp, RecoveryCode):
        factor.objects.filter(account=held).delete()
    end_sessions(held)
    record("account.factors_forgotten", subject_kind="account", subject_id=held.id)
    tell_account(held, "account.factors_forgotten", now=now)
    return held


def end_agency(agency: Agency, *, by: Account, now: datetime) -> Agency:
    """Ends an agency: everybody there is out with their next request, and nobody of it comes in again.

    All sessions of all its accounts end, so do its one-time links and theirs, and its own sign-in (OpenID Connect) is disconnected. The
    accounts are left as they are: they do not work while their agency is closed. What the agency recorded, holds and was sent stays:
    passing it on is decided before.

    `by`: an information guardian of this very agency, or an administrator; it may be their own, and then they are out too. Raises
    PermissionDenied for anybody else, NotSo when it is ended already. Writes agency.ended, and account.sessions_ended for each account.
    Call it inside `acting`.
    """
    if not (by.may(Permission.AGENCY_END) and _reaches(by, agency)):
        raise PermissionDenied
    held = Agency.objects.select_for_update().get(id=agency.id)
    if held.closed_at is not None:
        raise NotSo
    held.closed_at, held.closed_by = now, by.id
    held.save(update_fields=["closed_at", "closed_by"])
    for account in Account.objects.select_for_update().filter(agency=held).order_by("id"):
        end_sessions(account)
        end_links(account_id=account.id, because="agency.ended", now=now)
    end_links(agency_id=held.id, because="agency.ended", now=now)
    SignInProvider.objects.filter(agency=held, ended_at=None).update(ended_at=now, ended_by=by.id)
    record("agency.ended", subject_kind="agency", subject_id=held.id, fields=["closed_at"])
    return held


def change_password(account: Account, new: str, *, by: Account, key: str, now: datetime) -> Account:
    """Gives one's own account a new password, which has been judged; every other session ends, the one of `key` goes on.

    Its session must then carry the account's new hash. Raises PermissionDenied for another's account.
    """
    if by.id != account.id:
        raise PermissionDenied
    held = Account.objects.select_for_update().get(id=account.id)
    held.set_password(new)
    held.save(update_fields=["password"])
    record("account.password_changed", subject_kind="account", subject_id=held.id, fields=["password"])
    tell_account(held, "account.password_changed", now=now)
    return end_other_sessions(held, by=by, but=key, now=now)


def _account_to_end(account: Account, by: Account) -> Account:
    held = Account.objects.select_related("agency").select_for_update(of=("self",)).get(id=account.id)
    if not by.may(Permission.ACCOUNT_END) or not _reaches(by, held.agency) or held.id == by.id:
        raise PermissionDenied
    return held


def _reaches(by: Account, agency: Agency) -> bool:
    return by.role == Role.ADMINISTRATOR or by.agency_id == agency.id
