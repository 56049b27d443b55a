from collections.abc import Iterator, Mapping
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from reachin.groundwork.audited_access.context import Actor
from reachin.groundwork.clock.constraints import both_or_none
from reachin.groundwork.ids import new_id
from reachin.groundwork.permissions.enums import Permission, Role
from reachin.groundwork.permissions.rules import may
from reachin.partnership.agencies.models import Agency

from .enums import Means

SESSION_SALT = "reachin.partnership.accounts.session"


class AccountQuerySet(models.QuerySet["Account"]):
    def active(self) -> Self:
        """Accounts that work: neither they nor their agency are closed."""
        return self.filter(is_active=True, agency__closed_at=None)


class AccountManager(BaseUserManager["Account"]):
    def get_queryset(self) -> AccountQuerySet:
        return AccountQuerySet(self.model, using=self._db)

    def active(self) -> AccountQuerySet:
        return self.get_queryset().active()

    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(email__iexact=username)


class Account(AbstractBaseUser):
    """A member of staff as the product knows them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    job_title = models.CharField(max_length=120, blank=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="accounts")
    role = models.CharField(max_length=30, choices=Role)
    is_active = models.BooleanField(default=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)
    session_round = models.PositiveIntegerField(default=0, db_default=0)
    """Rises when sessions are ended: a session of an earlier round is nobody's, even where its row was missed."""

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "email": "identifies",
        "name": "identifies",
        "job_title": "safe",
        "agency": "safe",
        "role": "safe",
        "is_active": "safe",
        "ended_at": "safe",
        "ended_by": "safe",
        "session_round": "safe",
        "password": "sensitive",
        "last_login": "safe",
    }

    objects: ClassVar[AccountManager] = AccountManager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="account_role_known"),
            models.UniqueConstraint(Lower("email"), name="account_email_once_in_any_case"),
            both_or_none("ended_at", "ended_by", name="account_ended_by_somebody"),
        ]

    def __str__(self) -> str:
        return self.name

    def may(self, permission: Permission) -> bool:
        """Whether this account's role carries the permission and the account works."""
        return self.is_active and self.agency.closed_at is None and may(self.role, permission)

    def actor(self) -> Actor:
        """This account, acting for its agency."""
        return Actor.staff(user=self.id, agency=self.agency_id, role=self.role)

    def get_session_auth_hash(self) -> str:
        """What a session must carry to be theirs: it changes with the password and with each round of sessions."""
        return self._session_hash(settings.SECRET_KEY)

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """The same under secrets that are being rotated out."""
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._session_hash(secret)

    def _session_hash(self, secret: str | bytes) -> str:
        told = f"{self.session_round}|{self.password}"
        return salted_hmac(SESSION_SALT, told, secret=secret, algorithm="sha256").hexdigest()


class Passkey(models.Model):
    """A passkey of a member of staff: what proves that they hold it, never the key itself."""

    UNSEALED: ClassVar[Mapping[str, str]] = {
        "credential_id": "what the passkey is called; it is looked up by it",
        "public_key": "a public key opens nothing",
    }

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="passkeys")
    credential_id = models.BinaryField(unique=True, max_length=1023)
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField()
    device = models.CharField(max_length=60, blank=True)
    added_at = models.DateTimeField()
    added_by = models.UUIDField()
    last_used_at = models.DateTimeField(null=True)

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "account": "identifies",
        "credential_id": "sensitive",
        "public_key": "sensitive",
        "sign_count": "safe",
        "device": "safe",
        "added_at": "safe",
        "added_by": "identifies",
        "last_used_at": "safe",
    }

    def __str__(self) -> str:
        return str(self.id)


class AuthenticatorApp(models.Model):
    """The app that shows a member of staff a code every half minute; it counts once they typed a code from it."""

    SEALED_FIELD: ClassVar = "accounts.app_seed"
    SEALED: ClassVar[Mapping[str, str]] = {"seed": SEALED_FIELD}

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="app")
    seed = models.BinaryField()
    """Sealed, bound to this row."""
    last_step = models.BigIntegerField(default=0)
    """The step of the code that was used last: no code works twice."""
    offered_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.UUIDField(null=True)

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "account": "identifies",
        "seed": "sensitive",
        "last_step": "safe",
        "offered_at": "safe",
        "confirmed_at": "safe",
        "confirmed_by": "identifies",
    }

    class Meta:
        constraints: ClassVar = [
            both_or_none("confirmed_at", "confirmed_by", name="authenticator_app_confirmed_by_somebody"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class RecoveryCode(models.Model):
    """One of the codes for the day on which the phone is lost: works once, and is kept as a digest."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="recovery_codes")
    place = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=128)
    made_at = models.DateTimeField()
    made_by = models.UUIDField()
    used_at = models.DateTimeField(null=True)
    used_by = models.UUIDField(null=True)

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "account": "identifies",
        "place": "safe",
        "code": "sensitive",
        "made_at": "safe",
        "made_by": "identifies",
        "used_at": "safe",
        "used_by": "identifies",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "place"], name="recovery_code_once_in_its_place"),
            both_or_none("used_at", "used_by", name="recovery_code_used_by_somebody"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class FactorTry(models.Model):
    """A wrong code: when, for which account. Kept for a day, to limit guessing."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    tried_at = models.DateTimeField()

    privacy: ClassVar[Mapping[str, str]] = {"id": "safe", "account": "identifies", "tried_at": "safe"}

    class Meta:
        indexes: ClassVar = [models.Index(fields=["account", "tried_at"], name="factor_tries_of_account")]

    def __str__(self) -> str:
        return str(self.id)


class StaffSession(models.Model):
    """Where a member of staff is signed in, as they themselves see it. No network address is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="sessions")
    key = models.CharField(max_length=40, unique=True)
    """Django's key of the session, by which it is ended."""
    means = models.CharField(max_length=20, choices=Means)
    device = models.CharField(max_length=60, blank=True)
    began_at = models.DateTimeField()
    last_used_at = models.DateTimeField()
    """To the hour."""

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "account": "identifies",
        "key": "sensitive",
        "means": "safe",
        "device": "safe",
        "began_at": "safe",
        "last_used_at": "safe",
    }

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(means__in=Means.values), name="staff_session_means_known")]

    def __str__(self) -> str:
        return str(self.id)


class KnownDevice(models.Model):
    """A kind of browser and device that somebody has signed in with before, in words: of another kind they are told. It lets nobody in."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="known_devices")
    device = models.CharField(max_length=60, blank=True)
    first_at = models.DateTimeField()

    privacy: ClassVar[Mapping[str, str]] = {"id": "safe", "account": "identifies", "device": "safe", "first_at": "safe"}

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "device"], name="known_device_once")]

    def __str__(self) -> str:
        return self.device


class StaffHome(models.Model):
    """The street in which a member of staff lives, as a keyed digest of its postcode: it can be compared and not read.

    Optional. Said by themselves, or by their agency. Apart from the account, so that only the comparison ever loads it.
    """

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.PROTECT, related_name="home")
    postcode_digest = models.BinaryField()
    said_at = models.DateTimeField()
    said_by = models.UUIDField()

    privacy: ClassVar[Mapping[str, str]] = {
        "account": "identifies",
        "postcode_digest": "identifies",
        "said_at": "safe",
        "said_by": "identifies",
    }

    def __str__(self) -> str:
        return str(self.account_id)


class SignInProvider(models.Model):
    """The OpenID Connect sign-in that an agency has of its own."""

    SEALED_FIELD: ClassVar = "accounts.provider_secret"
    SEALED: ClassVar[Mapping[str, str]] = {"client_secret": SEALED_FIELD}

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.OneToOneField(Agency, on_delete=models.PROTECT, related_name="sign_in_provider")
    issuer = models.URLField(max_length=200)
    client_id = models.CharField(max_length=200)
    client_secret = models.BinaryField()
    """Sealed, bound to this row."""
    connected_at = models.DateTimeField()
    connected_by = models.UUIDField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "agency": "safe",
        "issuer": "safe",
        "client_id": "safe",
        "client_secret": "sensitive",
        "connected_at": "safe",
        "connected_by": "identifies",
        "ended_at": "safe",
        "ended_by": "identifies",
    }

    class Meta:
        constraints: ClassVar = [
            both_or_none("ended_at", "ended_by", name="sign_in_provider_ended_by_somebody"),
        ]

    def __str__(self) -> str:
        return self.issuer


class ProviderSubject(models.Model):
    """Whom an agency's own sign-in means by one of its subjects: bound at the first sign-in, and from then on to that account only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    provider = models.ForeignKey(SignInProvider, on_delete=models.PROTECT, related_name="subjects")
    subject = models.CharField(max_length=255)
    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="provider_subject")
    bound_at = models.DateTimeField()
    bound_by = models.UUIDField()

    privacy: ClassVar[Mapping[str, str]] = {
        "id": "safe",
        "provider": "safe",
        "subject": "identifies",
        "account": "identifies",
        "bound_at": "safe",
        "bound_by": "identifies",
    }

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["provider", "subject"], name="provider_subject_is_one_account")]

    def __str__(self) -> str:
        return str(self.id)
