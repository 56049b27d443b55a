"""The sign-in that an agency has of its own: connecting it, and whom it lets in."""

from datetime import datetime
from uuid import UUID

from reachin.groundwork.audited_access.audit import record
from reachin.groundwork.field_encryption import seal, unseal
from reachin.groundwork.ids import new_id
from reachin.partnership.agencies.models import Agency

from .models import Account, ProviderSubject, SignInProvider
from .open_id import Connection, Proved

SECRET = SignInProvider.SEALED_FIELD


def connect_provider(agency: Agency, *, by: UUID, issuer: str, client_id: str, client_secret: str, now: datetime) -> SignInProvider:
    """Connects an agency's own sign-in, in the place of an earlier one; at another issuer everybody is bound anew.

    For whoever runs the service (a command); `by` is the id that the record keeps for them.
    """
    held = SignInProvider.objects.select_for_update().filter(agency=agency).first()
    row = held.id if held is not None else new_id()
    if held is not None and held.issuer != issuer:
        ProviderSubject.objects.filter(provider=held).delete()
    kept = {
        "issuer": issuer,
        "client_id": client_id,
        "client_secret": seal(client_secret, field=SECRET, row=row),
        "connected_at": now,
        "connected_by": by,
        "ended_at": None,
        "ended_by": None,
    }
    provider, _is_new = SignInProvider.objects.update_or_create(agency=agency, defaults=kept, create_defaults={"id": row, **kept})
    record("agency.sign_in_connected", subject_kind="agency", subject_id=agency.id, fields=["issuer", "client_id", "client_secret"])
    return provider


def connection_of(provider: SignInProvider) -> Connection:
    """What is needed to ask this provider."""
    return Connection(provider.issuer, provider.client_id, unseal(provider.client_secret, field=SECRET, row=provider.id))


def account_by(provider: SignInProvider, proved: Proved, *, now: datetime) -> Account | None:
    """The account of the provider's own agency whose address and subject these are; None when there is none. It never makes one.

    The first time binds the subject to the account with that address. From then on both must fit: an address that was given to somebody
    else does not open the account of the one who had it before, nor does a subject whose address changed to another's.
    """
    if provider.ended_at is not None:
        return None
    of_agency = Account.objects.active().select_related("agency").select_for_update(of=("self",))
    account = of_agency.filter(agency_id=provider.agency_id, email__iexact=proved.email).first()
    if account is None:
        return None
    bound = ProviderSubject.objects.filter(provider=provider)
    by_subject, by_account = bound.filter(subject=proved.subject).first(), bound.filter(account=account).first()
    if by_subject is None and by_account is None:
        ProviderSubject.objects.create(provider=provider, subject=proved.subject, account=account, bound_at=now, bound_by=account.id)
        record("account.bound_to_provider", subject_kind="account", subject_id=account.id)
        return account
    return account if by_subject is not None and by_subject.account_id == account.id else None
