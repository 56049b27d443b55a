"""The proof of the guards finds what stands in the live catalogue, and misses nothing that somebody adds."""

from typing import Any
from uuid import UUID

import pytest
from django.conf import settings

from workshop.proofs.guards import drawn, kind_of
from workshop.proofs.guards_audit import unwritten
from workshop.proofs.guards_mutants import every_mutant
from workshop.proofs.guards_probes import HELPERS, Probes, Who, undone
from workshop.proofs.guards_rows import columns, guarded
from workshop.servers import APP, Connection

pytestmark = pytest.mark.usefixtures("db")
MADE = """
create table public.somebody_new (id uuid primary key, agency_id uuid not null, kind varchar(10) check (kind in ('one', 'other')));
alter table public.somebody_new enable row level security;
create policy app_sees on public.somebody_new for select to reachin_app
  using (agency_id = (select reachin.acting_agency()) and kind = 'one')
"""


@pytest.fixture
def with_a_new_table(admin: Connection) -> Any:
    admin.execute("begin")
    admin.execute(MADE.encode())
    yield admin
    admin.execute("rollback")


def test_a_table_that_somebody_adds_is_weakened_too(with_a_new_table: Connection) -> None:
    tables = guarded(with_a_new_table)
    assert "somebody_new" in tables
    names = [mutant.name for mutant in every_mutant(with_a_new_table, tables) if mutant.name.startswith("somebody_new")]
    for part in ("app_sees dropped", "app_sees lifted", "row security off", "not forced", "delete granted"):
        assert f"somebody_new: {part}" in names
    assert sum("app_sees without" in name for name in names) == 2


def test_columns_know_what_policies_ask_and_which_words_there_are(with_a_new_table: Connection) -> None:
    found = {column.name: column for column in columns(with_a_new_table, ["somebody_new"])["somebody_new"]}
    assert [name for name, column in found.items() if column.is_asked] == ["agency_id", "kind"]
    assert found["kind"].words == ("one", "other")


def test_mutants_have_names_of_their_own_and_are_many(admin: Connection) -> None:
    mutants = every_mutant(admin, guarded(admin))
    assert len(mutants) > 40
    assert all(mutant.tells for mutant in mutants)


def test_nothing_is_unwritten_on_an_empty_slate(admin: Connection) -> None:
    assert not unwritten(admin)


def test_a_small_run_has_some_of_every_kind_and_another_seed_others(admin: Connection) -> None:
    mutants = every_mutant(admin, guarded(admin))
    first, again, other = (drawn(mutants, 100, seed) for seed in (1, 1, 2))
    assert len(first) == 100
    assert first == again != other
    assert {kind_of(mutant) for mutant in first} == {kind_of(mutant) for mutant in mutants}
    assert drawn(mutants[:3], 100, 1) == mutants[:3]


def test_a_context_with_a_flaw_is_not_the_one_that_is_signed_well() -> None:
    good = Who("she", "staff", user=UUID(int=1))
    forged, expired = Who("she", "staff", user=UUID(int=1), flaw="forged"), Who("she", "staff", user=UUID(int=1), flaw="expired")
    told = [who.signed(b"key", 1_000_000) for who in (good, forged, expired)]
    assert told[0].rpartition("|")[0] == told[1].rpartition("|")[0], "only the signature differs"
    assert len(set(told)) == 3
    assert Who("nobody", "nobody").signed(b"key", 1_000_000) == ""


def test_no_role_is_taken_where_it_would_not_last(admin: Connection) -> None:
    probes = Probes(admin, b"key", {}, [], [], [], [])
    with pytest.raises(RuntimeError):
        probes.ask(APP, "select current_user", [])
    with undone(admin):
        assert probes.ask(APP, "select current_user::text", []) == APP


def test_whatever_is_tried_is_undone(admin: Connection) -> None:
    with undone(admin):
        admin.execute("create table public.somebody_forgot (id uuid)")
    assert admin.execute("select to_regclass('public.somebody_forgot')").fetchone() == (None,)


def test_another_answer_is_noticed_and_the_same_one_is_not(admin: Connection) -> None:
    with undone(admin):
        admin.execute(HELPERS.encode())
        admin.execute(MADE.encode())
        admin.execute("grant select on public.somebody_new to reachin_app")
        admin.execute("insert into public.somebody_new values (gen_random_uuid(), gen_random_uuid(), 'one')")
        visitor = Who("a visitor", "visitor")
        key = bytes.fromhex(settings.KEYS.context_key)
        probes = Probes(admin, key, columns(admin, ["somebody_new"]), [visitor], [], [], [], lookers={"somebody_new": [0]})
        tell = ("seen", "somebody_new")
        known = probes.read(tell)
        assert list(known.values()) == [""]
        assert not probes.differs(tell, known)
        admin.execute("alter policy app_sees on public.somebody_new using (kind = 'one')")
        assert probes.differs(tell, known)
