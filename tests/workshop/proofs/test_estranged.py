"""The shapes in which an estranged parent is planted: enough of them, and each guard that is taken away lets one of them read."""

from typing import Any

import pytest

from reachin.access.requests_for_assistance import drafts
from reachin.interfaces.family import who
from workshop.proofs import estranged
from workshop.servers import Connection


def found(*shapes: str) -> str:
    return "\n".join(estranged.walked(*shapes, small=True).foreign)


def test_there_are_enough_shapes_and_each_says_what_he_is_or_has() -> None:
    assert len(estranged.SHAPES) >= 20


def test_of_three_kinds_of_shape_none_reads_a_word(db: None) -> None:
    assert not found("asks for help for the same child", "has the link that she used, and its words", "works where her share has ended")


def test_a_code_without_its_phrase_would_be_seen_to_open(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "is_phrase", lambda kept, typed: True)
    assert "knows her code and not the phrase" in found("knows her code and not the phrase")


def test_a_device_that_remembers_would_be_seen(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(who, "_is_out", lambda request, scope: False)
    shape = "sits at a device that her account was open on before it ended"
    assert shape in found(shape)


def test_a_list_that_keeps_whom_it_was_shut_out_from_would_be_seen(db: None, admin: Connection) -> None:
    row = admin.execute("select pg_get_functiondef('reachin.referrals_shut()'::regprocedure)").fetchone()
    assert row is not None
    sound: Any = row[0]
    admin.execute(
        "create or replace function reachin.referrals_shut() returns uuid[] language sql stable security definer"
        " set search_path = pg_catalog, reachin, pg_temp as $$ select '{}'::uuid[] $$"
    )
    try:
        assert "was on a list" in found("works where she was on a list before she shut it out")
    finally:
        admin.execute(sound.encode())
