"""The doctor finds what was broken on purpose; each breaking is undone with its transaction."""

import pytest

from workshop import doctor, keys
from workshop.servers import Connection

BREAKS = {
    "a superuser": ("alter role reachin_app superuser", doctor.application_role),
    "past row security": ("alter role reachin_app bypassrls", doctor.application_role),
    "an owner": ("alter table django_session owner to reachin_app", doctor.application_role),
    "a member": ("grant reachin_owner to reachin_app", doctor.application_role),
    "not forced": ("alter table people_person no force row level security", doctor.row_security),
    "switched off": ("alter table people_person disable row level security", doctor.row_security),
}


@pytest.mark.parametrize("name", BREAKS)
def test_what_was_broken_is_found(admin: Connection, name: str) -> None:
    statement, check = BREAKS[name]
    assert check(admin) is None
    with admin.transaction(force_rollback=True):
        admin.execute(statement.encode())
        assert check(admin) is not None
    assert check(admin) is None


def test_a_clock_that_was_replaced_is_found(admin: Connection) -> None:
    assert doctor.clock(admin) is not None, "test databases have another clock"
    with admin.transaction(force_rollback=True):
        admin.execute(
            f"create or replace function reachin.clock() returns timestamptz language sql volatile as $$ {doctor.CLOCK} $$".encode()
        )
        assert doctor.clock(admin) is None


def test_keys_that_others_may_read_are_found(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REACHIN_STATE", str(tmp_path_factory.mktemp("state")))
    assert doctor.keys_file() is None
    keys.ensure_keys().chmod(0o644)
    found = doctor.keys_file()
    assert found is not None
    assert "chmod 600" in found.remedy
