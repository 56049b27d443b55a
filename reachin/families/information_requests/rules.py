import calendar
from collections.abc import Mapping
from datetime import date, timedelta

from .enums import AskedFor, State

COMPLAINT_WITHIN = timedelta(days=30)
"""Section 164A of the Data Protection Act 2018: acknowledged within 30 days. We answer by then as well."""
OPEN = frozenset({State.ASKED, State.ACKNOWLEDGED, State.PREPARED})
MOVES: Mapping[State, frozenset[State]] = {
    State.ASKED: frozenset({State.ACKNOWLEDGED, State.PREPARED}),
    State.ACKNOWLEDGED: frozenset({State.PREPARED}),
    State.PREPARED: frozenset({State.RELEASED, State.REFUSED, State.ACKNOWLEDGED}),
    State.RELEASED: frozenset(),
    State.REFUSED: frozenset(),
}


def due_on(kind: AskedFor, asked_on: date) -> date:
    """The last day for the answer: a complaint within 30 days, everything else within one month (Article 12(3) of the UK GDPR).

    A month ends on the same day of the next month, or on that month's last day where it has none.
    """
    if kind == AskedFor.COMPLAINT:
        return asked_on + COMPLAINT_WITHIN
    year, month = (asked_on.year + 1, 1) if asked_on.month == 12 else (asked_on.year, asked_on.month + 1)
    return date(year, month, min(asked_on.day, calendar.monthrange(year, month)[1]))


def may_move(state: State, to: State) -> bool:
    """Whether the table of moves lists it."""
    return to in MOVES[state]


def needs_second_look(*, is_others_words: bool, is_childs_confidence: bool) -> bool:
    """Whether an entry of a copy is withheld until the second person puts it in: what others said, and what a child told in confidence."""
    return is_others_words or is_childs_confidence


def may_put_in(state: State, *, needs_second: bool, is_preparer: bool) -> bool:
    """Whether an entry may go into the copy now. One that needs a second look is put in by the second person, and nobody else."""
    if state not in OPEN:
        return False
    return not needs_second or (state == State.PREPARED and not is_preparer)
