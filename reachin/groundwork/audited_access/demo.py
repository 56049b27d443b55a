from django.conf import settings

from .models import DatabaseMark


def is_demo() -> bool:
    """Whether this is the demo: the mode says so and so does the database itself. Either alone is not enough."""
    return settings.MODE == "demo" and DatabaseMark.objects.filter(name="demo").exists()
