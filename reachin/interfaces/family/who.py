from datetime import datetime
from uuid import UUID

from django.contrib.auth import get_user
from django.http import HttpRequest, HttpResponse, QueryDict

from reachin.access.requests_for_assistance.ways_in import renewed_at
from reachin.groundwork.audited_access.context import Actor
from reachin.groundwork.audited_access.pages import PageMark
from reachin.groundwork.clock import now
from reachin.interfaces.practitioner.signing_in_visits import comes_first
from reachin.partnership.accounts.models import Account

OWN_SCOPE = "own_scope"
"""Session key: the id of the draft or request that the visitor bears."""
BORNE_SINCE = "borne_since"
"""Session key: when they came in to it."""
OWN_ACCOUNT = "own_account"
"""Session key: the account from whose page a request was gone to, for the way back."""


def own_scope(request: HttpRequest) -> UUID | None:
    """The id of the draft or request that this visitor may act within."""
    kept = request.session.get(OWN_SCOPE)
    return UUID(kept) if kept else None


def staff_of(request: HttpRequest) -> Account | None:
    """The signed-in account, while it and its agency work; looked up at every request, so that ending one ends it at once."""
    found = get_user(request)
    return found if isinstance(found, Account) else None


def who_acts(request: HttpRequest, mark: PageMark) -> Actor | HttpResponse | None:
    """Who acts on a page of this audience, or what comes first: the middleware's question, answered from the session."""
    if mark.audience == "staff":
        account = staff_of(request)
        request.account = account  # type: ignore[attr-defined]
        return None if account is None else comes_first(request, account, mark) or account.actor()
    scope = own_scope(request)
    if scope is not None and _is_out(request, scope):
        request.session.flush()
        scope = None
    if scope is not None:
        return Actor.family(scope)
    return None if mark.audience == "family" else Actor.visitor()


def _is_out(request: HttpRequest, scope: UUID) -> bool:
    """Whether another phrase was chosen, or the way in ended, after this visitor came in."""
    account = request.session.get(OWN_ACCOUNT)
    renewed = [at for at in (renewed_at(one) for one in (scope, account and UUID(account)) if one) if at is not None]
    since = request.session.get(BORNE_SINCE)
    return bool(renewed) and (since is None or datetime.fromisoformat(since) < max(renewed))


def bearers_scope(request: HttpRequest) -> UUID:
    """The same, on a page that only its bearer reaches."""
    return UUID(request.session[OWN_SCOPE])


def bear(request: HttpRequest, scope: UUID) -> None:
    """From now on this visitor bears the draft or request: under a new session key, so that an old one buys nothing.

    Nothing leads back to what was borne before: whoever comes in next at a shared device may be somebody else.
    """
    request.session.cycle_key()
    request.session.pop(OWN_ACCOUNT, None)
    request.session[OWN_SCOPE] = str(scope)
    request.session[BORNE_SINCE] = now().isoformat()


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, even where it says nothing; None where nothing was."""
    return request.POST if request.method == "POST" else None
