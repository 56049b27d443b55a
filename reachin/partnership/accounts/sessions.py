"""Where members of staff are signed in: beginning, using and ending their sessions."""

from datetime import datetime, timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.utils import timezone

from reachin.groundwork.audited_access.audit import record

from .enums import Means
from .models import Account, FactorTry, KnownDevice, StaffSession
from .notices import tell_account
from .rules import TRIES_KEPT, device_words, to_the_hour


def begin_session(account: Account, *, by: Account, key: str, means: Means, user_agent: str, now: datetime) -> StaffSession:
    """Lists the session of that key as begun by these means; what is over, and wrong codes that no longer count, is forgotten.

    Raises PermissionDenied for anybody but the account itself.
    """
    _themselves(account, by)
    forget_what_is_over(account, now=now)
    device = device_words(user_agent)
    session = StaffSession.objects.create(account=account, key=key, means=means, device=device, began_at=now, last_used_at=to_the_hour(now))
    record("account.signed_in", subject_kind="account", subject_id=account.id)
    if means != Means.DEMONSTRATION:
        _know_device(account, device, now=now)
    return session


def _know_device(account: Account, device: str, *, now: datetime) -> None:
    """Keeps with what kind of device they came, and tells them where it is another than before; of their first nobody has to be told."""
    had_one = KnownDevice.objects.filter(account=account).exists()
    _kept, is_new = KnownDevice.objects.get_or_create(account=account, device=device, defaults={"first_at": now})
    if is_new and had_one:
        tell_account(account, "account.new_device", now=now)


def use_session(key: str, *, now: datetime) -> None:
    """Keeps that a session is used in this hour. Writes nothing when that is known, or the session is not listed."""
    StaffSession.objects.filter(key=key, last_used_at__lt=to_the_hour(now)).update(last_used_at=to_the_hour(now))


def change_means(account: Account, *, by: Account, key: str, means: Means) -> None:
    """Keeps that the session of that key has proved more since it began."""
    _themselves(account, by)
    StaffSession.objects.filter(account=account, key=key).update(means=means)


def sessions_of(account: Account) -> QuerySet[StaffSession]:
    """Where this account is signed in, used last first."""
    return StaffSession.objects.filter(account=account, key__in=_running()).order_by("-last_used_at", "-began_at")


def end_session(session: StaffSession, *, by: Account, now: datetime) -> None:
    """Ends one session of one's own; its next request is a stranger's. Raises PermissionDenied for another's."""
    if session.account_id != by.id:
        raise PermissionDenied
    Session.objects.filter(session_key=session.key).delete()
    session.delete()
    record("session.ended", subject_kind="account", subject_id=by.id)


def leave(account: Account, *, by: Account, key: str, now: datetime) -> None:
    """Signs out: the session of that key is no longer listed. The caller throws the session itself away."""
    _themselves(account, by)
    StaffSession.objects.filter(account=account, key=key).delete()
    record("account.signed_out", subject_kind="account", subject_id=account.id)


def end_other_sessions(account: Account, *, by: Account, but: str, now: datetime) -> Account:
    """Ends every session of one's own but the one of that key, listed or not. Gives the account with its new round.

    The caller's own session must then carry `account.get_session_auth_hash()`, or it is over too. Raises PermissionDenied for another's.
    """
    _themselves(account, by)
    return end_sessions(account, but=but)


def end_sessions(account: Account, *, but: str = "") -> Account:
    """Ends an account's sessions and half-made sign-ins: part of actions that have asked whether they may."""
    Account.objects.filter(id=account.id).update(session_round=F("session_round") + 1)
    account.refresh_from_db(fields=["session_round"])
    ended = StaffSession.objects.filter(account=account).exclude(key=but)
    Session.objects.filter(session_key__in=list(ended.values_list("key", flat=True))).delete()
    ended.delete()
    record("account.sessions_ended", subject_kind="account", subject_id=account.id)
    return account


def forget_what_is_over(account: Account, *, now: datetime) -> None:
    """Forgets sessions that ended by themselves, and wrong codes that no longer count."""
    StaffSession.objects.filter(account=account).exclude(key__in=_running()).delete()
    FactorTry.objects.filter(account=account, tried_at__lte=now - TRIES_KEPT).delete()


def forget_ended(now: datetime) -> int:
    """Forgets sessions that are over, wrong codes that no longer count, and tries to sign in (with the network address that they came
    from) as soon as they shut nobody out any more; gives how many rows."""
    over = StaffSession.objects.exclude(key__in=_running())
    tries = FactorTry.objects.filter(tried_at__lte=now - TRIES_KEPT)
    knocks = AccessAttempt.objects.filter(attempt_time__lte=timezone.now() - timedelta(hours=settings.AXES_COOLOFF_TIME))
    return sum(rows.delete()[0] for rows in (over, tries, knocks))


def _running() -> QuerySet[Session, str]:
    """The keys of sessions that are not over, by the machine's clock: Django ends sessions by that one."""
    return Session.objects.filter(expire_date__gt=timezone.now()).values_list("session_key", flat=True)


def _themselves(account: Account, by: Account) -> None:
    if by.id != account.id:
        raise PermissionDenied
