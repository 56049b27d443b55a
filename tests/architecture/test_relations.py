"""Relations between models run down only: a foreign key given as a string is invisible to import-linter."""

from django.apps import apps
from django.db.models import Model

from tests.architecture import house


def room_of(model: type[Model]) -> str | None:
    """`floor.room` of a model of ours; None for Django's and other packages' models."""
    parts = model.__module__.split(".")
    return ".".join(parts[1:3]) if parts[0] == "reachin" else None


def relations() -> list[tuple[str, str, str]]:
    """Every relation between models of ours: the knowing room, the known room, and its name."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
            target = field.remote_field.model if field.remote_field else None
            if isinstance(target, type) and (knower := room_of(model)) and (known := room_of(target)):
                found.append((knower, known, f"{model.__name__}.{field.name}"))
    return found


def test_relations_run_down_only() -> None:
    found = relations()
    assert found, "no relation was found: this test looks at nothing"
    assert not [(name, known) for knower, known, name in found if not house.may_know(knower, known)]


def test_the_order_is_told_apart() -> None:
    assert house.may_know("access.referrals", "families.people")
    assert house.may_know("access.referrals", "access.requests_for_assistance")
    assert not house.may_know("families.people", "access.referrals")
    assert not house.may_know("access.directory", "access.referrals")
    assert not house.may_know("access.requests_for_assistance", "access.matching")
