from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reachin.groundwork.audited_access.context import Actor, acting
from reachin.groundwork.audited_access.pages import public_page
from reachin.groundwork.notices.enums import MessageState
from reachin.groundwork.notices.models import Message
from reachin.groundwork.page_parts import moments
from reachin.groundwork.page_parts.pages import render

DEMONSTRATION = Actor.system("demonstration")
A_PAGE = 20
COLOURS = {
    MessageState.QUEUED: "blue",
    MessageState.BY_HAND: "yellow",
    MessageState.TOLD: "green",
    MessageState.SENT: "green",
    MessageState.FAILED: "red",
}


@public_page(context="own", demo_only=True)
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """What would have been sent, the newest first: to whom and by which way, in which words, when, and where it is."""
    with acting(DEMONSTRATION, read_only=True):
        page = Paginator(Message.objects.order_by("-queued_at", "-id"), A_PAGE).get_page(request.GET.get("page"))
        rows = [_row(message) for message in page.object_list]
    return render(request, "demonstration/outbox.html", {"page": page, "rows": rows})


def _row(message: Message) -> list[Any]:
    told, state = message.unsealed(), MessageState(message.state)
    return [
        moments.short_day_and_time(message.queued_at),
        {"text": told["address"], "more": _("Staff, by email") if message.is_for_staff else message.get_way_display()},
        {"text": told["subject"], "more": told["words"]},
        {"tag": state.label, "colour": COLOURS[state]},
    ]
