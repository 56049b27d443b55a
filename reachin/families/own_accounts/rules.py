from datetime import timedelta

from .enums import Ground

INVITATION_LASTS = timedelta(days=3)
PURPOSE = "own_account.begin"
PRESUMED_FROM = 12
GROWN_UP_FROM = 16


def ground_fits(ground: Ground, *, age: int | None, why: str) -> str:
    """A short code of what is wrong with this ground for somebody of this age in years; empty where it fits.

    Codes: too_young (not yet of that age), say_why (understanding before twelve is told in words), not_needed (words where nothing has to
    be told). An age that nobody knows is left to the worker.
    """
    if ground == Ground.UNDERSTANDS:
        return "" if why.strip() else "say_why"
    least = GROWN_UP_FROM if ground == Ground.GROWN_UP else PRESUMED_FROM
    if age is not None and age < least:
        return "too_young"
    return "not_needed" if why.strip() else ""
