"""Conditions of row security and of the guard's functions, weakened one term at a time: words in, words out, no database."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

WORD = re.compile(r"'(?:[^']|'')*'|\$\w*\$|\w+|[(),;]|\S")
BEGINS = {"where", "if", "elsif", "when", "on", "having", "and", "or", "select", "("}
ENDS = {
    "and", "or", "then", ";", ",", "group", "order", "limit", "returning", "from", "union", "where", "join", "left", "cross", "loop",
    "when", "end", "else", "returns", "for", "as",
}  # fmt: skip
CONDITIONS = {"where", "if", "elsif", "when", "on"}
REFUSES = re.compile(r"\s*(return\s+null|raise|return\s*;)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Word:
    """One word, sign or quoted string of a text, and where it stands."""

    said: str
    begins: int
    ends: int
    depth: int


@dataclass(frozen=True, slots=True)
class Weaker:
    """A text in which one term counts no more: the term as it stood, and the whole text without it."""

    term: str
    text: str


def words_of(text: str) -> list[Word]:
    """The words of an SQL text with the depth of the brackets that they stand in; comments are no words."""
    found: list[Word] = []
    depth = 0
    for match in WORD.finditer(_without_comments(text)):
        said = match[0].lower() if not match[0].startswith("'") else match[0]
        depth -= said == ")"
        found.append(Word(said, match.start(), match.end(), depth))
        depth += said == "("
    return found


def _without_comments(text: str) -> str:
    return re.sub(r"--[^\n]*", lambda found: " " * len(found[0]), text)


def weakened(text: str) -> Iterator[Weaker]:
    """Every text in which one term that has to hold does not have to any more.

    A term joined by AND becomes true where the condition allows, and one joined by OR becomes false where the condition refuses: an IF that
    leads to `return null` or `raise`, and whatever stands behind NOT. A condition of one term is lifted whole.
    """
    words = words_of(text)
    done: set[tuple[int, int]] = set()
    for place, word in enumerate(words):
        if word.said not in BEGINS or (word.said == "and" and _is_between(words, place)):
            continue
        last = _end_of_term(words, place + 1)
        if last <= place + 1 or words[place + 1].said in {"select", "values", ")"}:
            continue
        span = (words[place + 1].begins, words[last - 1].ends)
        instead = _instead(words, place, last, text)
        if instead is not None and span not in done and text[slice(*span)].lower() not in {"true", "false", "null", "found"} | {instead}:
            done.add(span)
            yield Weaker(" ".join(text[slice(*span)].split()), f"{text[: span[0]]}{instead}{text[span[1] :]}")


def _end_of_term(words: Sequence[Word], begins: int) -> int:
    """The place after the last word of the term that begins here."""
    if begins >= len(words):
        return begins
    depth = words[begins].depth
    place = begins
    while place < len(words):
        word = words[place]
        ends = word.said in ENDS and not _is_between(words, place) and not _is_distinct(words, place)
        if word.depth < depth or (word.depth == depth and ends):
            break
        place += 1
    return place


def _is_between(words: Sequence[Word], place: int) -> bool:
    """Whether this AND belongs to a BETWEEN."""
    if words[place].said != "and":
        return False
    same = [word.said for word in words[max(0, place - 12) : place] if word.depth == words[place].depth]
    since = next((said for said in reversed(same) if said in {"between", "and", "or", "where"}), "")
    return since == "between"


def _is_distinct(words: Sequence[Word], place: int) -> bool:
    """Whether this FROM belongs to IS DISTINCT FROM, or to IS NOT DISTINCT FROM."""
    return words[place].said == "from" and [word.said for word in words[max(0, place - 2) : place]] in (
        ["is", "distinct"],
        ["not", "distinct"],
    )


def _instead(words: Sequence[Word], place: int, last: int, text: str) -> str | None:
    """What takes the term's place to weaken the whole; None where it is no term of a condition."""
    before = words[place].said
    after = words[last].said if last < len(words) and words[last].depth == words[place + 1].depth else ""
    refuses = _refuses(words, place, text)
    joined = {word for word in (before, after) if word in {"and", "or"}}
    if (refuses and joined == {"or"}) or (not refuses and "and" in joined):
        return "false" if refuses else "true"
    if not joined and before in CONDITIONS and after in {"", "then", ")", ";", "group", "order", "limit", "join", "left", "cross", "where"}:
        return "false" if refuses else "true"
    return None


def _before(words: Sequence[Word], place: int) -> str:
    return words[place - 1].said if place else ""


def _refuses(words: Sequence[Word], place: int, text: str) -> bool:
    """Whether a term here refuses when it holds: in an IF that leads to nothing, turned round by each NOT around it."""
    turned, depth, begins = False, words[place + 1].depth, place
    for back in range(place, -1, -1):
        word = words[back]
        if word.depth < depth and word.said == "(":
            turned ^= _before(words, back) == "not"
            depth = word.depth
            if _before(words, back) in {"exists", "any", "all", "coalesce"}:
                turned ^= back > 1 and words[back - 2].said == "not"
        if word.depth <= depth and word.said in {"if", "elsif", ";", "begin"}:
            begins = back
            break
    if words[begins].said not in {"if", "elsif"}:
        return turned
    then = next((word for word in words[place:] if word.said == "then"), None)
    return turned ^ bool(then and REFUSES.match(text, then.ends))
