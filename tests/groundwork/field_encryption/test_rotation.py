"""A change of keys: every sealed value is sealed anew, nobody's writing is lost, and it may be killed and run again."""

import json
import stat
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.conf import settings as in_force
from django.core.management import CommandError, call_command
from django.db import models

from reachin.groundwork.field_encryption import rotation, seal, unseal
from reachin.groundwork.field_encryption.columns import NobodyKnowsHowItIsSealed, SealedColumn, sealed_columns
from reachin.settings.keys import Keys, NoKeyIdLeft, add_field_key, retire_field_keys
from tests import cast
from workshop.servers import Connection

OPEN_BY_NAME = ("digest",)
NOT_OURS = ("procrastinate_",)


@pytest.fixture
def keys_file(tmp_path: Path, settings: Any) -> Path:
    """The keys in force, in a file of this test's own."""
    path = tmp_path / "keys.json"
    assert in_force.KEYS.path is not None
    path.write_text(in_force.KEYS.path.read_text())
    settings.KEYS = Keys.read(path)
    return path


def run(*words: str) -> str:
    said = StringIO()
    call_command("rotate_field_key", "--database", "owner", "--grace", "0", *words, stdout=said, stderr=said)
    return said.getvalue()


def values(admin: Connection) -> Iterator[tuple[SealedColumn, UUID, bytes]]:
    for column in sealed_columns():
        for row_id, sealed in admin.execute(f"select {column.key}, {column.column} from {column.table}".encode()).fetchall():
            if sealed is not None:
                yield column, row_id, sealed


def words(admin: Connection) -> dict[tuple[str, UUID], str]:
    return {(str(column), row_id): rotation.opened(column, sealed, row_id)[0] for column, row_id, sealed in values(admin)}


def ids(admin: Connection) -> set[int]:
    return {sealed[0] for _, _, sealed in values(admin)}


def test_every_sealed_column_that_the_database_has_is_known(admin: Connection) -> None:
    """By the database's own list of binary columns: one that the models hide from the rotation fails here."""
    rows = admin.execute(
        "select table_name, column_name from information_schema.columns where table_schema = 'public' and data_type = 'bytea'"
    ).fetchall()
    unsealed = {(model._meta.db_table, name) for model in apps.get_models() for name in getattr(model, "UNSEALED", {})}
    found = {
        (table, column) for table, column in rows
        if not table.startswith(NOT_OURS) and (table, column) not in unsealed and not column.endswith(OPEN_BY_NAME)
    }  # fmt: skip
    assert found == {(column.table, column.column) for column in sealed_columns()}


def test_whatever_is_not_sealed_says_why() -> None:
    for model in apps.get_models():
        for name, reason in getattr(model, "UNSEALED", {}).items():
            assert isinstance(model._meta.get_field(name), models.BinaryField)
            assert reason.strip()


def test_a_column_that_nobody_explains_stops_the_rotation(monkeypatch: pytest.MonkeyPatch) -> None:
    model = apps.get_model("people", "PersonDetails")
    monkeypatch.delattr(model, "FIELD")
    with pytest.raises(NobodyKnowsHowItIsSealed, match=r"people\.PersonDetails\.sealed"):
        sealed_columns()


def test_every_value_of_the_journey_opens_by_what_the_models_say(db: None, admin: Connection) -> None:
    cast.completed_referral()
    cast.danger_request()
    assert len(words(admin)) > 15


@pytest.mark.asvs("11.2.2")
def test_everything_is_sealed_anew_and_means_the_same(db: None, admin: Connection, keys_file: Path) -> None:
    cast.completed_referral()
    cast.danger_request()
    before, first = words(admin), max(in_force.KEYS.field_keys)
    assert ids(admin) == {first}
    assert "is the only one" in run("--batch", "2")
    assert ids(admin) == {first + 1}
    assert set(Keys.read(keys_file).field_keys) == {first + 1}
    assert words(admin) == before


def test_a_running_process_learns_the_new_key_and_forgets_no_old_one(db: None, keys_file: Path) -> None:
    row = uuid4()
    old = seal("before", field="x", row=row)
    add_field_key(keys_file)
    new = seal("after", field="x", row=row)
    assert new[0] == old[0] + 1
    retire_field_keys(keys_file, [old[0]])
    assert [unseal(sealed, field="x", row=row) for sealed in (old, new)] == ["before", "after"]


def test_a_process_that_only_reads_opens_what_another_sealed_under_a_newer_key(keys_file: Path, settings: Any) -> None:
    row, started_before = uuid4(), settings.KEYS
    add_field_key(keys_file)
    settings.KEYS = Keys.read(keys_file)
    sealed = seal("words", field="x", row=row)
    settings.KEYS = started_before
    assert unseal(sealed, field="x", row=row) == "words"


@pytest.mark.parametrize("killed_after", [1, 2, 5])
def test_killed_at_any_batch_it_goes_on(
    db: None, admin: Connection, keys_file: Path, monkeypatch: pytest.MonkeyPatch, killed_after: int
) -> None:
    cast.completed_referral()
    before, first, batches = words(admin), max(in_force.KEYS.field_keys), 0
    real = rotation._replace

    def until_killed(*given: Any, **named: Any) -> int:
        nonlocal batches
        batches += 1
        if batches > killed_after:
            raise KeyboardInterrupt
        return real(*given, **named)

    monkeypatch.setattr(rotation, "_replace", until_killed)
    with pytest.raises(KeyboardInterrupt):
        run("--batch", "1")
    monkeypatch.setattr(rotation, "_replace", real)
    assert ids(admin) == {first, first + 1}
    assert words(admin) == before
    assert "Going on with an earlier change" in run()
    assert ids(admin) == {first + 1}
    assert words(admin) == before


def test_a_value_that_somebody_changes_meanwhile_is_theirs(
    db: None, admin: Connection, keys_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.family_request()
    column = next(one for one in sealed_columns() if one.table == "people_persondetails")
    real, edited = rotation._replace, dict[UUID, str]()

    def after_somebody_edited(of: SealedColumn, renewed: Any, **named: Any) -> int:
        for row_id, _old, _new in renewed if of == column and not edited else []:
            edited[row_id] = "edited"
            sealed = seal("edited", field=of.codes[0], row=row_id)
            admin.execute(f"update {of.table} set {of.column} = %s where {of.key} = %s".encode(), [sealed, row_id])
        return real(of, renewed, **named)

    monkeypatch.setattr(rotation, "_replace", after_somebody_edited)
    run()
    assert edited
    assert {row_id: said for (place, row_id), said in words(admin).items() if place == str(column)} == edited


def test_a_value_that_does_not_open_is_named_and_keeps_all_keys(db: None, admin: Connection, keys_file: Path) -> None:
    cast.family_request()
    admin.execute("update people_persondetails set sealed = set_byte(sealed, 20, 255 - get_byte(sealed, 20))")
    spoilt = admin.execute("select person_id from people_persondetails").fetchone()
    assert spoilt is not None
    with pytest.raises(CommandError, match="open with no key"):
        run()
    assert len(Keys.read(keys_file).field_keys) == 2


def test_an_old_key_stays_while_anything_is_under_it(db: None, admin: Connection, keys_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process with an old keys file writes between the last sealing and the look at everything."""
    cast.family_request()
    kept = admin.execute("select person_id, sealed from people_persondetails limit 1").fetchone()
    assert kept is not None
    real = rotation.seal_anew

    def and_then_somebody_writes(column: SealedColumn, *given: Any, **named: Any) -> Any:
        done = real(column, *given, **named)
        admin.execute("update people_persondetails set sealed = %s where person_id = %s", [kept[1], kept[0]])
        return done

    command = "reachin.groundwork.field_encryption.management.commands.rotate_field_key.seal_anew"
    monkeypatch.setattr(command, and_then_somebody_writes)
    with pytest.raises(CommandError, match="still under old keys"):
        run()
    assert len(Keys.read(keys_file).field_keys) == 2


def test_step_by_step_where_several_machines_have_the_keys(db: None, admin: Connection, keys_file: Path) -> None:
    cast.family_request()
    first = max(in_force.KEYS.field_keys)
    run("--step", "add")
    assert ids(admin) == {first}
    with pytest.raises(CommandError, match="bring that change to its end"):
        run("--step", "add")
    run("--step", "seal")
    assert ids(admin) == {first + 1}
    assert set(Keys.read(keys_file).field_keys) == {first, first + 1}
    run("--step", "drop")
    assert set(Keys.read(keys_file).field_keys) == {first + 1}


def test_the_keys_file_and_what_is_retired_stay_private_and_whole(keys_file: Path) -> None:
    before = json.loads(keys_file.read_text())
    first = max(map(int, before["field_keys"]))
    add_field_key(keys_file)
    retired = retire_field_keys(keys_file, [first])
    assert [stat.S_IMODE(path.stat().st_mode) for path in (keys_file, retired)] == [0o600, 0o600]
    assert json.loads(retired.read_text())["field_keys"] == before["field_keys"]
    after = json.loads(keys_file.read_text())
    assert {name: after[name] for name in before if name != "field_keys"} == {name: before[name] for name in before if name != "field_keys"}
    assert not list(keys_file.parent.glob(".*"))


def test_the_last_key_id_is_not_gone_over(keys_file: Path) -> None:
    told = json.loads(keys_file.read_text())
    keys_file.write_text(json.dumps({**told, "field_keys": {"255": "11" * 32}}))
    with pytest.raises(NoKeyIdLeft):
        add_field_key(keys_file)


def test_keys_that_cannot_be_read_any_more_stay_in_force(keys_file: Path) -> None:
    in_memory = in_force.KEYS
    keys_file.write_text("half of a fi")
    assert in_memory.fresh() is in_memory
    keys_file.unlink()
    assert in_memory.fresh() is in_memory


def test_what_is_under_which_key_is_told(db: None, keys_file: Path) -> None:
    cast.family_request()
    said = StringIO()
    call_command("field_keys", "--database", "owner", stdout=said)
    told = json.loads(said.getvalue())
    assert told["known"] == sorted(in_force.KEYS.field_keys)
    assert sum(told["values"].values()) > 3


def test_whether_everything_opens_is_told(db: None, admin: Connection, keys_file: Path) -> None:
    cast.family_request()
    said = StringIO()
    call_command("field_keys", "--open", "--database", "owner", stdout=said)
    assert json.loads(said.getvalue())["closed"] == 0
    admin.execute("update people_persondetails set sealed = set_byte(sealed, 20, 255 - get_byte(sealed, 20))")
    with pytest.raises(CommandError, match="values do not open"):
        call_command("field_keys", "--open", "--database", "owner", stdout=StringIO())


@pytest.mark.parametrize("code", ["x.words", "x.words.why"])
def test_a_value_is_sealed_anew_under_the_code_that_it_was_under(code: str) -> None:
    column, row = SealedColumn("table", "id", "why", ("x.words", "x.words.why")), uuid4()
    assert rotation.opened(column, seal("words", field=code, row=row), row) == ("words", code)


def test_columns_are_looked_for_in_all_models() -> None:
    assert {"people_persondetails.sealed", "notices_message.sealed", "referrals_snapshot.sealed"} <= set(map(str, sealed_columns()))


def test_two_sets_of_keys_are_equal_wherever_they_were_read(keys_file: Path) -> None:
    assert replace(in_force.KEYS, path=None, stamp=None) == in_force.KEYS
