from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from reachin.groundwork.audited_access.pages import staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.page_parts.pages import render
from reachin.interfaces.hub.navigation import account_of, staff_context
from reachin.partnership.accounts import sessions as keeping
from reachin.partnership.accounts.enums import Means
from reachin.partnership.accounts.models import StaffSession

from .signing_in_visits import key_of, stay_signed_in

DONE = {"ended": _("You are signed out there."), "others": _("You are signed out everywhere else.")}


@staff_page()
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """Where this member of staff is signed in: on what, since when, used last in which hour."""
    account, here = account_of(request), key_of(request)
    rows = [
        {"id": one.id, "device": one.device, "means": Means(one.means).label, "began_at": one.began_at, "last_used_at": one.last_used_at}
        | {"is_here": one.key == here}
        for one in keeping.sessions_of(account)
    ]
    context = {**staff_context(request), "rows": rows, "others": any(not row["is_here"] for row in rows)}
    return render(request, "practitioner/sessions.html", {**context, "done": DONE.get(request.GET.get("done", ""))})


@staff_page()
@require_POST
def end(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Ends one session of one's own; the next request there leads to signing in."""
    account = account_of(request)
    session = StaffSession.objects.filter(id=session_id, account=account).first()
    if session is None:
        raise Http404
    if session.key == key_of(request):
        return redirect("practitioner:sessions")
    keeping.end_session(session, by=account, now=now())
    return redirect(f"{reverse('practitioner:sessions')}?done=ended")


@staff_page()
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """Ends every session of one's own but this one."""
    account = account_of(request)
    keeping.end_other_sessions(account, by=account, but=key_of(request), now=now())
    stay_signed_in(request, account)
    return redirect(f"{reverse('practitioner:sessions')}?done=others")
