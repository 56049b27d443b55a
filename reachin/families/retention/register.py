"""Which table is kept as what: each room says it of its own tables in a module `kept_as`, and nothing has to be called.

`KEPT` names each model with the code of its class (see rules), `PURPOSE` what the room keeps it for, `CONTROLLER` who answers for it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module

from django.apps import AppConfig, apps
from django.db.models import Model
from django.utils.module_loading import module_has_submodule

MODULE = "kept_as"
NOT_OURS: Mapping[str, str] = {
    "auth_permission": "machinery",
    "auth_group_permissions": "machinery",
    "auth_group": "machinery",
    "django_content_type": "machinery",
    "django_session": "tries",
    "procrastinate_workers": "machinery",
    "procrastinate_jobs": "machinery",
    "procrastinate_events": "machinery",
    "procrastinate_periodic_defers": "machinery",
    "axes_accessfailurelog": "tries",
    "axes_accessattempt": "tries",
    "axes_accessattemptexpiration": "tries",
    "axes_accesslog": "tries",
}
"""Tables of the libraries that the product stands on."""


@dataclass(frozen=True, slots=True)
class Room:
    """One room's own words: its name, what it keeps things for, who answers for them, and the class of each of its tables."""

    name: str
    purpose: str
    controller: str
    kept: Mapping[str, str]
    models: tuple[type[Model], ...]


def rooms() -> list[Room]:
    """Every room that keeps something, highest floor last, as the settings list them."""
    return list(_rooms())


def kept_as() -> dict[str, str]:
    """The class of every table, by the table's name."""
    ours = {model._meta.db_table: room.kept[model.__name__] for room in rooms() for model in room.models if model.__name__ in room.kept}
    return {**NOT_OURS, **ours}


def _rooms() -> Iterator[Room]:
    for config in apps.get_app_configs():
        models = tuple(config.get_models(include_auto_created=True))
        if config.name.startswith("reachin.") and models:
            said = _said(config)
            yield Room(config.label, str(said.get("PURPOSE", "")), str(said.get("CONTROLLER", "")), _kept(said), models)


def _kept(said: Mapping[str, object]) -> Mapping[str, str]:
    found = said.get("KEPT", {})
    assert isinstance(found, dict)
    return found


def _said(config: AppConfig) -> Mapping[str, object]:
    if not module_has_submodule(config.module, MODULE):
        return {}
    return vars(import_module(f"{config.name}.{MODULE}"))
