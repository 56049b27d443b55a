"""Whether a form looks as if no person had sent it. Nobody is refused for it, and nobody sees it: a worker looks at what was sent."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.core import signing
from django.http import HttpRequest

from reachin.access.requests_for_assistance import quarantine
from reachin.access.requests_for_assistance.enums import Suspicion
from reachin.groundwork.audited_access.networks import network_of
from reachin.groundwork.clock import now

from .drafting import Draft

TRAP = "website"
"""A field that no person sees; programs fill in every field they find."""
MOMENT = "moment"
MOMENT_SALT = "public.moment"
MOMENT_GOOD_FOR_SECONDS = 24 * 60 * 60
LOOKS = "looks"
"""Session key: codes of what looked automatic on the pages before, until the request is sent."""


@dataclass(frozen=True, slots=True)
class FormMarks:
    """What the template puts into a form that sends: the moment at which its page was made, signed and bound to the draft."""

    moment: str
    moment_field: str = MOMENT

    @classmethod
    def of(cls, draft_id: UUID) -> "FormMarks":
        return cls(signing.dumps(str(draft_id), salt=MOMENT_SALT))


def looks_of(request: HttpRequest, *, of_draft: UUID | None = None) -> set[Suspicion]:
    """What looks automatic in the form that was posted; with a draft, also whether the page that it came from was ours and of today."""
    found = {Suspicion.FILLED_TRAP} if request.POST.get(TRAP) else set()
    if of_draft is not None:
        found |= _looks_of_moment(request.POST.get(MOMENT, ""), of_draft)
    return found


def _looks_of_moment(moment: str, draft_id: UUID) -> set[Suspicion]:
    try:
        of_draft = signing.loads(moment, salt=MOMENT_SALT, max_age=MOMENT_GOOD_FOR_SECONDS)
    except signing.SignatureExpired:
        return {Suspicion.OLD_FORM}
    except signing.BadSignature:
        return {Suspicion.NOT_OUR_FORM}
    return set() if of_draft == str(draft_id) else {Suspicion.NOT_OUR_FORM}


def remember(request: HttpRequest, found: Collection[Suspicion]) -> None:
    """Keeps what was noticed until the request is sent."""
    if found:
        request.session[LOOKS] = sorted({*request.session.get(LOOKS, []), *found})


def suspicions_on_sending(request: HttpRequest, draft: Draft, looks: Collection[Suspicion]) -> set[Suspicion]:
    """Everything that looks automatic about a request that was sent just now; counts it by its network and by whom it names."""
    found = {*looks, *(Suspicion(code) for code in request.session.pop(LOOKS, []))}
    if quarantine.is_too_fast(draft.row.started_at, now()):
        found.add(Suspicion.TOO_FAST)
    return found | quarantine.count_sending(draft.answers, network=network_of(request.META), now=now())
