"""Looking for somebody in the queue: what was typed goes by POST, leaves its trace and is counted; the address holds only a sealed token.

The token opens for the account that searched, for an hour, so that the back button and the links to further pages work, and a history,
a bookmark or a proxy's log tells nobody's name.
"""

import base64
import binascii
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from cryptography.exceptions import InvalidTag
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from reachin.groundwork.audited_access.braked_pages import braked_page, reason_given
from reachin.groundwork.audited_access.brakes import search_within_rates
from reachin.groundwork.audited_access.enums import BrakeStep
from reachin.groundwork.audited_access.pages import staff_page
from reachin.groundwork.clock import now
from reachin.groundwork.field_encryption import seal_answers, unseal_answers
from reachin.groundwork.ids import read_reference
from reachin.groundwork.permissions.enums import Permission

from .navigation import account_of

LONGEST_SEARCH = 80
HELD_FOR = timedelta(hours=1)
LOOKED_FOR = "looked"
FIELD = "hub.search"
CARRIED = ("turn", "filter", "stage", "urgency", "channel", "asked_by", "area", "overdue")
"""What else the queue was narrowed by, which a search keeps."""
LONGEST_TOKEN = 2000


@staff_page(permission=Permission.REQUEST_TRIAGE)
@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """Notes what is looked for, by a keyed digest, and leads to the queue; somebody who looks for a great many is asked why."""
    words = " ".join(request.POST.get("q", "").split())[:LONGEST_SEARCH]
    narrowed = {name: request.POST[name][:LONGEST_SEARCH] for name in CARRIED if request.POST.get(name)}
    if words:
        looked_by, reason = ["reference" if read_reference(words) else "display_name"], reason_given(request)
        step = search_within_rates(words, event="queue.searched", fields=looked_by, reason=reason, now=now())
        if step == BrakeStep.REFUSED or (step == BrakeStep.ASKED and reason is None):
            return braked_page(request, step, of_searches=True)
        narrowed[LOOKED_FOR] = token_of(words, account_id=account_of(request).id, now=now())
    return redirect(f"{reverse('hub:queue')}{'?' if narrowed else ''}{urlencode(narrowed)}")


def token_of(words: str, *, account_id: UUID, now: datetime) -> str:
    """What was looked for, sealed for one account and some time, as a word for an address."""
    told = {"words": words, "until": (now + HELD_FOR).isoformat()}
    return base64.urlsafe_b64encode(seal_answers(told, field=FIELD, row=account_id)).decode()


def words_looked_for(token: str, *, account_id: UUID, now: datetime) -> str | None:
    """What the token holds; None where it is over, another's, or none at all."""
    if len(token) > LONGEST_TOKEN:
        return None
    try:
        told = unseal_answers(base64.urlsafe_b64decode(token), field=FIELD, row=account_id)
    except (InvalidTag, KeyError, ValueError, binascii.Error):
        return None
    return str(told["words"]) if now < datetime.fromisoformat(told["until"]) else None
