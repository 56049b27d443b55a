from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from reachin.groundwork.clock import now
from reachin.groundwork.ids import new_id

from .context import current_actor

KEEP = """
insert into audited_access_auditevent
  (id, happened_at, event, subject_kind, subject_id, fields, actor_kind, user_id, agency_id, scope_id, role)
values (%s, %s, %s, %s, %s, %s::varchar(60)[], %s, %s, %s, %s, %s)
"""


def record(event: str, *, subject_kind: str, subject_id: UUID, fields: Iterable[str] = ()) -> None:
    """Writes one audit row in the acting transaction: an event named noun.past_verb, the thing, and the names of the fields that changed.

    Not through the ORM, which costs several times the statement: every change writes one or more. Raises NobodyActing outside `acting`:
    a change by nobody is not made.
    """
    actor = current_actor()
    done = (new_id(), now(), event, subject_kind, subject_id, list(fields))
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [*done, actor.kind, actor.user, actor.agency, actor.scope, actor.role])
