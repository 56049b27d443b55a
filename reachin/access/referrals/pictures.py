"""The states and moves as pictures: drawn from the very tables that guard them, in Mermaid, which the hosting site shows."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from django.utils import translation

from reachin.access.requests_for_assistance import rules as request_rules
from reachin.access.requests_for_assistance.rules import WAITS_FOR

from . import rules as referral_rules

Moves = Mapping[Any, Mapping[Any, frozenset[Any]]]
PAGE = """# States and moves

Drawn from the tables in the code by `python3 start.py manage draw_pictures`; a test fails when this page is out of date.
Each arrow says who makes the move.

## A request for assistance

{requests}

Whose turn it is: {turns}.

## A referral

{referrals}
"""


def drawn(moves: Moves) -> str:
    """One table of moves as a state diagram; states without a way out end it."""
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {_name(next(iter(moves)))}"]
    for state, onward in moves.items():
        lines += [f"    {_name(state)} --> {_name(to)}: {_movers(movers)}" for to, movers in onward.items()]
        if not onward:
            lines.append(f"    {_name(state)} --> [*]")
    return "\n".join([*lines, "```"])


def page() -> str:
    """The whole page of pictures, in English."""
    with translation.override("en-gb"):
        turns = ", ".join(f"{stage.label} → {waiting.label}" for stage, waiting in WAITS_FOR.items())
        return PAGE.format(requests=drawn(request_rules.MOVES), referrals=drawn(referral_rules.MOVES), turns=turns)


def _name(state: Enum) -> str:
    return str(state.value)


def _movers(movers: frozenset[Any]) -> str:
    return ", ".join(sorted(str(mover.label).lower() for mover in movers))
