"""The chain's arithmetic alone: whatever is done to a chain or its rows is seen, with a witness where only a witness can tell."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachin.groundwork.audited_access.witness import (
    Chained,
    Link,
    NotAWitness,
    Value,
    export_line,
    framed,
    read_export,
    read_witness,
    verify,
    witness_lines,
)
from tests.groundwork.audited_access.chain_of import linked, witness_of

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
values = st.lists(st.none() | texts | st.lists(texts, max_size=2), min_size=1, max_size=4)
chains = st.lists(values, min_size=2, max_size=7)


def with_link(one: Chained, *, number: int) -> Chained:
    assert one.link is not None
    return Chained(dataclasses.replace(one.link, number=number), one.row_id, one.values)


def rows_of(chain: list[Chained]) -> list[list[Value]]:
    return [list(one.values or ()) for one in chain]


TAMPERINGS: dict[str, Callable[[list[Chained], int], list[Chained]]] = {
    "a row changed": lambda chain, at: [
        Chained(one.link, one.row_id, [*(one.values or ()), "more"]) if place == at else one for place, one in enumerate(chain)
    ],
    "a row removed": lambda chain, at: [
        Chained(one.link, one.row_id, None) if place == at else one for place, one in enumerate(chain)
    ],
    "a row and its link removed": lambda chain, at: chain[:at] + chain[at + 1 :],
    "a row and its link removed and the rest counted anew": lambda chain, at: [
        with_link(one, number=place) for place, one in enumerate(chain[:at] + chain[at + 1 :], start=1)
    ],
    "two links in each other's place": lambda chain, at: [
        *chain[:at], *([with_link(chain[at + 1], number=at + 1), with_link(chain[at], number=at + 2)] if at + 1 < len(chain) else []),
        *chain[at + 2 :],
    ],
    "the tail cut": lambda chain, at: chain[:at],
    "the whole chain made anew over a changed row": lambda chain, at: linked(
        [[*row, "more"] if place == at else row for place, row in enumerate(rows_of(chain))]
    ),
    "the whole chain made anew without a row": lambda chain, at: linked(rows_of(chain)[:at] + rows_of(chain)[at + 1 :]),
    "the whole chain made anew in another order": lambda chain, at: linked([*rows_of(chain)[at + 1 :], *rows_of(chain)[: at + 1]]),
    "a row that nobody linked": lambda chain, at: [*chain, Chained(None, "x", ["x"])],
}  # fmt: skip
SEEN_WITHOUT_A_WITNESS = {
    "a row changed", "a row removed", "a row and its link removed and the rest counted anew", "two links in each other's place",
    "a row that nobody linked",
}  # fmt: skip


@given(chains)
def test_a_chain_that_nobody_touched_has_no_finding(rows: list[list[Value]]) -> None:
    chain = linked(rows)
    assert list(verify(chain, [witness_of(chain), witness_of(chain[:1])])) == []


@pytest.mark.parametrize("name", TAMPERINGS)
@given(rows=chains, data=st.data())
def test_whatever_is_done_is_seen(name: str, rows: list[list[Value]], data: st.DataObject) -> None:
    chain = linked(rows)
    at = data.draw(st.integers(0, len(chain) - 2))
    changed = TAMPERINGS[name](chain, at)
    assert list(verify(changed, [witness_of(chain)])), name
    if name in SEEN_WITHOUT_A_WITNESS:
        assert list(verify(changed)), name


@given(chains, st.integers(1, 6))
def test_without_a_witness_a_cut_tail_looks_like_a_younger_chain(rows: list[list[Value]], keep: int) -> None:
    assert list(verify(linked(rows)[:keep])) == []


@given(st.lists(st.none() | texts, max_size=4), st.lists(st.none() | texts, max_size=4))
def test_two_rows_are_never_framed_alike(one: list[str | None], other: list[str | None]) -> None:
    assert (framed(one) == framed(other)) == (one == other)


@given(chains, st.integers(1, 3))
def test_an_export_and_a_witness_are_read_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[Value]], every: int
) -> None:
    folder, chain = tmp_path_factory.mktemp("kept"), linked(rows)
    witness = witness_of(chain)
    digests = [(number, digest) for number, digest in witness.digests.items() if number % every == 0 or number == witness.links]
    (folder / "witness").write_text("\n".join(witness_lines(digests, made_at="some day", links=witness.links, head=witness.head)))
    (folder / "export").write_text("".join(f"{export_line(one)}\n" for one in chain))
    read = read_witness(folder / "witness")
    assert (read.links, read.head, dict(read.digests)) == (witness.links, witness.head, dict(digests))
    assert list(verify(read_export(folder / "export"), [read])) == []
    assert list(verify(list(read_export(folder / "export"))[:-1], [read]))


@pytest.mark.parametrize("kept", ["", "words", "{}", json.dumps({"reach_in_witness": 2, "made_at": "", "links": 0, "head": "00" * 32})])
def test_what_is_no_witness_is_refused(tmp_path: Path, kept: str) -> None:
    (tmp_path / "witness").write_text(kept)
    with pytest.raises(NotAWitness):
        read_witness(tmp_path / "witness")


def test_a_witness_that_was_cut_short_is_refused(tmp_path: Path) -> None:
    witness = witness_of(linked([["a"], ["b"]]))
    lines = list(witness_lines(witness.digests.items(), made_at="", links=witness.links, head=witness.head))
    (tmp_path / "witness").write_text("\n".join(lines[:-1]))
    with pytest.raises(NotAWitness, match="not whole"):
        read_witness(tmp_path / "witness")


def test_a_finding_names_the_link() -> None:
    chain = linked([["a"], ["b"], ["c"]])
    changed = [chain[0], Chained(chain[1].link, chain[1].row_id, ["other"]), chain[2]]
    assert [finding.number for finding in verify(changed)] == [2]
    assert isinstance(chain[0].link, Link)
