import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.test import Client

from reachin.groundwork.audited_access.starting import findings


class Command(BaseCommand):
    help = "Says as JSON which guards do not hold, and with which headers the first page answers. As the application."

    def handle(self, *args: Any, **options: Any) -> None:
        found = [(subject, finding.what, finding.remedy) for subject, finding in findings()]
        host = settings.ALLOWED_HOSTS[0].lstrip(".") or "localhost"
        answered = Client().get("/", secure=True, headers={"host": host, "x-forwarded-proto": "https"})
        self.stdout.write(json.dumps({"findings": found, "headers": dict(answered.headers)}))
