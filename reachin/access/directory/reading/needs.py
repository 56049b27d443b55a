import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache

from reachin.access.directory.enums import Need, TermKind

from .need_words import EXACT, MASKING_WORDS, NOT_NEEDS, TOLD_BY_SITUATION, WORDS
from .shapes import TermReading

NEED_TAXONOMY = "reach in needs"
"""The name of our own taxonomy: its terms are the codes of Need."""

MOST_FROM_TEXT = 3
"""Needs at most that are taken from a service's text: long descriptions mention everything once."""


@dataclass(frozen=True, slots=True)
class NeedsFound:
    """The needs, sorted, and whether the source's terms told them (otherwise its text did, which is less sure)."""

    needs: tuple[str, ...]
    by_terms: bool


def needs_of(terms: Iterable[TermReading], *, name: str = "", text: str = "") -> NeedsFound:
    """What a service helps with: from its terms; where they tell nothing, from its name; where that tells nothing, from its text."""
    told = {need for term in terms for need in needs_of_term(term.name, kind=term.kind, taxonomy=term.taxonomy)}
    if told:
        return NeedsFound(tuple(sorted(told)), True)
    return NeedsFound(tuple(sorted(_in_words(name) or _commonest(text))), False)


@cache
def needs_of_term(name: str, *, kind: str = TermKind.SERVICE.value, taxonomy: str = "") -> tuple[str, ...]:
    """The needs that one term of a taxonomy stands for; a term of our own taxonomy stands for itself."""
    plain = " ".join(name.casefold().split())
    if taxonomy.casefold() == NEED_TAXONOMY:
        return (plain,) if plain in Need.values else ()
    if plain in EXACT:
        return tuple(sorted(need.value for need in EXACT[plain]))
    if plain in NOT_NEEDS:
        return ()
    found = _in_words(plain)
    return tuple(sorted(found & TOLD_BY_SITUATION if kind == TermKind.SITUATION else found))


def is_masking(name: str, terms: Collection[TermReading]) -> bool:
    """Whether the name or a service term is of the kind that may give somebody away."""
    return any(_masking().search(text.casefold()) for text in (name, *(term.name for term in terms if term.kind == TermKind.SERVICE)))


def _in_words(text: str) -> set[str]:
    folded = text.casefold()
    return {need.value for need, pattern in _patterns().items() if pattern.search(folded)}


def _commonest(text: str) -> set[str]:
    """The needs whose words come most often in a longer text, those that come only once left out if others come more often."""
    folded = text.casefold()
    counted = [(len(pattern.findall(folded)), need.value) for need, pattern in _patterns().items()]
    most = sorted((entry for entry in counted if entry[0]), key=lambda entry: (-entry[0], entry[1]))
    often = [entry for entry in most if entry[0] > 1] or most[:1]
    return {need for _, need in often[:MOST_FROM_TEXT]}


@cache
def _patterns() -> dict[Need, re.Pattern[str]]:
    return {need: _beginnings(words) for need, words in WORDS.items()}


@cache
def _masking() -> re.Pattern[str]:
    return _beginnings(MASKING_WORDS)


def _beginnings(words: Iterable[str]) -> re.Pattern[str]:
    starts = (re.escape(word.removesuffix(".")) + (r"(?![a-z])" if word.endswith(".") else "") for word in words)
    return re.compile(r"(?<![a-z])(?:" + "|".join(starts) + ")")
