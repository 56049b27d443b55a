from collections.abc import Iterable
from uuid import UUID

from reachin.groundwork.clock import now

from .context import current_actor
from .models import AuditEvent


def record(event: str, *, subject_kind: str, subject_id: UUID, fields: Iterable[str] = ()) -> AuditEvent:
    """Writes one audit row in the acting transaction: an event named noun.past_verb, the thing, and the names of the fields that changed.

    Raises NobodyActing outside `acting`: a change by nobody is not made.
    """
    actor = current_actor()
    return AuditEvent.objects.create(
        happened_at=now(),
        event=event,
        subject_kind=subject_kind,
        subject_id=subject_id,
        fields=list(fields),
        actor_kind=actor.kind,
        user_id=actor.user,
        agency_id=actor.agency,
        scope_id=actor.scope,
        role=actor.role,
    )
