"""What a member of staff proves who they are with, besides the password: apps, passkeys, recovery codes."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import PermissionDenied
from django.db.models import Q

from reachin.groundwork.audited_access.audit import record
from reachin.groundwork.field_encryption import seal, unseal
from reachin.groundwork.ids import new_id

from .enums import Means
from .models import Account, AuthenticatorApp, FactorTry, Passkey, RecoveryCode
from .notices import tell_account
from .passkeys import Here, NotVerified, credential_of, made_passkey, shown_passkey
from .rules import (
    RECOVERY_ALPHABET,
    RECOVERY_CODES,
    RECOVERY_LENGTH,
    SEED_BYTES,
    TRIES_KEPT,
    device_words,
    is_app_code,
    matching_step,
    may_try,
    reaches_limit,
    recovery_place,
    recovery_words,
    tidy_code,
)
from .sessions import end_other_sessions

SEED = AuthenticatorApp.SEALED_FIELD


class AlreadyThere(ValueError):
    """There is an app already, or this passkey."""


def has_factor(account: Account) -> bool:
    """Whether a second step is asked of this account: it has a passkey, or an app that it typed a code from."""
    return has_passkey(account) or has_app(account)


def has_passkey(account: Account) -> bool:
    return Passkey.objects.filter(account=account).exists()


def has_app(account: Account) -> bool:
    return AuthenticatorApp.objects.filter(account=account, confirmed_at__isnull=False).exists()


def codes_left(account: Account) -> int:
    """How many recovery codes still work."""
    return RecoveryCode.objects.filter(account=account, used_at=None).count()


def seed_of(app: AuthenticatorApp) -> bytes:
    """The seed from which an app makes its codes (20 bytes)."""
    return bytes.fromhex(unseal(app.seed, field=SEED, row=app.id))


# The app


def offer_app(account: Account, *, by: Account, now: datetime) -> AuthenticatorApp:
    """A seed for an app, which counts once a code from it was typed; an earlier offer is forgotten.

    Raises AlreadyThere when an app counts already, PermissionDenied for another's account.
    """
    held = _own(account, by)
    if has_app(held):
        raise AlreadyThere
    AuthenticatorApp.objects.filter(account=held).delete()
    row = new_id()
    sealed = seal(secrets.token_bytes(SEED_BYTES).hex(), field=SEED, row=row)
    return AuthenticatorApp.objects.create(id=row, account=held, seed=sealed, offered_at=now)


def confirm_app(account: Account, typed: str, *, by: Account, key: str, now: datetime) -> bool:
    """Whether this is a code of the offered app, which then counts from now on; no if nothing was offered.

    A first factor ends the account's other sessions, which were begun without it; `key` is the session that stays.
    """
    held = _own(account, by)
    app = AuthenticatorApp.objects.filter(account=held, confirmed_at=None).first()
    step = matching_step(seed_of(app), tidy_code(typed), now=now, after=0) if app is not None else None
    if app is None or step is None:
        return False
    is_first = not has_factor(held)
    app.confirmed_at, app.confirmed_by, app.last_step = now, by.id, step
    app.save()
    record("account.app_added", subject_kind="account", subject_id=held.id)
    tell_account(held, "account.app_added", now=now)
    if is_first:
        end_other_sessions(held, by=by, but=key, now=now)
    return True


def remove_app(account: Account, *, by: Account, key: str, now: datetime) -> Account:
    """The app counts no more, and the account's other sessions end. Gives the account with its new round."""
    held = _own(account, by)
    if AuthenticatorApp.objects.filter(account=held).delete()[0]:
        record("account.app_removed", subject_kind="account", subject_id=held.id)
        tell_account(held, "account.app_removed", now=now)
    return _after_removal(held, by=by, key=key, now=now)


# Passkeys


def add_passkey(
    account: Account, credential: str, *, challenge: str, here: Here, by: Account, key: str, user_agent: str, now: datetime
) -> Passkey:
    """Keeps a passkey that a browser has just made (`credential`: its JSON) for this challenge.

    Raises NotVerified when it was not made here, for this, by somebody present; AlreadyThere when it is known;
    PermissionDenied for another's account. A first factor ends the account's other sessions.
    """
    held = _own(account, by)
    made = made_passkey(credential, challenge=challenge, here=here)
    if Passkey.objects.filter(credential_id=made.credential_id).exists():
        raise AlreadyThere
    is_first = not has_factor(held)
    passkey = Passkey.objects.create(
        account=held,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        device=device_words(user_agent),
        added_at=now,
        added_by=by.id,
    )
    record("account.passkey_added", subject_kind="account", subject_id=held.id)
    tell_account(held, "account.passkey_added", now=now)
    if is_first:
        end_other_sessions(held, by=by, but=key, now=now)
    return passkey


def remove_passkey(passkey: Passkey, *, by: Account, key: str, now: datetime) -> Account:
    """Forgets a passkey of one's own; the other sessions end. Gives the account with its new round."""
    held = _own(passkey.account, by)
    passkey.delete()
    record("account.passkey_removed", subject_kind="account", subject_id=held.id)
    tell_account(held, "account.passkey_removed", now=now)
    return _after_removal(held, by=by, key=key, now=now)


def use_passkey(credential: str, *, challenge: str, here: Here, now: datetime) -> Account:
    """The account whose passkey answered this challenge (`credential`: the browser's JSON), while it and its agency work.

    Raises NotVerified for every other answer, for whatever reason: a stranger learns none.
    """
    passkey = _passkey_shown(credential)
    shown = shown_passkey(credential, challenge=challenge, here=here, known=passkey)
    passkey.sign_count, passkey.last_used_at = shown.new_sign_count, now
    passkey.save(update_fields=["sign_count", "last_used_at"])
    return passkey.account


def _passkey_shown(credential: str) -> Passkey:
    told = credential_of(credential)
    works = Q(account__is_active=True, account__agency__closed_at=None)
    known = Passkey.objects.select_for_update(of=("self",)).select_related("account__agency")
    passkey = known.filter(works, credential_id=told.credential_id).first()
    if passkey is None or told.holder not in (None, passkey.account_id):
        raise NotVerified
    return passkey


# Recovery codes


def make_recovery_codes(account: Account, *, by: Account, now: datetime) -> list[str]:
    """Ten new codes as they are shown, this once; the earlier ones work no more. Raises PermissionDenied for another's account."""
    held = _own(account, by)
    codes = [RECOVERY_ALPHABET[place] + _random_code() for place in range(RECOVERY_CODES)]
    RecoveryCode.objects.filter(account=held).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(account=held, place=place, code=make_password(code), made_at=now, made_by=by.id) for place, code in enumerate(codes)
    )
    record("account.recovery_codes_made", subject_kind="account", subject_id=held.id)
    tell_account(held, "account.recovery_codes_made", now=now)
    return [recovery_words(code) for code in codes]


def _random_code() -> str:
    return "".join(secrets.choice(RECOVERY_ALPHABET) for _letter in range(RECOVERY_LENGTH - 1))


# Codes that are typed


def try_code(account: Account, typed: str, *, now: datetime) -> Means | None:
    """By what a typed code proves that this is them: their app or a recovery code. None when it does not, or they tried too often.

    One try at a time: the account is locked, so that no two guesses pass one limit and no code works twice. A wrong try is kept for a
    day, also when it comes beyond the limit.
    """
    held = Account.objects.select_for_update().get(id=account.id)
    failures = list(FactorTry.objects.filter(account=held, tried_at__gt=now - TRIES_KEPT).values_list("tried_at", flat=True))
    code = tidy_code(typed)
    means = _proves(held, code, now=now) if may_try(failures, now=now) else None
    if means is None:
        FactorTry.objects.create(account=held, tried_at=now)
        record("account.second_step_failed", subject_kind="account", subject_id=held.id)
        if reaches_limit([*failures, now], now=now):
            tell_account(held, "account.codes_refused", now=now)
    return means


def _proves(account: Account, code: str, *, now: datetime) -> Means | None:
    if is_app_code(code):
        return Means.APP if _is_of_app(account, code, now=now) else None
    return Means.RECOVERY_CODE if _is_recovery_code(account, code, now=now) else None


def _is_of_app(account: Account, code: str, *, now: datetime) -> bool:
    app = AuthenticatorApp.objects.filter(account=account, confirmed_at__isnull=False).first()
    step = matching_step(seed_of(app), code, now=now, after=app.last_step) if app is not None else None
    if app is None or step is None:
        return False
    app.last_step = step
    app.save(update_fields=["last_step"])
    return True


def _is_recovery_code(account: Account, code: str, *, now: datetime) -> bool:
    place = recovery_place(code)
    kept = RecoveryCode.objects.filter(account=account, place=place, used_at=None).first() if place is not None else None
    if kept is None:
        make_password(code)  # the same work as for a code that is there
        return False
    if not check_password(code, kept.code):
        return False
    kept.used_at, kept.used_by = now, account.id
    kept.save(update_fields=["used_at", "used_by"])
    record("account.recovery_code_used", subject_kind="account", subject_id=account.id)
    return True


def _own(account: Account, by: Account) -> Account:
    """The account, locked, for its own owner."""
    if by.id != account.id:
        raise PermissionDenied
    return Account.objects.select_related("agency").select_for_update(of=("self",)).get(id=account.id)


def _after_removal(account: Account, *, by: Account, key: str, now: datetime) -> Account:
    if not has_factor(account):
        RecoveryCode.objects.filter(account=account).delete()
    return end_other_sessions(account, by=by, but=key, now=now)


def known_credentials(account: Account) -> Iterable[bytes]:
    """The ids of the account's passkeys, for a browser to look for or to leave out."""
    return [bytes(one) for one in Passkey.objects.filter(account=account).values_list("credential_id", flat=True)]
