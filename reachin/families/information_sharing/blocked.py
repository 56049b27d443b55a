"""Which agencies are kept out, by a block on any record of a person; and what one's own agency may see, and so pass on."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection


def agencies_kept_from(people: Iterable[UUID]) -> set[UUID]:
    """The agencies that must not see one of these people (ids of records), of those who are open to whoever acts.

    A block on another record of the same person counts: it is only said which agency to leave out, not where or by whom it was said.
    """
    with connection.cursor() as cursor:
        cursor.execute("select reachin.kept_from(%s::uuid[])", [list(people)])
        return {agency for (agency,) in cursor.fetchall()}


def own_categories(person_id: UUID) -> set[str]:
    """The kinds of words that the agency of whoever acts may see of this person now: it passes on nothing else."""
    with connection.cursor() as cursor:
        cursor.execute("select reachin.own_categories(%s)", [person_id])
        found: list[str] = cursor.fetchone()[0]
        return set(found)
