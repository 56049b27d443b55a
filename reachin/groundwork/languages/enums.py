from django.db import models


class Language(models.TextChoices):
    """The languages that pages and texts are written in; the value is the language's subtag, the label its own name for itself."""

    ENGLISH = "en", "English"
    GAELIC = "gd", "Gàidhlig"


SOURCE_LANGUAGE = Language.ENGLISH
