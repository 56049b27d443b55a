"""Every field of every model says what it tells about somebody: identifies, sensitive or safe."""

from collections.abc import Mapping

import pytest
from django.apps import apps
from django.db.models import Model

CLASSES = {"identifies", "sensitive", "safe"}
OURS = [model for model in apps.get_models() if model.__module__.startswith("reachin.")]


def classes_of(model: type[Model]) -> Mapping[str, str]:
    privacy: Mapping[str, str] = getattr(model, "privacy", {})
    return privacy


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
@pytest.mark.asvs("14.1.1")
def test_every_field_is_classed(model: type[Model]) -> None:
    fields = {field.name for field in model._meta.concrete_fields}
    assert fields == set(classes_of(model)), "fields and classes differ"
    assert set(classes_of(model).values()) <= CLASSES


def test_there_is_something_to_look_at() -> None:
    assert len(OURS) > 5
