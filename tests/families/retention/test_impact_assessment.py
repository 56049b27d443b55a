from typing import ClassVar

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils import translation

from reachin.families.retention import impact
from reachin.families.retention.register import NOT_OURS, Room, kept_as, rooms
from reachin.families.retention.rules import CLASSES, unclassed
from workshop.servers import Connection

AGAIN = "write it again: python3 start.py manage write_impact_assessment"


def test_the_assessment_is_written_from_what_is_kept_today() -> None:
    kept = (settings.ROOT / "docs" / "security" / "data-protection-impact-assessment.md").read_text()
    with translation.override("en-gb"):
        assert kept == impact.page(), AGAIN


def test_every_table_is_in_a_class_of_the_schedule(admin: Connection) -> None:
    rows = admin.execute("select relname from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace").fetchall()
    assert unclassed([str(name) for (name,) in rows if name != "django_migrations"], kept_as()) == []


def test_every_room_says_what_for_and_who_answers() -> None:
    found = rooms()
    assert len(found) >= 12
    assert [room.name for room in found if not (room.purpose and room.controller)] == []


def test_a_room_lists_its_own_tables_and_no_others() -> None:
    for room in rooms():
        assert set(room.kept) == {model.__name__ for model in room.models}, room.name


def test_tables_of_the_libraries_are_those_that_are_there() -> None:
    theirs = {model._meta.db_table for model in apps.get_models(include_auto_created=True) if not model.__module__.startswith("reachin.")}
    assert set(NOT_OURS) == theirs


def test_every_class_is_used_or_waits_for_its_room() -> None:
    assert set(CLASSES) - set(kept_as().values()) == {"looked_after"}


def test_a_forgotten_table_and_an_unclassed_column_show_in_the_page() -> None:
    class Forgotten(models.Model):
        secret = models.TextField()
        privacy: ClassVar[dict[str, str]] = {"id": "safe"}

        class Meta:
            app_label = "forgotten"
            managed = False

        def __str__(self) -> str:
            return ""

    told = impact._row(Forgotten)
    assert "**no class**" in told
    assert "secret" not in told, "the test of privacy classes fails for it"
    assert "What for" in impact._room(Room("x", "a", "b", {}, (Forgotten,)))
    assert unclassed([Forgotten._meta.db_table], kept_as()) == ["forgotten_forgotten"]
