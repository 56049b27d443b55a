"""The key of contexts changes while people are at work: nobody is refused, and the old key is worth nothing after a while."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.utils import ProgrammingError

from reachin.groundwork.audited_access import signing
from reachin.groundwork.audited_access.context import Actor, acting, ask, signed
from reachin.groundwork.audited_access.management.commands import rotate_context_key
from reachin.settings.keys import Keys
from workshop.servers import Connection


@pytest.fixture
def keys_file(db: None, tmp_path: Path, settings: Any) -> Path:
    path = tmp_path / "keys.json"
    path.write_text(settings.KEYS.path.read_text())
    settings.KEYS = Keys.read(path)
    return path


def rotate() -> None:
    call_command("rotate_context_key", "--database", "owner", stdout=StringIO())


def is_accepted(context: str) -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select reachin.acting_kind() from (select set_config('reachin.context', %s, false)) s", [context])
    except ProgrammingError:
        return False
    finally:
        ask("select set_config('reachin.context', '', false)")
    return True


def test_who_began_before_ends_as_they_were_and_who_begins_after_signs_anew(keys_file: Path) -> None:
    before = Keys.read(keys_file).context_key
    with acting(Actor.visitor()):
        early = signed(Actor.visitor())
        rotate()
        assert ask("select reachin.acting_kind()") == "visitor"
    assert Keys.read(keys_file).context_key != before
    assert is_accepted(early)
    assert is_accepted(signed(Actor.visitor()))
    with acting(Actor.visitor()):
        assert ask("select reachin.acting_kind()") == "visitor"


def test_the_key_before_is_worth_nothing_after_a_while(keys_file: Path, settings: Any, time_is: Callable[[datetime], None]) -> None:
    started_before = settings.KEYS
    rotate()
    settings.KEYS = replace(started_before, path=None)
    assert is_accepted(signed(Actor.visitor()))
    time_is(datetime.now(UTC) + signing.ACCEPTED_FOR + timedelta(seconds=5))
    assert not is_accepted(signed(Actor.visitor()))
    settings.KEYS = Keys.read(keys_file)
    assert is_accepted(signed(Actor.visitor()))


def test_any_number_of_changes_leaves_two_keys(keys_file: Path, admin: Connection) -> None:
    for _ in range(3):
        rotate()
    rows = admin.execute("select id, accepted_until is null from reachin.signing_key order by id").fetchall()
    assert rows == [(1, True), (2, False)]
    assert is_accepted(signed(Actor.visitor()))


@pytest.mark.parametrize("step", ["change_context_key", "change_places"])
def test_killed_between_its_steps_nobody_is_refused_and_it_goes_on(keys_file: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def killed(*given: Any, **named: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(rotate_context_key, step, killed)
        with pytest.raises(KeyboardInterrupt):
            rotate()
    assert is_accepted(signed(Actor.visitor()))
    rotate()
    assert is_accepted(signed(Actor.visitor()))


def test_a_key_that_the_database_never_knew_is_refused(keys_file: Path, settings: Any) -> None:
    early = signed(Actor.visitor())
    settings.KEYS = replace(settings.KEYS, context_key="66" * 32)
    assert not is_accepted(signed(Actor.visitor()))
    keys_file.write_text(keys_file.read_text().replace(Keys.read(keys_file).context_key, "66" * 32))
    with pytest.raises(CommandError, match="does not know the key"):
        rotate()
    assert is_accepted(early)
