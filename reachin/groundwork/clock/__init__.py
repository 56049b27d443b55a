"""The clock: one for policies and code, the database's `reachin.clock()`. UTC stored, Europe/London shown.

Knows: the present moment, working days and staffed hours. Refuses to know: what is due. Source: settled.md.
"""

from .present import now

__all__ = ["now"]
