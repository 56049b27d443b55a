"""Records to be joined, and the guardian who joins them, in a few words."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from reachin.access.requests_for_assistance.models import RequestForAssistance, RequestPerson
from reachin.families.people.models import Person, PersonAlias
from reachin.families.record_linkage import actions
from reachin.families.record_linkage.models import Merge
from reachin.groundwork.audited_access.context import acting, open_record
from reachin.groundwork.permissions.enums import Role
from reachin.partnership.accounts.models import Account
from tests import cast

REASON = "The same child: the same birthday, the same school."
APART = "They are cousins."


def guardian() -> Account:
    """The hub's information guardian: the hub is the controller of what families ask."""
    return cast.account(Role.INFORMATION_GUARDIAN, cast.hub(), "Effie Gunn")


def record_of(request_for_assistance: RequestForAssistance) -> Person:
    """The record of whoever was named first in a request."""
    named = RequestPerson.objects.using("owner").select_related("alias__person").filter(request_for_assistance=request_for_assistance)
    return named.order_by("place")[0].alias.person


@contextmanager
def side_by_side(one: Person, other: Person, by: Account | None = None) -> Iterator[datetime]:
    """Inside, the guardian has both records open."""
    who = by or guardian()
    with acting(who.actor()) as now:
        pair = actions.put_side_by_side(one.id, other.id, by=who, now=now)
    opening = open_record(who.actor(), "pair", pair.id, purpose="record_linkage")
    assert opening is not None
    with acting(who.actor(), opening=opening) as now:
        yield now


def merged(kept: Person, other: Person, by: Account | None = None) -> Merge:
    with side_by_side(kept, other, by) as now:
        return actions.merge(kept, other, by=by or guardian(), reason=REASON, now=now)


def parted(merge: Merge) -> Merge:
    with side_by_side(Person(id=merge.kept_id), Person(id=merge.merged_id)) as now:
        return actions.unmerge(merge, by=guardian(), reason=APART, now=now)


def stands_for(record: Person) -> UUID:
    """Who this record is now."""
    return PersonAlias.objects.using("owner").get(person=record).stands_for_id
