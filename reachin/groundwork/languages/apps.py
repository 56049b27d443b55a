from functools import lru_cache

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import trans_real

MOST_TEXTS = 16_384


class LanguagesConfig(AppConfig):
    """Remembers what a text is in each language: a catalogue is a chain of tables, and a page looks up hundreds of texts in it."""

    name = "reachin.groundwork.languages"

    def ready(self) -> None:
        for code, _label in settings.LANGUAGES:
            catalogue = trans_real.translation(code)
            catalogue.gettext = lru_cache(MOST_TEXTS)(catalogue.gettext)  # type: ignore[method-assign]
