"""A visit of a member of staff: how it begins, what its session carries, and what comes before a page."""

import time
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from reachin.groundwork.audited_access.context import acting
from reachin.groundwork.audited_access.pages import PageMark
from reachin.groundwork.clock import now
from reachin.groundwork.page_parts.pages import render
from reachin.interfaces.hub.navigation import staff_context
from reachin.partnership.accounts.enums import Means
from reachin.partnership.accounts.models import Account
from reachin.partnership.accounts.rules import USE_KEPT_EVERY, is_fresh, is_two_factor, was_left_alone
from reachin.partnership.accounts.sessions import begin_session, change_means, use_session

BACKEND = "reachin.partnership.accounts.backend.StaffBackend"
START = "practitioner:start"
MEANS = "means"
"""Session key: by what this visit was begun."""
USED_AT = "used_at"
"""Session key: when this visit was used last (seconds since 1970), to some minutes."""
FRESH_AT = "fresh_at"
"""Session key: when its bearer last proved who they are (seconds since 1970)."""
NEVER_GIVEN_BACK = frozenset({"csrfmiddlewaretoken", "password", "new", "twice", "code", "credential"})
"""What is typed to sign in stands on no page again."""
_noted: set[tuple[int, str]] = set()
"""The hour and session of what this process has kept of uses: so that a page need not ask the database."""


def begin_visit(request: HttpRequest, account: Account, means: Means, *, proved_at: datetime | None = None) -> None:
    """Signs the account in under a new session; nothing of an earlier visit comes along.

    `proved_at`, an aware moment, is when they proved who they are, where that was elsewhere; without it that is now.
    """
    request.session.flush()
    login(request, account, backend=BACKEND)
    with acting(account.actor()) as moment:
        agent = request.headers.get("User-Agent", "")
        begin_session(account, by=account, key=key_of(request), means=means, user_agent=agent, now=moment)
    request.session[MEANS] = means.value
    request.session[FRESH_AT] = (proved_at or moment).timestamp()
    request.session[USED_AT] = time.time()


def key_of(request: HttpRequest) -> str:
    """The key of this visit's session."""
    return request.session.session_key or ""


def proved_again(request: HttpRequest, account: Account, means: Means, *, moment: datetime) -> None:
    """Whoever is here has just proved who they are, by these means. Two factors are never taken back by fewer."""
    request.session[FRESH_AT] = moment.timestamp()
    request.session[USED_AT] = time.time()
    if is_two_factor(means) or not is_two_factor(request.session.get(MEANS, "")):
        changed_means(request, account, means)


def changed_means(request: HttpRequest, account: Account, means: Means) -> None:
    """From now on this visit counts as begun by these means."""
    request.session[MEANS] = means.value
    change_means(account, by=account, key=key_of(request), means=means)


def stay_signed_in(request: HttpRequest, account: Account) -> None:
    """Keeps this visit when all others were ended."""
    request.session[HASH_SESSION_KEY] = Account.objects.get(id=account.id).get_session_auth_hash()


def comes_first(request: HttpRequest, account: Account, mark: PageMark) -> HttpResponse | None:
    """What somebody signed in must do before this page: say that it is still they, set up a second factor, or sign in again; else None.

    The one place that asks. A second factor is a must in production, and no setting says otherwise. What the role may not see at all is
    left to be missing.
    """
    if _was_left_alone(request):
        return None if mark.while_away else _away_page(request)
    _note_use(request)
    if mark.permission is not None and not account.may(mark.permission):
        return None
    if not mark.before_factor and needs_factor(request):
        return redirect("practitioner:security")
    if mark.fresh and not was_proved_lately(request):
        if any(word for _name, word in _typed(request)):
            return _kept_page(request, was_left_alone=False)
        return redirect(f"{resolve_url('practitioner:again')}?{urlencode({'next': request.path})}")
    return None


def _was_left_alone(request: HttpRequest) -> bool:
    """Whether this visit was not used for long. Otherwise it is used now, which is kept every few minutes."""
    moment = time.time()
    last = request.session.get(USED_AT)
    if last is not None and was_left_alone(datetime.fromtimestamp(last, UTC), now=datetime.fromtimestamp(moment, UTC)):
        return True
    if last is None or moment - last > USE_KEPT_EVERY.total_seconds():
        request.session[USED_AT] = moment
    return False


def _away_page(request: HttpRequest) -> HttpResponse:
    """Asks whoever comes back to say that it is they. What they had typed stays on their own page, to be sent once more; a page that
    was only to be looked at is gone to afterwards."""
    if request.method != "POST":
        return redirect(f"{resolve_url('practitioner:again')}?{urlencode({'next': request.path, 'away': 'yes'})}")
    return _kept_page(request, was_left_alone=True)


def _kept_page(request: HttpRequest, *, was_left_alone: bool) -> HttpResponse:
    """What was being sent, kept on their own page until they have proved who they are; nothing of it is done yet."""
    return render(
        request,
        "practitioner/left_alone.html",
        {**staff_context(request), "navigation": [], "kept": _typed(request), "was_left_alone": was_left_alone},
        status=403,
    )


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """What was being sent, but for secrets, which are never given back."""
    return [(name, str(word)) for name, typed in request.POST.lists() if name not in NEVER_GIVEN_BACK for word in typed]


def needs_factor(request: HttpRequest) -> bool:
    """Whether this visit may not go on without a second factor."""
    return settings.MODE == "production" and not is_two_factor(request.session.get(MEANS, ""))


def frame(request: HttpRequest) -> dict[str, Any]:
    """What the page's head shows: no other pages while nothing else is served."""
    return {**staff_context(request), **({"navigation": []} if needs_factor(request) else {})}


def was_proved_lately(request: HttpRequest) -> bool:
    """Whether whoever is here proved within the last minutes who they are."""
    kept = request.session.get(FRESH_AT)
    return kept is not None and is_fresh(datetime.fromtimestamp(kept, UTC), now=now())


def onward(request: HttpRequest, wished: str) -> str:
    """Where to go next: the page that was wished for if it is one of ours, else where the role begins."""
    is_ours = url_has_allowed_host_and_scheme(wished, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return wished if is_ours else resolve_url(START)


def _note_use(request: HttpRequest) -> None:
    """Keeps in which hour this visit was used, once an hour."""
    hour, key = int(time.time()) // 3600, key_of(request)
    if MEANS not in request.session or (hour, key) in _noted:
        return
    if any(earlier != hour for earlier, _key in list(_noted)[:1]):
        _noted.clear()
    _noted.add((hour, key))
    use_session(key, now=now())
