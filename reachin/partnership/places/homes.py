"""Homes as keyed digests: that two are in one street can be seen, and which street it is cannot. A postcode stands for a street."""

from reachin.groundwork.field_encryption import blind_index

from .rules import postcode_inside


def home_digest(words: str) -> bytes | None:
    """The digest (32 bytes) of the first whole postcode in what was said of a home; None where there is none."""
    postcode = postcode_inside(words)
    return None if postcode is None else blind_index(postcode, field="places.home")
