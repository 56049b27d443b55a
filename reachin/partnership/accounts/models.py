from collections.abc import Mapping
from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from reachin.groundwork.audited_access.context import Actor
from reachin.groundwork.ids import new_id
from reachin.groundwork.permissions.enums import Permission, Role
from reachin.groundwork.permissions.rules import may
from reachin.partnership.agencies.models import Agency


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
        "password": "sensitive",
        "last_login": "safe",
    }

    objects: ClassVar[AccountManager] = AccountManager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="account_role_known"),
            models.UniqueConstraint(Lower("email"), name="account_email_once_in_any_case"),
        ]

    def __str__(self) -> str:
        return self.name

    def may(self, permission: Permission) -> bool:
        """Whether this account's role carries the permission and the account works."""
        return self.is_active and self.agency.closed_at is None and may(self.role, permission)

    def actor(self) -> Actor:
        """This account, acting for its agency."""
        return Actor.staff(user=self.id, agency=self.agency_id, role=self.role)
