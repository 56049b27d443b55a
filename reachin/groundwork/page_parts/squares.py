"""An address as a picture for a telephone's camera."""

import segno
from django.utils.safestring import SafeString, mark_safe


def square(address: str) -> SafeString:
    """The address as a square of dots (SVG, for a frame of the class ri_square-frame)."""
    drawn = segno.make(address, error="m", micro=False).svg_inline(scale=4, border=4, omitsize=False, svgclass="ri_square", lineclass=None)
    return mark_safe(drawn)  # noqa: S308 drawn from numbers and letters by the library
