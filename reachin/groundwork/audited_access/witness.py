"""The chain's arithmetic, and the witness that agencies keep of it. Standard library only, without the product: also a program of its own.

    python3 witness.py EXPORT WITNESS [WITNESS ...]

reads an export of the chain (`export_audit`) and looks for a row that was changed, a row that was removed and not lawfully destroyed,
links in another order, a row that has no link, and, by what the witnesses (`export_witness`) hold, a tail that was cut or a history that
was written anew. A witness holds numbers and digests, no ids and no words: anybody may have it, and each agency may keep the others'.
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

FORMAT = 1
BEGINNING = "00" * 32
DESTROYED = "traces.destroyed"
"""The event of a row by which the retention role says which rows it destroyed, once their time was over and two people had said so."""
SAID_BY_RETENTION = (DESTROYED, "system", "retention")
EVENT, ROWS, BY, PART = 2, 5, 6, 10
"""Where in the values of a change (shape 1) stand its event, the names of its fields, who acted and in which part."""
Value: TypeAlias = str | Sequence[str] | None
EXPECTED_ARGUMENTS = 2


@dataclass(frozen=True, slots=True)
class Link:
    """One link as the database has it; digests in hex, the moment as ISO 8601 with microseconds in UTC."""

    number: int
    kind: str
    row_id: str
    shape: int
    linked_at: str
    row_digest: str
    digest: str


@dataclass(frozen=True, slots=True)
class Chained:
    """A link with the values of its row, in the order of its shape; either may be missing."""

    link: Link | None
    row_id: str
    values: Sequence[Value] | None


@dataclass(frozen=True, slots=True)
class Witness:
    """What somebody kept of the chain: how many links there were, the last one's digest, and digests by number."""

    made_at: str
    links: int
    head: str
    digests: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was: at which link (None where there is none), and what, in words."""

    number: int | None
    what: str

    def __str__(self) -> str:
        return self.what if self.number is None else f"link {self.number}: {self.what}"


class NotAWitness(ValueError):
    """A file is not a witness or an export, or was cut short."""


def framed(parts: Iterable[Value]) -> str:
    """Text that can be taken apart in one way only: each part with its length in bytes before it, `-` for None."""
    return ",".join("-" if text is None else f"{len(text.encode())}:{text}" for text in map(_as_text, parts))


def _as_text(part: Value) -> str | None:
    return part if part is None or isinstance(part, str) else framed(part)


def row_digest(kind: str, shape: int, values: Sequence[Value]) -> str:
    """The digest of a row by its values, in hex."""
    return hashlib.sha256(framed([kind, str(shape), *values]).encode()).hexdigest()


def link_digest(before: str, link: Link) -> str:
    """What a link's digest has to be after the digest `before`, in hex."""
    told = [str(link.number), before, link.kind, link.row_id, str(link.shape), link.linked_at, link.row_digest]
    return hashlib.sha256(framed(told).encode()).hexdigest()


def verify(chain: Iterable[Chained], witnesses: Sequence[Witness] = (), destroyed: list[Finding] | None = None) -> Iterator[Finding]:
    """What is wrong with a chain that is given in the order of its links, rows without a link anywhere; nothing when all is well.

    A row that is missing was removed, unless a later row of the retention role's, unchanged itself, says that it was destroyed: those are
    added to `destroyed`, and are no trouble.
    """
    expected, before, unmet = 1, BEGINNING, _expected_digests(witnesses)
    contradicted: set[int] = set()
    rows = _Rows()
    for one in chain:
        if one.link is None:
            yield Finding(None, f"the row {one.row_id} was committed and has no link: it was added behind the chain's back")
            continue
        yield from _place(one.link, expected, before)
        yield from rows.look_at(one.link, one.values)
        for place in [place for place, digest in unmet.get(one.link.number, ()) if digest != one.link.digest]:
            if place not in contradicted:
                contradicted.add(place)
                made_at = witnesses[place].made_at
                yield Finding(
                    one.link.number, f"the witness of {made_at} holds another digest: from here or before, history was written anew"
                )
        expected, before = one.link.number + 1, one.link.digest
    yield from rows.removed()
    if destroyed is not None:
        destroyed.extend(rows.destroyed())
    for witness in witnesses:
        if witness.links >= expected:
            yield Finding(expected, f"the tail was cut: the witness of {witness.made_at} saw {witness.links} links")


def _place(link: Link, expected: int, before: str) -> Iterator[Finding]:
    if link.number != expected:
        yield Finding(expected, f"missing, up to link {link.number - 1}" if link.number > expected else f"{link.number} is here instead")
    elif link.digest != link_digest(before, link):
        yield Finding(link.number, "not what was linked here: it was altered, or stands in another place")


class _Rows:
    """The rows of links: which were changed, which are missing, and of which a later row says that they were lawfully destroyed."""

    def __init__(self) -> None:
        self._missing: dict[str, Link] = {}
        self._lawful: set[str] = set()

    def look_at(self, link: Link, values: Sequence[Value] | None) -> Iterator[Finding]:
        if values is None:
            self._missing[link.row_id] = link
        elif row_digest(link.kind, link.shape, values) != link.row_digest:
            yield Finding(link.number, f"its row ({link.kind} {link.row_id}) was changed")
        elif link.kind == "change" and len(values) > PART and (values[EVENT], values[BY], values[PART]) == SAID_BY_RETENTION:
            self._lawful |= {row for row in values[ROWS] or () if row in self._missing}

    def removed(self) -> Iterator[Finding]:
        for row_id, link in self._missing.items():
            if row_id not in self._lawful:
                yield Finding(link.number, f"its row ({link.kind} {row_id}) was removed")

    def destroyed(self) -> Iterator[Finding]:
        for row_id, link in self._missing.items():
            if row_id in self._lawful:
                yield Finding(link.number, f"its row ({link.kind} {row_id}) was lawfully destroyed")


def _expected_digests(witnesses: Sequence[Witness]) -> Mapping[int, Sequence[tuple[int, str]]]:
    found: dict[int, list[tuple[int, str]]] = {}
    for place, witness in enumerate(witnesses):
        for number, digest in witness.digests.items():
            found.setdefault(number, []).append((place, digest))
    return found


def witness_lines(digests: Iterable[tuple[int, str]], *, made_at: str, links: int, head: str) -> Iterator[str]:
    """A witness as lines of text."""
    yield json.dumps({"reach_in_witness": FORMAT, "made_at": made_at, "links": links, "head": head})
    for number, digest in digests:
        yield f"{number} {digest}"


def read_witness(path: Path) -> Witness:
    """A witness from its file. Raises NotAWitness, also for one that was cut short, and OSError."""
    try:
        first, *rest = path.read_text().splitlines()
        told = json.loads(first)
        digests = {int(number): digest for number, digest in (line.split() for line in rest)}
        witness = Witness(told["made_at"], told["links"], told["head"], digests)
    except (ValueError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise NotAWitness(f"{path} is not a witness of the chain") from error
    if told.get("reach_in_witness") != FORMAT or digests.get(witness.links, BEGINNING) != witness.head:
        raise NotAWitness(f"{path} is not whole: it does not hold the head that it names")
    return witness


def export_line(one: Chained) -> str:
    """One row with its link as a line of an export (JSON)."""
    link = one.link and [getattr(one.link, name) for name in Link.__slots__]
    return json.dumps({"link": link, "row_id": one.row_id, "values": one.values}, ensure_ascii=False)


def read_export(path: Path) -> Iterator[Chained]:
    """The chain from an export. Raises NotAWitness and OSError."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            try:
                told: dict[str, Any] = json.loads(line)
                yield Chained(told["link"] and Link(*told["link"]), told["row_id"], told["values"])
            except (ValueError, KeyError, TypeError) as error:
                raise NotAWitness(f"{path} is not an export of the chain") from error


def main(words: Sequence[str]) -> int:
    """0 when nothing is wrong, 1 when something is, 2 when a file cannot be read."""
    if len(words) < EXPECTED_ARGUMENTS:
        sys.stderr.write(__doc__ or "")
        return 2
    try:
        witnesses = [read_witness(Path(name)) for name in words[1:]]
        destroyed: list[Finding] = []
        findings = list(verify(read_export(Path(words[0])), witnesses, destroyed))
    except (NotAWitness, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.writelines(f"{finding}\n" for finding in findings)
    sys.stdout.write(f"Lawfully destroyed rows: {len(destroyed)}. Findings: {len(findings)}.\n")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
