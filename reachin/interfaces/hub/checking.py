from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from reachin.access.requests_for_assistance import actions, quarantine
from reachin.groundwork.audited_access.pages import staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.page_parts.pages import render
from reachin.groundwork.permissions.enums import Permission
from reachin.partnership.accounts.models import Account

from .checks import to_be_checked
from .deciding import CHANGED, Card, Step, step_page
from .forms import ReasonForm, VersionedForm
from .navigation import account_of, staff_context
from .reading import Trail, held_card
from .request_page import OPENED, back_to, read


def _sets_aside(card: Card, form: VersionedForm, by: Account) -> object:
    told = form.cleaned_data
    return quarantine.set_aside(card, by=by, reason=told["reason"], now=now(), seen_version=told["version"])


SET_ASIDE = Step(
    "set_aside",
    _("Set it aside"),
    _("Set it aside"),
    ReasonForm,
    to_be_checked,
    _sets_aside,
    intro=_("Only if you are sure that no person wrote it. It is closed, nobody is written to, and you can open it again."),
    is_danger=True,
)


@staff_page(permission=Permission.REQUEST_TRIAGE, opens=OPENED)
@require_http_methods(["POST"])
def release(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """A person wrote it: into the queue with it. Who comes second is shown what became of it."""
    card = held_card(request, request_id)
    version = request.POST.get("version", "")
    seen = int(version) if version.isdecimal() and len(version) < 9 else None
    try:
        with transaction.atomic():
            quarantine.release(card, by=account_of(request), now=now(), seen_version=seen)
    except (actions.ChangedMeanwhile, actions.NoSuchMove):
        context = {**staff_context(request), **read(request, request_id), "done": "", "conflict": Trail.of(card).latest()}
        return render(request, "hub/request.html", context, status=CHANGED)
    return back_to(request_id, "release")


@staff_page(permission=Permission.REQUEST_TRIAGE, opens=OPENED)
@require_http_methods(["GET", "HEAD", "POST"])
def set_aside(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """No person wrote it: close it with the reason."""
    return step_page(request, request_id, SET_ASIDE)
