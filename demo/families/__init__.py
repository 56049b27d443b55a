"""The ten families of Strathlennan, each a short script of what was told and done. Every person is invented."""

from collections.abc import Callable, Mapping

from demo.journey import Journey

from .blessing import blessing
from .chloe import chloe
from .dean import dean, dean_before
from .isla import isla
from .jean import jean
from .kirsty import kirsty
from .mcallans import mcallans
from .nameless import nameless
from .peigi import peigi
from .rowan import craig, rowan
from .skye import skye

STORIES: Mapping[str, Callable[[Journey], None]] = {
    "isla": isla,
    "rowan": rowan,
    "craig": craig,
    "jean": jean,
    "skye": skye,
    "blessing": blessing,
    "mcallans": mcallans,
    "peigi": peigi,
    "chloe": chloe,
    "dean": dean,
    "dean_before": dean_before,
    "kirsty": kirsty,
    "nameless": nameless,
}
"""How each request came about, by its key in ways_in.json."""
