from typing import Any

from django.conf import settings
from procrastinate.contrib.django.management.commands import procrastinate

from reachin.groundwork.audited_access.starting import make_sure


class Command(procrastinate.Command):
    """The library's command; in production no worker starts unless every guard holds."""

    def handle(self, *args: Any, **kwargs: Any) -> None:
        if settings.IN_PRODUCTION and kwargs.get("command") == "worker":
            make_sure()
        super().handle(*args, **kwargs)
