from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import translation

from reachin.families.retention.impact import page


class Command(BaseCommand):
    help = "Writes docs/security/data-protection-impact-assessment.md from the models and the retention schedule."

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.ROOT / "docs" / "security" / "data-protection-impact-assessment.md"
        with translation.override("en-gb"):
            path.write_text(page())
        self.stdout.write(f"written: {path.relative_to(settings.ROOT)}")
